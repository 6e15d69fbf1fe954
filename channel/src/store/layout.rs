use std::path::PathBuf;

use time::Date;

use super::hash;

/// An encoded conversation id up to this length stands as it is. Shortened ones are always longer, so that no
/// conversation can choose an id that falls together with another's shortened one.
const LONGEST_PLAIN: usize = 100;
/// What is kept of an id that is shortened; with the hash 113 to 115 bytes, and 128 with a session number.
const KEPT: usize = 82;
/// Names that Windows gives to devices, in any folder and with any extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Which recording: the session of a conversation, filed under the day on which the conversation began.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionId {
    conversation: String,
    session: u32,
    day: Date,
}

impl SessionId {
    /// The `session`th recording of a conversation, counted from 1.
    ///
    /// The conversation id may be anything, as it comes from outside. `day` is that of the conversation's
    /// beginning in UTC, the same for all of its sessions, so that they lie together.
    pub fn new(conversation: impl Into<String>, session: u32, day: Date) -> Self {
        Self {
            conversation: conversation.into(),
            session,
            day,
        }
    }

    /// The conversation id as it came.
    pub fn conversation(&self) -> &str {
        &self.conversation
    }

    /// The number of the session in its conversation.
    pub const fn session(&self) -> u32 {
        self.session
    }

    /// The day under which it is filed.
    pub const fn day(&self) -> Date {
        self.day
    }

    /// `{conversation id}-{session}`, percent-encoded and at most 128 bytes: safe in paths and URLs, the same
    /// for ever, and different for every session of every conversation.
    pub fn recording_id(&self) -> String {
        format!("{}-{:04}", component(&self.conversation), self.session)
    }

    /// The folder relative to the store: `2026/11/22/{conversation id}/0001`.
    pub fn folder(&self) -> PathBuf {
        let day = self.day;
        let mut path = PathBuf::new();
        path.extend([
            format!("{:04}", day.year()),
            format!("{:02}", u8::from(day.month())),
            format!("{:02}", day.day()),
        ]);
        path.extend([
            component(&self.conversation),
            format!("{:04}", self.session),
        ]);
        path
    }
}

/// A conversation id as the name of a folder: `A-Z a-z 0-9 _ -` stand for themselves, every other byte is
/// percent-encoded, and so is the first letter of a device's name.
pub(super) fn component(id: &str) -> String {
    let device = is_device(id);
    let mut name = String::with_capacity(id.len());
    for (at, byte) in id.bytes().enumerate() {
        let safe = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if safe && !(device && at == 0) {
            name.push(char::from(byte));
        } else {
            name.extend(
                ['%', hash::digit(byte >> 4), hash::digit(byte & 15)]
                    .map(|c| c.to_ascii_uppercase()),
            );
        }
    }
    if name.is_empty() {
        // A percent sign alone is no encoding of anything, so this is nobody else's name.
        return "%".to_owned();
    }
    if name.len() > LONGEST_PLAIN {
        name.truncate(KEPT);
        // No half of an encoded byte stays.
        if let Some(at) = name.rfind('%').filter(|at| at + 3 > KEPT) {
            name.truncate(at);
        }
        name = format!("{name}-{}", hash::short(id));
    }
    name
}

fn is_device(id: &str) -> bool {
    let id = id.to_ascii_lowercase();
    let numbered = |prefix| {
        id.strip_prefix(prefix)
            .is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']))
    };
    DEVICES.contains(&id.as_str()) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_ids_stand_as_they_are() {
        let id = SessionId::new(
            "conv-7",
            1,
            Date::from_calendar_date(2026, time::Month::November, 2).unwrap(),
        );
        assert_eq!(id.recording_id(), "conv-7-0001");
        assert_eq!(id.folder(), PathBuf::from("2026/11/02/conv-7/0001"));
        let late = SessionId::new("c", 12_345, Date::MIN);
        assert_eq!(late.recording_id(), "c-12345");
    }

    #[test]
    fn hostile_ids_are_names_of_one_folder() {
        for (id, wanted) in [
            ("", "%"),
            (".", "%2E"),
            ("..", "%2E%2E"),
            ("../../etc", "%2E%2E%2F%2E%2E%2Fetc"),
            ("/etc/passwd", "%2Fetc%2Fpasswd"),
            ("a\\b:c", "a%5Cb%3Ac"),
            ("%2E%2E", "%252E%252E"),
            ("a\0b", "a%00b"),
            ("a b\n", "a%20b%0A"),
            ("ü☎", "%C3%BC%E2%98%8E"),
            ("con", "%63on"),
            ("CoM1", "%43oM1"),
            ("NUL", "%4EUL"),
            ("aux.wav", "aux%2Ewav"),
            ("com10", "com10"),
            ("console", "console"),
            ("+14255550100", "%2B14255550100"),
            ("~$`;rm -rf *", "%7E%24%60%3Brm%20-rf%20%2A"),
        ] {
            assert_eq!(component(id), wanted, "{id:?}");
        }
    }

    #[test]
    fn long_ids_are_shortened_without_falling_together() {
        let long = "x".repeat(10_240);
        let other = format!("{long}y");
        for id in [
            &long,
            &other,
            &"é".repeat(99),
            &"..".repeat(60),
            &format!("a{}", "é".repeat(60)),
        ] {
            let name = component(id);
            let recording = SessionId::new(id, u32::MAX, Date::MIN).recording_id();
            assert!(
                name.len() > LONGEST_PLAIN && recording.len() <= 128,
                "{name}"
            );
            let (kept, hash) = name.rsplit_once('-').unwrap();
            assert!(
                hash.len() == 32 && kept.rfind('%').is_none_or(|at| at + 3 <= kept.len()),
                "{name}"
            );
            assert_ne!(
                component(&name),
                name,
                "an id that looks like a shortened one is another"
            );
        }
        assert_ne!(component(&long), component(&other));
        assert_eq!(component(&"x".repeat(100)), "x".repeat(100));
    }
}
