//! What a caller must not be heard saying twice.

/// An answer that is never written down: not printable, not serialisable, and readable only inside the step that it is
/// given to, [`Dialog::run_with`](crate::Dialog::run_with).
///
/// The journal says that the question was answered. If the process ends before the step has, the caller is asked again.
pub struct Secret<T>(Option<T>);

impl<T> Secret<T> {
    pub(crate) fn new(value: T) -> Secret<T> {
        Secret(Some(value))
    }

    /// The secret of a replay whose step is done, or whose process is gone.
    pub(crate) fn spent() -> Secret<T> {
        Secret(None)
    }
}
