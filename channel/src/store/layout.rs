use std::path::PathBuf;

use time::{Date, Month};

use super::hash;

/// An encoded conversation id up to this length stands as it is. Shortened ones are always longer, so that no
/// conversation can choose an id that falls together with another's shortened one.
const LONGEST_PLAIN: usize = 100;
/// What is kept of an id that is shortened; with the hash 113 to 115 bytes, and 128 with a session number.
const KEPT: usize = 82;
/// What stands between a conversation's id and its capitals; in no id that is encoded.
const CAPITALS: char = '=';
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

    /// The folder relative to the store: `2026/11/22/{conversation id}/0001`, see [`Store::folder`](super::Store::folder)
    /// for recordings of earlier versions.
    ///
    /// The name of the conversation's folder says which letters are capitals, so that `ABC` and `abc` are two folders
    /// also on a disk that takes one for the other: `ABC=7` and `abc`.
    pub fn folder(&self) -> PathBuf {
        self.folder_in(&folder_name(&self.conversation))
    }

    /// The folder that an earlier version has made for it, if that has another name.
    pub(super) fn earlier_folder(&self) -> Option<PathBuf> {
        let (name, earlier) = (
            folder_name(&self.conversation),
            component(&self.conversation),
        );
        (name != earlier).then(|| self.folder_in(&earlier))
    }

    fn folder_in(&self, conversation: &str) -> PathBuf {
        let mut path = PathBuf::from(day_folder(self.day));
        path.extend([conversation, &format!("{:04}", self.session)]);
        path
    }

    /// What tells it from all others, also from one of the same id on another day.
    pub(super) fn place(&self) -> String {
        place(self.day, &self.recording_id())
    }
}

/// The recording of this id on this day: `2026/11/22/conv-7-0001`.
pub(super) fn place(day: Date, recording_id: &str) -> String {
    format!("{}/{recording_id}", day_folder(day))
}

/// The place of the recording whose folder this is; none if it is not the folder of one. The folders above the year's
/// may be any.
pub(crate) fn place_of(folder: &str) -> Option<String> {
    let mut names = folder.trim_end_matches('/').rsplit('/');
    let (session, conversation) = (names.next()?, names.next()?);
    let (day, month, year) = (names.next()?, names.next()?, names.next()?);
    let day = day_of(year, month, day)?;
    Some(place(day, &recording_id_in(conversation, session)))
}

/// The day that the names of three folders are.
pub(super) fn day_of(year: &str, month: &str, day: &str) -> Option<Date> {
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// The id of the recording in a folder, by the names of the folder above it and its own.
pub(super) fn recording_id_in(conversation: &str, session: &str) -> String {
    let (conversation, _capitals) = conversation
        .split_once(CAPITALS)
        .unwrap_or((conversation, ""));
    format!("{conversation}-{session}")
}

/// The folder of a day: `2026/11/22`.
fn day_folder(day: Date) -> String {
    let month = u8::from(day.month());
    format!("{:04}/{month:02}/{:02}", day.year(), day.day())
}

/// The name of a conversation's folder: [`component`], and which of its letters are capitals, if any is.
///
/// Four letters are a hexadecimal digit, the first letter the lowest bit. Ids of which nothing but a hash tells the
/// whole need none: the hash does.
pub(super) fn folder_name(id: &str) -> String {
    let mut name = component(id);
    if name.len() > LONGEST_PLAIN {
        return name;
    }
    let letters = id.bytes().filter(u8::is_ascii_alphabetic);
    let letters: Vec<bool> = letters.map(|letter| letter.is_ascii_uppercase()).collect();
    if !letters.contains(&true) {
        return name;
    }
    name.push(CAPITALS);
    for four in letters.chunks(4) {
        let bits = four.iter().rev();
        let digit = bits.fold(0, |digit, capital| digit << 1 | u8::from(*capital));
        name.push(hash::digit(digit));
    }
    name
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
    fn ids_that_differ_in_capitals_alone_have_names_that_differ_in_more() {
        for (id, wanted) in [
            ("abc", "abc"),
            ("ABC", "ABC=7"),
            ("aBc", "aBc=2"),
            ("abcdE", "abcdE=01"),
            ("A-1_b%é", "A-1_b%25%C3%A9=1"),
            ("CON", "%43ON=7"),
            ("con", "%63on"),
        ] {
            assert_eq!(folder_name(id), wanted, "{id:?}");
        }
        let long = "x".repeat(150);
        let names: std::collections::HashSet<_> = (0..16)
            .map(|bits: u8| {
                let letters = "word".chars().enumerate();
                let letters = letters.map(|(at, letter)| match bits >> at & 1 {
                    0 => letter,
                    _ => letter.to_ascii_uppercase(),
                });
                folder_name(&letters.collect::<String>()).to_lowercase()
            })
            .chain([
                folder_name(&long),
                folder_name(&long.to_uppercase()).to_lowercase(),
            ])
            .collect();
        assert_eq!(names.len(), 18);
        let longest = folder_name(&"X".repeat(100));
        assert_eq!(longest.len(), 126);
        assert!(folder_name(&"X".repeat(10_000)).len() < 126);
    }

    #[test]
    fn a_folder_says_which_recording_is_in_it() {
        let day = Date::from_calendar_date(2026, time::Month::November, 2).unwrap();
        for conversation in ["conv-7", "ABC", "", "con", "a/b", &"É".repeat(99)] {
            let id = SessionId::new(conversation, 12, day);
            let folder = format!("/recordings/2025/{}/", id.folder().display());
            assert_eq!(place_of(&folder), Some(id.place()), "{conversation}");
            let earlier = id.earlier_folder().unwrap_or_else(|| id.folder());
            assert_eq!(place_of(&earlier.to_string_lossy()), Some(id.place()));
        }
        assert_eq!(SessionId::new("ABC", 1, day).place(), "2026/11/02/ABC-0001");
        for folder in [
            "",
            "0001",
            "11/02/c/0001",
            "2026/13/02/c/0001",
            "2026/11/02x/c/0001",
        ] {
            assert_eq!(place_of(folder), None, "{folder}");
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
