//! Who calls whom, and how the line behaves.

use std::sync::Arc;
use std::time::Duration;

use super::recogniser_style::RecogniserStyle;
use super::transcript::Line;
use super::transfer::{Transfer, Transfers};
use crate::media::samples_in;

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
    pub(crate) transfers: Transfers,
    /// In samples.
    pub(crate) recogniser_delay: u64,
    pub(crate) recogniser_style: RecogniserStyle,
    pub(crate) listener: Option<Listener>,
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
            transfers: Transfers::default(),
            recogniser_delay: 0,
            recogniser_style: RecogniserStyle::default(),
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

    /// How every transfer goes that the bot asks for; it is accepted unless set.
    pub fn transfer(self, transfer: Transfer) -> Dial {
        self.transfers([transfer])
    }

    /// How the transfers go that the bot asks for, one after the other; the last one is how all further ones go.
    ///
    /// ```
    /// use std::time::Duration;
    /// use onhook_channel::{Dial, Transfer};
    ///
    /// // Nobody answers the first time, after 20 s; the second time somebody does.
    /// let dial = Dial::new()
    ///     .transfers([Transfer::NoAnswer, Transfer::Accepted])
    ///     .transfer_rings_for(Duration::from_secs(20));
    /// # let _ = dial;
    /// ```
    pub fn transfers(mut self, transfers: impl IntoIterator<Item = Transfer>) -> Dial {
        self.transfers.outcomes = transfers.into_iter().collect();
        self
    }

    /// How long it rings at the other side before a transfer is decided; not at all unless set.
    ///
    /// The call goes on meanwhile, and so does its recording.
    pub fn transfer_rings_for(mut self, duration: Duration) -> Dial {
        self.transfers.rings_for = duration;
        self
    }

    /// How long it takes until the bot is told of what the caller has said: none unless set.
    ///
    /// Speech recognisers need some tenths of a second to be sure that a sentence is over. Keys take no time, but are
    /// not told before what was said before them.
    pub fn recogniser_delay(mut self, delay: Duration) -> Dial {
        self.recogniser_delay = samples_in(delay);
        self
    }

    /// How the recogniser writes what the caller has said; to the letter unless set.
    ///
    /// It concerns what the bot is told. The transcript has what was said.
    pub fn recogniser_style(self, style: RecogniserStyle) -> Dial {
        Dial {
            recogniser_style: style,
            ..self
        }
    }

    /// Called with each line of the transcript as it happens. It runs inside the call and must not block.
    ///
    /// A line of what the caller says or presses comes when it has been said or pressed to its end, because only then it
    /// is known whether a pause hides it. Its [`at`](Line::at) is the beginning.
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
