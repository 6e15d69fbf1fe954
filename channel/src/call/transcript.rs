//! Who said what when.

use std::fmt;
use std::time::Duration;

/// A call as a person would write it down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcript {
    /// The lines, in the order in which they happened.
    pub lines: Vec<Line>,
}

/// One line of a [`Transcript`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Line {
    /// How long after the call was answered.
    pub at: Duration,
    /// What happened.
    pub what: Event,
}

/// What happened in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The call was answered.
    Answered,
    /// The caller began to say this. The text is there once the last word has been said: it is `None` until then, and
    /// stays `None` if a recording was paused at any moment between the first word and the last.
    ///
    /// The bot is told what was said all the same, and what the bot says itself is always written down.
    CallerSays(Option<String>),
    /// The caller pressed this key. It is `None` until the tone ends, and stays `None` if a recording was paused at any
    /// moment of the tone.
    CallerPresses(Option<char>),
    /// The bot began to say this.
    BotSays(String),
    /// The bot was cut off in saying this, because the call ended.
    BotCutOff {
        /// What the bot was saying.
        text: String,
        /// How much of it was heard.
        played: Duration,
        /// How long it would have been.
        planned: Duration,
    },
    /// The caller spoke into this, or pressed a key: the bot fell silent.
    BargeIn {
        /// What the bot was saying.
        text: String,
        /// How much of it was heard.
        played: Duration,
        /// How long it would have been.
        planned: Duration,
    },
    /// The bot wanted to say this, and the caller barged in, or the call ended, before a sample of it was heard.
    BotUnheard(String),
    /// The channel began to say this of its own accord, as the bot is slow or has failed, or a recording has started.
    ChannelSays(String),
    /// The bot has no handler for what the caller did: `message`, or `key`.
    Unhandled(&'static str),
    /// The bot sent this command.
    BotCommands(String),
    /// The channel answered a command.
    Result {
        /// The command's name.
        name: String,
        /// `None`, or the error as `code: message`.
        error: Option<String>,
    },
    /// The channel sent the bot this command.
    ChannelCommands(String),
    /// The bot answered a command of the channel.
    BotResult {
        /// The command's name.
        name: String,
        /// `None`, or the error as `code: message`.
        error: Option<String>,
    },
    /// The bot sent another activity; its type and name.
    BotSends(String),
    /// The recording changed: started, paused, resumed, stopped, sealed or failed.
    Recording(String),
    /// The bot asked for a transfer to this number, where it rings now.
    TransferRings(String),
    /// The bot asked for a transfer to this number, and how it went.
    Transfer {
        /// The number.
        to: String,
        /// `None`, or why it failed.
        failure: Option<String>,
    },
    /// A test has something go wrong beside the call: a result is late, lost or doubled. The text says what.
    Fault(String),
    /// Something failed that was not the caller's doing; the text says what.
    Trouble(String),
    /// The call ended; who hung up.
    Ended(EndedBy),
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndedBy {
    /// The caller hung up.
    Caller,
    /// The bot ended the conversation.
    Bot,
    /// The call went to somebody else.
    Transfer,
    /// The channel ended it, at the longest duration it allows.
    Channel,
}

impl Transcript {
    /// What the bot said, in order.
    pub fn bot(&self) -> Vec<&str> {
        let said = |line: &'_ Line| matches!(line.what, Event::BotSays(_));
        self.lines
            .iter()
            .filter(|line| said(line))
            .filter_map(text)
            .collect()
    }

    /// What the channel said of its own accord, in order.
    pub fn channel(&self) -> Vec<&str> {
        let lines = self.lines.iter();
        lines
            .filter_map(|line| match &line.what {
                Event::ChannelSays(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// What the caller said, in order, as far as it is written down.
    pub fn caller(&self) -> Vec<&str> {
        let said = |line: &'_ Line| matches!(line.what, Event::CallerSays(_));
        self.lines
            .iter()
            .filter(|line| said(line))
            .filter_map(text)
            .collect()
    }

    /// The results that the channel gave the bot: the command's name and the error, if it failed.
    pub fn results(&self) -> Vec<(&str, Option<&str>)> {
        self.lines
            .iter()
            .filter_map(|line| match &line.what {
                Event::Result { name, error } => Some((name.as_str(), error.as_deref())),
                _ => None,
            })
            .collect()
    }
}

fn text(line: &Line) -> Option<&str> {
    match &line.what {
        Event::BotSays(text) => Some(text),
        Event::CallerSays(text) => text.as_deref(),
        _ => None,
    }
}

fn heard(played: Duration, planned: Duration) -> String {
    let (played, planned) = (played.as_secs_f32(), planned.as_secs_f32());
    format!("{played:.2} s of {planned:.2} s")
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl fmt::Display for Line {
    /// `  12.340  caller     I want to pay my bill.`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.at.as_secs();
        let clock = format!(
            "{:02}:{:02}.{:03}",
            seconds / 60,
            seconds % 60,
            self.at.subsec_millis()
        );
        let (who, what) = match &self.what {
            Event::Answered => ("call", "answered".to_owned()),
            Event::CallerSays(Some(text)) => ("caller", format!("“{text}”")),
            Event::CallerSays(None) => ("caller", "says something".to_owned()),
            Event::CallerPresses(Some(key)) => ("caller", format!("presses {key}")),
            Event::CallerPresses(None) => ("caller", "presses a key".to_owned()),
            Event::BotSays(text) => ("bot", format!("“{text}”")),
            Event::BotCutOff {
                text,
                played,
                planned,
            } => {
                let heard = heard(*played, *planned);
                ("bot", format!("is cut off after {heard} in “{text}”"))
            }
            Event::BargeIn {
                text,
                played,
                planned,
            } => {
                let heard = heard(*played, *planned);
                ("bot", format!("is interrupted after {heard} in “{text}”"))
            }
            Event::BotUnheard(text) => ("bot", format!("is not heard with “{text}”")),
            Event::ChannelSays(text) => ("channel", format!("“{text}”")),
            Event::Unhandled(what) => ("bot", format!("no handler took the {what}")),
            Event::BotCommands(name) => ("bot", format!("→ {name}")),
            Event::Result { name, error: None } => ("channel", format!("← {name}: ok")),
            Event::Result {
                name,
                error: Some(error),
            } => ("channel", format!("← {name}: {error}")),
            Event::ChannelCommands(name) => ("channel", format!("→ {name}")),
            Event::BotResult { name, error: None } => ("bot", format!("← {name}: ok")),
            Event::BotResult {
                name,
                error: Some(error),
            } => ("bot", format!("← {name}: {error}")),
            Event::BotSends(kind) => ("bot", format!("sends {kind}")),
            Event::Recording(what) => ("recording", what.clone()),
            Event::TransferRings(to) => ("call", format!("rings at {to}")),
            Event::Transfer { to, failure: None } => ("call", format!("transferred to {to}")),
            Event::Transfer {
                to,
                failure: Some(why),
            } => ("call", format!("not transferred to {to}: {why}")),
            Event::Fault(what) => ("fault", what.clone()),
            Event::Trouble(what) => ("trouble", what.clone()),
            Event::Ended(EndedBy::Caller) => ("call", "the caller hung up".to_owned()),
            Event::Ended(EndedBy::Bot) => ("call", "the bot hung up".to_owned()),
            Event::Ended(EndedBy::Transfer) => ("call", "went on with somebody else".to_owned()),
            Event::Ended(EndedBy::Channel) => ("call", "ended at the longest duration".to_owned()),
        };
        write!(f, "{clock}  {who:<9}  {what}")
    }
}
