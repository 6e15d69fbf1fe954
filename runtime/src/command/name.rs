//! Names of commands.

use std::fmt;

use crate::recording::Action;

/// A command name that the protocol allows: a MIME media type (A6311), a `session.*` name of Activity 3.4,
/// or a name of the recording preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CommandName<'n>(&'n str);

/// The session commands of Activity 3.4 (A9400 to A9442), whose names are not media types.
const SESSION: [&str; 3] = ["session.init", "session.update", "session.end"];

impl<'n> CommandName<'n> {
    /// The name, if it is one.
    ///
    /// ```
    /// use onhook::CommandName;
    ///
    /// assert!(CommandName::parse("application/vnd.contoso.open-ticket").is_some());
    /// assert!(CommandName::parse("recording_start_command").is_some());
    /// assert!(CommandName::parse("open ticket").is_none());
    /// ```
    pub fn parse(name: &'n str) -> Option<CommandName<'n>> {
        let known = || SESSION.contains(&name) || Action::from_wire(name).is_some();
        (is_media_type(name) || known()).then_some(CommandName(name))
    }

    /// The name.
    pub fn as_str(self) -> &'n str {
        self.0
    }
}

impl fmt::Display for CommandName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// `type "/" subtype` of RFC 6838: each 1 to 127 characters of its restricted set, the first a letter or digit.
fn is_media_type(name: &str) -> bool {
    let part = |part: &str| {
        let mut bytes = part.bytes();
        (1..=127).contains(&part.len())
            && bytes
                .next()
                .is_some_and(|first| first.is_ascii_alphanumeric())
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    name.split_once('/')
        .is_some_and(|(kind, subtype)| part(kind) && part(subtype))
}

#[cfg(test)]
mod tests {
    use super::CommandName;

    #[test]
    fn a6311_names_are_media_types_or_known() {
        for good in [
            "application/x",
            "channel/vnd.microsoft.telephony.recording.start",
            "a/b+json",
            "session.init",
            "recording_stop_command",
        ] {
            assert!(CommandName::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "/",
            "application/",
            "/x",
            "a/b/c",
            "a b/c",
            "recording",
            "session.other",
            "a/b;q=1",
            "é/x",
        ] {
            assert!(CommandName::parse(bad).is_none(), "{bad}");
        }
    }
}
