//! What a handler fails with.

use std::fmt;
use std::sync::Arc;

/// The result of a handler: `Result<()>` is `Result<(), onhook::Error>`.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Any error that a handler ends with; `?` makes one of every [`std::error::Error`].
///
/// The original is kept and found again with [`downcast_ref`](Error::downcast_ref): a
/// [`Rejection`](crate::Rejection) when an argument could not be extracted, a
/// [`SendError`](crate::SendError) when the channel did not take an activity, else your own type.
///
/// ```
/// use onhook::{Error, SendError};
///
/// let error = Error::from(SendError::EmptySpeech);
/// assert!(matches!(error.downcast_ref(), Some(SendError::EmptySpeech)));
/// ```
///
/// Cheap to clone: clones share the original.
#[derive(Clone)]
pub struct Error(Arc<dyn std::error::Error + Send + Sync>);

impl Error {
    /// An error that says `message` and nothing else.
    pub fn msg(message: impl Into<String>) -> Error {
        Error::new(message.into())
    }

    /// An error from anything that is a boxed error or becomes one, such as `anyhow::Error`.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error(Arc::from(source.into()))
    }

    /// The original error, if it is a `T`.
    pub fn downcast_ref<T: std::error::Error + 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }

    /// The original error.
    pub fn as_std(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        &*self.0
    }
}

impl<E> From<E> for Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    fn from(source: E) -> Error {
        Error(Arc::new(source))
    }
}

impl fmt::Display for Error {
    /// The message; `{:#}` adds the causes, separated by colons.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        if f.alternate() {
            let mut source = self.0.source();
            while let Some(cause) = source {
                write!(f, ": {cause}")?;
                source = cause.source();
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn the_alternate_form_adds_the_causes() {
        let error = Error::from(Outer(std::io::Error::other("disk on fire")));
        assert_eq!(error.to_string(), "outer");
        assert_eq!(format!("{error:#}"), "outer: disk on fire");
        assert!(error.downcast_ref::<Outer>().is_some());
    }
}
