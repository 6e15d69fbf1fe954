//! Why an argument of a handler could not be extracted.

use std::fmt;

/// An argument that a handler asked for and the activity does not give.
///
/// Names the hook, the handler, the argument and, for a value of the wrong shape, what was wrong where.
/// Take `Option<T>` when absence is fine, `Result<T, Rejection>` to see the reason in the handler.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The hook's attribute without `#[]`, such as `on_event`; empty before the handler is known.
    pub hook: &'static str,
    /// The handler's function name; empty before the handler is known.
    pub handler: &'static str,
    /// The argument as it is written, such as `joined: MembersAdded<'_>`.
    pub argument: &'static str,
    /// What was wanted, such as `text`, in the words of the protocol's JSON path.
    pub path: &'static str,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with the part of the activity that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It is not there; `Option<T>` is `None`.
    Absent,
    /// It is there and has another shape; the message says where and what was found.
    Malformed(String),
}

impl Rejection {
    /// `path` is not in the activity.
    // Out of line: it is not what usually happens, and its 100 bytes would keep the handler's glue from being
    // inlined into the dispatch.
    #[cold]
    #[inline(never)]
    pub fn absent(path: &'static str) -> Rejection {
        Rejection {
            hook: "",
            handler: "",
            argument: "",
            path,
            reason: Reason::Absent,
        }
    }

    /// `path` is in the activity with another shape.
    pub fn malformed(path: &'static str, message: impl fmt::Display) -> Rejection {
        Rejection {
            reason: Reason::Malformed(message.to_string()),
            ..Rejection::absent(path)
        }
    }

    /// Whether the part is missing, rather than malformed.
    pub fn is_absent(&self) -> bool {
        self.reason == Reason::Absent
    }

    pub(crate) fn complaint(&self) -> Complaint<'_> {
        Complaint(self)
    }

    pub(crate) fn of(
        mut self,
        hook: &'static str,
        handler: &'static str,
        argument: &'static str,
    ) -> Rejection {
        (self.hook, self.handler, self.argument) = (hook, handler, argument);
        self
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.handler.is_empty() {
            write!(
                f,
                "`#[{}]` handler `{}`, argument `{}`: ",
                self.hook, self.handler, self.argument
            )?;
        }
        self.complaint().fmt(f)
    }
}

/// What is wrong with the activity, without the handler that found it.
pub(crate) struct Complaint<'r>(&'r Rejection);

impl fmt::Display for Complaint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0.path;
        match &self.0.reason {
            Reason::Absent => write!(f, "the activity has no `{path}`"),
            Reason::Malformed(message) => write!(f, "`{path}` is malformed: {message}"),
        }
    }
}

impl std::error::Error for Rejection {}
