//! The telephone keys that one activity carries, and the walk along them.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::activity::{Activity, ActivityType, Entity, Json};
use crate::turn::Turn;

/// The most keys that one activity may carry; with more it is an activity like any other.
const MOST: usize = 128;

/// The name of the event that carries keys, as AudioCodes sends it, without regard to case.
const EVENT: &str = "DTMF";

/// Where a turn stands among the keys of its activity.
#[derive(Debug)]
pub(crate) struct Place {
    /// The key that the turn is at, or 0.
    key: AtomicU8,
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

    /// Whether the keys, if there are any, are more than one message of one key.
    #[inline]
    pub(crate) fn is_several(&self) -> bool {
        self.state.load(Ordering::Relaxed) != PLAIN
    }

    /// Whether the keys have not been left to the activity that carries them.
    pub(crate) fn is_open(&self) -> bool {
        self.state.load(Ordering::Relaxed) != SPENT
    }

    fn go(&self, state: u8) {
        self.state.store(state, Ordering::Relaxed);
    }
}

/// A walk along the keys of an activity that carries several. While it lasts, the turn is at one of them.
pub struct Keys<'t> {
    turn: &'t Turn,
    walk: Walk<'t>,
}

enum Walk<'t> {
    /// From the first key to the last.
    Own { keys: Cow<'t, str>, next: usize },
    /// Somebody else walks: the key that the turn is at, once.
    Borrowed { seen: bool },
    /// The keys are spent.
    Over,
}

impl<'t> Keys<'t> {
    /// The walk, if the activity carries several keys.
    pub fn of(turn: &'t Turn) -> Option<Keys<'t>> {
        let walk = match turn.place().state.load(Ordering::Relaxed) {
            SEVERAL => {
                turn.place().go(WALKING);
                let keys = carried(turn.activity()).unwrap_or_default();
                Walk::Own { keys, next: 0 }
            }
            WALKING => Walk::Borrowed { seen: false },
            SPENT => Walk::Over,
            _ => return None,
        };
        Some(Keys { turn, walk })
    }

    /// Goes on to the next key.
    #[expect(
        clippy::should_implement_trait,
        reason = "generated code needs no import for it"
    )]
    pub fn next(&mut self) -> Option<char> {
        match &mut self.walk {
            Walk::Own { keys, next } => {
                let key = nth(keys, *next)?;
                *next += 1;
                let byte = u8::try_from(key).unwrap_or(0);
                self.turn.place().key.store(byte, Ordering::Relaxed);
                Some(key)
            }
            Walk::Borrowed { seen } => {
                let first = !std::mem::replace(seen, true);
                self.turn.digit().filter(|_| first)
            }
            Walk::Over => None,
        }
    }

    /// Whether this is a step of somebody else's walk.
    pub(crate) fn is_borrowed(&self) -> bool {
        matches!(self.walk, Walk::Borrowed { .. })
    }

    /// Nobody has taken a key: as long as this value lives, the keys are the activity that carries them.
    pub(crate) fn spend(&mut self) {
        if matches!(self.walk, Walk::Own { .. }) {
            self.turn.place().go(SPENT);
        }
    }
}

impl Drop for Keys<'_> {
    fn drop(&mut self) {
        if matches!(self.walk, Walk::Own { .. }) {
            self.turn.place().go(SEVERAL);
        }
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
    value.parse().ok().map(|Written(text)| text)
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
            place.is_several(),
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
            (r##"{"type":"event","name":"dtmf","value":"*1#"}"##, "*1#"),
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
