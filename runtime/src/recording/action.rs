//! What a bot can ask of a recording, and the names it has on the wire.

use std::fmt;

/// A recording command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Open a session.
    Start,
    /// Keep nothing until the recording is resumed.
    Pause,
    /// Go on, appending to the session.
    Resume,
    /// Close the session.
    Stop,
}

/// Which family of names a command travels under.
///
/// Both are understood; a result carries the name its command came with (A6413).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `channel/vnd.microsoft.telephony.recording.start`: media-type names (A6311), as released.
    #[default]
    Current,
    /// `recording_start_command`: the names of the Telephony channel's first public preview.
    Preview,
}

struct Word {
    action: Action,
    short: &'static str,
    current: &'static str,
    preview: &'static str,
}

/// The names of the commands, in the order of [`Action`]'s variants.
///
/// The released libraries have no constant for `stop`, and the preview documented only `start`; the other
/// names follow the pattern.
const VOCABULARY: [Word; 4] = [
    Word {
        action: Action::Start,
        short: "recording_start",
        current: "channel/vnd.microsoft.telephony.recording.start",
        preview: "recording_start_command",
    },
    Word {
        action: Action::Pause,
        short: "recording_pause",
        current: "channel/vnd.microsoft.telephony.recording.pause",
        preview: "recording_pause_command",
    },
    Word {
        action: Action::Resume,
        short: "recording_resume",
        current: "channel/vnd.microsoft.telephony.recording.resume",
        preview: "recording_resume_command",
    },
    Word {
        action: Action::Stop,
        short: "recording_stop",
        current: "channel/vnd.microsoft.telephony.recording.stop",
        preview: "recording_stop_command",
    },
];

impl Action {
    /// Every action.
    pub const ALL: [Self; 4] = [Self::Start, Self::Pause, Self::Resume, Self::Stop];

    /// The name of the command on the wire.
    pub const fn wire_name(self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Current => self.word().current,
            Dialect::Preview => self.word().preview,
        }
    }

    /// The name in source code, `recording_start`.
    pub const fn short_name(self) -> &'static str {
        self.word().short
    }

    /// The action and dialect behind a name on the wire; names are compared ordinally.
    pub fn from_wire(name: &str) -> Option<(Self, Dialect)> {
        VOCABULARY.iter().find_map(|word| {
            if word.current == name {
                Some((word.action, Dialect::Current))
            } else if word.preview == name {
                Some((word.action, Dialect::Preview))
            } else {
                None
            }
        })
    }

    const fn word(self) -> &'static Word {
        &VOCABULARY[self as usize]
    }
}

/// The short name.
impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.short_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_action() {
        for action in Action::ALL {
            assert_eq!(
                action.word().action,
                action,
                "the vocabulary stands in the order of the variants"
            );
            for dialect in [Dialect::Current, Dialect::Preview] {
                assert_eq!(
                    Action::from_wire(action.wire_name(dialect)),
                    Some((action, dialect))
                );
            }
        }
    }

    #[test]
    fn names_are_those_of_the_documents() {
        assert_eq!(
            Action::Start.wire_name(Dialect::Preview),
            "recording_start_command"
        );
        assert_eq!(
            Action::Pause.wire_name(Dialect::Current),
            "channel/vnd.microsoft.telephony.recording.pause"
        );
        for name in [
            "",
            "recording_start",
            "Recording_Start_Command",
            "channel/vnd.microsoft.telephony.recording",
        ] {
            assert_eq!(Action::from_wire(name), None, "{name}");
        }
    }
}
