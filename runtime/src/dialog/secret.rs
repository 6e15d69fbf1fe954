//! An answer that must not be written down.

/// An answer that is never written down: not printable, not serialisable, and readable only inside the step that it is
/// given to, [`Dialog::run_with`](crate::Dialog::run_with).
///
/// The journal says that the question was answered, not what. If the process ends before the step has, the caller is
/// asked again.
///
/// ```compile_fail
/// # fn printed(card: onhook::dialog::Secret<String>) {
/// println!("{card:?}"); // `Secret<String>` doesn't implement `Debug`
/// # }
/// ```
#[must_use = "a secret is used in `call.run_with(..)`"]
pub struct Secret<T> {
    pub(super) value: Option<T>,
    /// Where in the journal its question was answered.
    pub(super) at: usize,
}

impl<T> Secret<T> {
    pub(crate) fn new(value: T, at: usize) -> Secret<T> {
        Secret {
            value: Some(value),
            at,
        }
    }

    /// The secret of a replay whose step is done, or whose process is gone.
    pub(crate) fn spent(at: usize) -> Secret<T> {
        Secret { value: None, at }
    }
}
