//! The telephone keys that one activity carries, and the walk along them.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::activity::{Activity, ActivityType, Entity, Json};
use crate::error::Result;
use crate::outcome::Outcome;
use crate::turn::Turn;

/// The most keys that one activity may carry; with more it is an activity like any other.
const MOST: usize = 128;

/// The name of the event that carries keys, as `AudioCodes` sends it, without regard to case.
const EVENT: &str = "DTMF";

/// Where a turn stands among the keys of its activity.
#[derive(Debug)]
pub(crate) struct Place {
    /// The key that the turn is at, or 0.
    key: AtomicU8,
    /// Which of several keys that is.
    index: AtomicU8,
    state: AtomicU8,
}

/// There is no key, or the activity is a message that is one key.
const PLAIN: u8 = 0;
/// There are several keys, or an event carries them: they are walked along.
const SEVERAL: u8 = 1;
/// Somebody walks along them.
const WALKING: u8 = 2;
/// Nobody has taken them, and they are the activity again that carries them.
const SPENT: u8 = 3;

impl Place {
    pub(crate) fn of(activity: &Activity) -> Place {
        let one = activity.dtmf();
        let (first, state) = match one {
            Some(key) => (Some(key), PLAIN),
            None => match carried(activity).and_then(|keys| nth(&keys, 0)) {
                Some(key) => (Some(key), SEVERAL),
                None => (None, PLAIN),
            },
        };
        Place {
            key: AtomicU8::new(first.and_then(|key| u8::try_from(key).ok()).unwrap_or(0)),
            index: AtomicU8::new(0),
            state: AtomicU8::new(state),
        }
    }

    /// The key that the turn is at.
    #[inline]
    pub(crate) fn key(&self) -> Option<char> {
        match self.key.load(Ordering::Relaxed) {
            0 => None,
            key => Some(char::from(key)),
        }
    }

    /// Whether the activity carries keys otherwise than as a message of one.
    #[inline]
    pub(crate) fn carries(&self) -> bool {
        self.state() != PLAIN
    }

    /// Whether the keys have not been left to the activity that carries them.
    pub(crate) fn is_open(&self) -> bool {
        self.state() != SPENT
    }

    #[inline]
    fn state(&self) -> u8 {
        self.state.load(Ordering::Relaxed)
    }

    fn go(&self, state: u8) {
        self.state.store(state, Ordering::Relaxed);
    }
}

/// The key with which a dispatch begins: the one that the turn is at, or the first of several.
#[inline]
pub fn first(turn: &Turn) -> Option<char> {
    let key = turn.place().key()?;
    match turn.place().state() {
        PLAIN | WALKING => Some(key),
        state => rewound(turn, state),
    }
}

#[cold]
fn rewound(turn: &Turn, state: u8) -> Option<char> {
    if state == SEVERAL { at(turn, 0) } else { None }
}

/// Whether the dispatch has more than one key before it.
#[inline]
pub fn are_several(turn: &Turn) -> bool {
    turn.place().state() == SEVERAL
}

/// Goes on to the next of several keys. The turn knows at which it is: an index in the future of a dispatch would keep
/// the future in memory, where it is not needed for any other activity.
#[cold]
pub fn next(turn: &Turn) -> Option<char> {
    if !are_several(turn) {
        return None;
    }
    at(
        turn,
        turn.place().index.load(Ordering::Relaxed).checked_add(1)?,
    )
}

/// Brings the turn to one of several keys.
fn at(turn: &Turn, index: u8) -> Option<char> {
    let key = nth(&carried(turn.activity())?, usize::from(index))?;
    let byte = u8::try_from(key).ok()?;
    turn.place().key.store(byte, Ordering::Relaxed);
    turn.place().index.store(index, Ordering::Relaxed);
    Some(key)
}

/// Whether the handler of a key has taken it.
pub fn is_taken(outcome: Result<Outcome>) -> Result<bool> {
    outcome.map(|outcome| outcome.is_handled())
}

/// A walk of a chain along the keys of an activity that carries several. While it lasts, its bots see one of them.
pub(crate) struct Walk<'t> {
    turn: &'t Turn,
    /// The state before: that of several keys, or the walk of a chain around this one.
    before: u8,
}

impl<'t> Walk<'t> {
    /// The walk, and its first key; `None` if there is nothing to walk along.
    pub(crate) fn of(turn: &'t Turn) -> Option<Walk<'t>> {
        let before = turn.place().state();
        if before == PLAIN {
            return None;
        }
        first(turn)?;
        let walk = Walk { turn, before };
        turn.place().go(WALKING);
        Some(walk)
    }

    /// Goes on to the next key, if it is for this walk to do so.
    pub(crate) fn next(&mut self) -> bool {
        let index = self.turn.place().index.load(Ordering::Relaxed);
        self.before == SEVERAL && at(self.turn, index.saturating_add(1)).is_some()
    }

    /// Whether this is a step of a walk around it.
    pub(crate) fn is_step(&self) -> bool {
        self.before == WALKING
    }

    /// Nobody has taken a key: as long as this value lives, the keys are the activity that carries them.
    pub(crate) fn spend(&self) {
        self.turn.place().go(SPENT);
    }
}

impl Drop for Walk<'_> {
    fn drop(&mut self) {
        self.turn.place().go(self.before);
    }
}

/// The text of keys, and of nothing else but white space, that the activity carries otherwise than as a message of one.
fn carried(activity: &Activity) -> Option<Cow<'_, str>> {
    let text = match activity.kind {
        ActivityType::Message => {
            let marked = activity
                .entities()
                .iter()
                .any(|entity| entity.is(Entity::DTMF));
            Cow::Borrowed(activity.text.as_deref().filter(|_| marked)?)
        }
        ActivityType::Event => {
            let name = activity.name.as_deref()?;
            written(
                activity
                    .value
                    .as_ref()
                    .filter(|_| name.eq_ignore_ascii_case(EVENT))?,
            )?
        }
        _ => return None,
    };
    let mut keys = 0;
    for c in text.chars() {
        match c {
            '0'..='9' | '*' | '#' | 'A'..='D' if keys < MOST => keys += 1,
            c if c.is_whitespace() => {}
            _ => return None,
        }
    }
    (keys > 0).then_some(text)
}

/// The value's keys: a string, or a number for digits.
fn written(value: &Json) -> Option<Cow<'_, str>> {
    #[derive(serde::Deserialize)]
    struct Written<'v>(#[serde(borrow)] Cow<'v, str>);

    let text = value.as_str();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Cow::Borrowed(text));
    }
    let read = serde_json::from_str(text);
    read.ok().map(|Written(text)| text)
}

fn nth(keys: &str, index: usize) -> Option<char> {
    keys.chars().filter(|c| !c.is_whitespace()).nth(index)
}

/// A key as a text.
pub(crate) fn text(key: char) -> Option<&'static str> {
    const KEYS: &str = "0123456789*#ABCD";
    let place = KEYS.find(key)?;
    KEYS.get(place..=place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(json: &str) -> String {
        let activity = Activity::from_json(json).unwrap();
        let place = Place::of(&activity);
        assert_eq!(
            place.carries(),
            carried(&activity).is_some() && activity.dtmf().is_none()
        );
        let keys = carried(&activity).unwrap_or_default();
        let keys: String = (0..).map_while(|index| nth(&keys, index)).collect();
        assert_eq!(place.key(), keys.chars().next());
        keys
    }

    #[test]
    fn what_carries_keys() {
        for (json, expected) in [
            (r#"{"type":"event","name":"DTMF","value":"123"}"#, "123"),
            (r#"{"type":"event","name":"dtmf","value":"*1#"}"#, "*1#"),
            (r#"{"type":"event","name":"DTMF","value":"5"}"#, "5"),
            (r#"{"type":"event","name":"DTMF","value":120}"#, "120"),
            (
                r#"{"type":"event","name":"DTMF","value":"\u0031\u0023"}"#,
                "1#",
            ),
            (r#"{"type":"event","name":"DTMF","value":" 1 2 "}"#, "12"),
            (
                r#"{"type":"message","text":"12","entities":[{"type":"DTMF"}]}"#,
                "12",
            ),
            (
                r#"{"type":"message","text":"1 2\n","entities":[{"type":"dtmf"}]}"#,
                "12",
            ),
            (
                r#"{"type":"message","text":"1","entities":[{"type":"DTMF"}]}"#,
                "1",
            ),
            // Nothing of these is a sequence of keys.
            (r#"{"type":"message","text":"12"}"#, ""),
            (
                r#"{"type":"message","text":"12!","entities":[{"type":"DTMF"}]}"#,
                "",
            ),
            (
                r#"{"type":"message","text":" ","entities":[{"type":"DTMF"}]}"#,
                "",
            ),
            (r#"{"type":"message","entities":[{"type":"DTMF"}]}"#, ""),
            (r#"{"type":"event","name":"DTMF"}"#, ""),
            (r#"{"type":"event","name":"DTMF","value":""}"#, ""),
            (r#"{"type":"event","name":"DTMF","value":"abc"}"#, ""),
            (r#"{"type":"event","name":"DTMF","value":-1}"#, ""),
            (r#"{"type":"event","name":"DTMF","value":1.5}"#, ""),
            (
                r#"{"type":"event","name":"DTMF","value":{"digit":"1"}}"#,
                "",
            ),
            (r#"{"type":"event","name":"DTMF","value":null}"#, ""),
            (r#"{"type":"event","name":"other","value":"1"}"#, ""),
            (r#"{"type":"event","value":"1"}"#, ""),
            (r#"{"type":"invoke","name":"DTMF","value":"1"}"#, ""),
        ] {
            assert_eq!(keys(json), expected, "{json}");
        }
    }

    #[test]
    fn more_keys_than_anybody_presses_are_none() {
        let event = |keys: usize| {
            format!(
                r#"{{"type":"event","name":"DTMF","value":"{}"}}"#,
                "1".repeat(keys)
            )
        };
        assert_eq!(keys(&event(MOST)).len(), MOST);
        assert_eq!(keys(&event(MOST + 1)), "");
    }

    #[test]
    fn every_key_is_a_text() {
        for key in "0123456789*#ABCD".chars() {
            assert_eq!(text(key).map(str::to_owned), Some(key.to_string()));
        }
        assert_eq!(text('E'), None);
    }
}
