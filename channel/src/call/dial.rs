//! Who calls whom, and how the line behaves.

use std::sync::Arc;
use std::time::Duration;

use super::transcript::Line;

/// Called with each line of the transcript.
type Listener = Arc<dyn Fn(&Line) + Send + Sync>;

/// A call to be made: who calls whom, in which language, and how the line behaves.
///
/// ```
/// use onhook_channel::Dial;
///
/// let dial = Dial::new().from("+14255550100").to("+12065550199").locale("en-GB");
/// # let _ = dial;
/// ```
#[derive(Clone)]
#[must_use]
pub struct Dial {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) locale: String,
    pub(crate) conversation_id: String,
    pub(crate) rings_for: Duration,
    pub(crate) transfer: Transfer,
    pub(crate) listener: Option<Listener>,
}

/// How a transfer that the bot asks for goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transfer {
    /// The other side answers, and the bot's part is over.
    #[default]
    Accepted,
    /// It fails with this reason, and the call goes on.
    Failed(String),
}

impl Transfer {
    pub(crate) fn failure(&self) -> Option<&str> {
        match self {
            Transfer::Accepted => None,
            Transfer::Failed(why) => Some(why),
        }
    }
}

impl Dial {
    /// A call in `en-US` from one fictional number to another, answered at once.
    pub fn new() -> Dial {
        Dial {
            from: "+14255550100".to_owned(),
            to: "+12065550199".to_owned(),
            locale: "en-US".to_owned(),
            conversation_id: String::new(),
            rings_for: Duration::ZERO,
            transfer: Transfer::default(),
            listener: None,
        }
    }

    /// The caller's number; the caller's id and name.
    pub fn from(self, number: impl Into<String>) -> Dial {
        Dial {
            from: number.into(),
            ..self
        }
    }

    /// The number that is called; the bot's id.
    pub fn to(self, number: impl Into<String>) -> Dial {
        Dial {
            to: number.into(),
            ..self
        }
    }

    /// The caller's language, a BCP 47 tag.
    pub fn locale(self, tag: impl Into<String>) -> Dial {
        Dial {
            locale: tag.into(),
            ..self
        }
    }

    /// The id of the conversation, from which the ids of its recordings are made; a new one unless set.
    pub fn conversation_id(self, id: impl Into<String>) -> Dial {
        Dial {
            conversation_id: id.into(),
            ..self
        }
    }

    /// How long it rings: the bot is told of the call, and audio flows only afterwards.
    pub fn rings_for(self, duration: Duration) -> Dial {
        Dial {
            rings_for: duration,
            ..self
        }
    }

    /// How a transfer goes; it is accepted unless set.
    pub fn transfer(self, transfer: Transfer) -> Dial {
        Dial { transfer, ..self }
    }

    /// Called with each line of the transcript as it happens. It runs inside the call and must not block.
    pub fn on_line(self, listener: impl Fn(&Line) + Send + Sync + 'static) -> Dial {
        Dial {
            listener: Some(Arc::new(listener)),
            ..self
        }
    }
}

impl Default for Dial {
    fn default() -> Dial {
        Dial::new()
    }
}

impl std::fmt::Debug for Dial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dial")
            .field("from", &self.from)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}
