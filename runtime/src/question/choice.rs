//! A menu: one of several things.

use std::fmt;
use std::marker::PhantomData;

use onhook_text::utterance::{begins, spoken_key, words};
use onhook_text::vocabulary::Vocabulary;
use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{Answer, Ask, Heard, Partial, Prompt, Verdict};

/// What `other` holds at most, in characters; the rest is left out.
const LONGEST: usize = 1_000;

/// An enum of which a caller chooses a variant. Derive it: [`derive(Choice)`](derive@crate::question::Choice).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a menu",
    label = "not a menu",
    note = "derive it: `#[derive(Choice)]` on an enum"
)]
pub trait Choice: Sized + Send + Serialize + DeserializeOwned {
    /// The enum's name.
    #[doc(hidden)]
    const NAME: &'static str;

    /// The variants that are chosen by key or by words.
    #[doc(hidden)]
    const OPTIONS: &'static [MenuOption];

    /// The variant of an option.
    #[doc(hidden)]
    fn pick(index: usize) -> Option<Self>;

    /// The variant for everything else.
    #[doc(hidden)]
    fn other(said: String) -> Option<Self> {
        let _ = said;
        None
    }

    /// The name of the variant for everything else.
    #[doc(hidden)]
    const OTHER: Option<&'static str> = None;

    /// Which one it is.
    #[doc(hidden)]
    fn chosen(&self) -> Chosen<'_>;

    /// Asks this.
    fn choose<'q>(prompt: impl Into<Prompt>) -> Ask<'q, Menu<Self>> {
        Ask::new(Menu(PhantomData)).prompt(prompt)
    }
}

/// Which variant a value is.
#[doc(hidden)]
#[derive(Debug)]
pub enum Chosen<'c> {
    Option(usize),
    Other(&'c str),
}

/// A variant of a menu.
#[doc(hidden)]
#[derive(Debug)]
pub struct MenuOption {
    name: &'static str,
    key: Option<char>,
    say: &'static str,
    /// In words as an utterance is taken apart, with one space between them.
    words: &'static [&'static str],
}

impl MenuOption {
    pub const fn new(
        name: &'static str,
        key: Option<char>,
        say: &'static str,
        words: &'static [&'static str],
    ) -> MenuOption {
        MenuOption {
            name,
            key,
            say,
            words,
        }
    }
}

/// The answer to a menu: a variant of `C`. Made by [`Choice::choose`].
pub struct Menu<C>(PhantomData<fn() -> C>);

impl<C> fmt::Debug for Menu<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Menu")
    }
}

impl<C: Choice> Answer for Menu<C> {
    type Value = C;

    fn hear(&self, heard: &Heard<'_>, _so_far: &mut Partial) -> Verdict<C> {
        let by_key = |key: char| C::OPTIONS.iter().position(|option| option.key == Some(key));
        if let Some(key) = heard.pressed() {
            return by_key(key)
                .and_then(C::pick)
                .map_or(Verdict::NoMatch, Verdict::Answer);
        }
        let Some(text) = heard.text() else {
            return Verdict::NoMatch;
        };
        let vocabulary = Vocabulary::of(heard.language());
        let said = words(text);
        let found = whole(C::OPTIONS, &said)
            .or_else(|| spoken_key(&said, vocabulary).and_then(by_key))
            .or_else(|| within(C::OPTIONS, &said, vocabulary))
            .and_then(C::pick);
        found
            .or_else(|| {
                Some(text)
                    .filter(|text| !text.is_empty())
                    .and_then(|text| C::other(bounded(text)))
            })
            .map_or(Verdict::NoMatch, Verdict::Answer)
    }

    fn name(&self) -> &'static str {
        C::NAME
    }

    fn say(&self, value: &C, _locale: &str) -> Option<String> {
        match value.chosen() {
            Chosen::Option(index) => C::OPTIONS.get(index).map(|option| option.say.to_owned()),
            Chosen::Other(_) => None,
        }
    }
}

fn bounded(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// The option of which all that was said is one of its words.
fn whole(options: &[MenuOption], said: &[String]) -> Option<usize> {
    options.iter().position(|option| {
        option
            .words
            .iter()
            .any(|phrase| onhook_text::utterance::is(said, phrase))
    })
}

/// Words of an option in what was said.
struct Match {
    option: usize,
    start: usize,
    end: usize,
}

/// The only option of which words are in what was said. A phrase within a longer one of another option does not count;
/// with a negation around it, nothing does.
fn within(options: &[MenuOption], said: &[String], vocabulary: &Vocabulary) -> Option<usize> {
    let mut matches: Vec<Match> = Vec::new();
    for start in 0..said.len() {
        let rest = said.get(start..).unwrap_or_default();
        for (option, words) in options.iter().map(|option| option.words).enumerate() {
            let longest = words.iter().filter_map(|phrase| begins(rest, phrase)).max();
            if let Some(count) = longest.filter(|count| *count > 0) {
                let end = start + count;
                matches.push(Match { option, start, end });
            }
        }
    }
    let covered = |small: &Match| {
        matches.iter().any(|large| {
            large.option != small.option
                && large.start <= small.start
                && small.end <= large.end
                && large.end - large.start > small.end - small.start
        })
    };
    let mut meant = matches.iter().filter(|found| !covered(found));
    let first = meant.next()?;
    if meant.any(|other| other.option != first.option) {
        return None;
    }
    let inside = |at: usize| {
        matches
            .iter()
            .any(|found| (found.start..found.end).contains(&at))
    };
    let negated = said
        .iter()
        .enumerate()
        .any(|(at, word)| vocabulary.negations.contains(&&**word) && !inside(at));
    (!negated).then_some(first.option)
}

/// The variant's name, and what it holds if it is `other`: as serde derives it.
#[doc(hidden)]
pub fn serialize<C: Choice, S: Serializer>(value: &C, serializer: S) -> Result<S::Ok, S::Error> {
    match value.chosen() {
        Chosen::Option(index) => {
            let name = C::OPTIONS.get(index).map_or("", |option| option.name);
            serializer.serialize_str(name)
        }
        Chosen::Other(said) => serializer.collect_map([(C::OTHER.unwrap_or_default(), said)]),
    }
}

/// The contrary of [`serialize`].
#[doc(hidden)]
pub fn deserialize<'de, C: Choice, D: Deserializer<'de>>(deserializer: D) -> Result<C, D::Error> {
    struct Variant<C>(PhantomData<fn() -> C>);

    impl<'de, C: Choice> Visitor<'de> for Variant<C> {
        type Value = C;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a variant of menu {}", C::NAME)
        }

        fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<C, E> {
            C::OPTIONS
                .iter()
                .position(|option| option.name == name)
                .and_then(C::pick)
                .ok_or_else(|| E::custom(format_args!("menu {} has no such variant", C::NAME)))
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<C, A::Error> {
            let entry = map.next_entry::<String, String>()?;
            let (_, said) = entry
                .filter(|(name, _)| C::OTHER == Some(name))
                .ok_or_else(|| {
                    A::Error::custom(format_args!("menu {} has no such variant", C::NAME))
                })?;
            C::other(said).ok_or_else(|| A::Error::custom("it holds nothing"))
        }
    }

    deserializer.deserialize_any(Variant(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the derive writes it.
    #[derive(Clone, Debug, PartialEq)]
    enum Service {
        Hours,
        Pay,
        Book,
        Other(String),
    }

    impl Choice for Service {
        const NAME: &'static str = "Service";
        const OPTIONS: &'static [MenuOption] = &[
            MenuOption::new(
                "Hours",
                Some('1'),
                "opening hours",
                &["opening hours", "hours", "when are you open"],
            ),
            MenuOption::new(
                "Pay",
                Some('2'),
                "pay a bill",
                &["pay a bill", "pay", "bill"],
            ),
            MenuOption::new("Book", Some('#'), "book hours", &["book hours", "not now"]),
        ];
        const OTHER: Option<&'static str> = Some("Other");

        fn pick(index: usize) -> Option<Service> {
            match index {
                0 => Some(Service::Hours),
                1 => Some(Service::Pay),
                2 => Some(Service::Book),
                _ => None,
            }
        }

        fn other(said: String) -> Option<Service> {
            Some(Service::Other(said))
        }

        fn chosen(&self) -> Chosen<'_> {
            match self {
                Service::Hours => Chosen::Option(0),
                Service::Pay => Chosen::Option(1),
                Service::Book => Chosen::Option(2),
                Service::Other(said) => Chosen::Other(said),
            }
        }
    }

    impl Serialize for Service {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serialize(self, serializer)
        }
    }

    impl<'de> serde::Deserialize<'de> for Service {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Service, D::Error> {
            deserialize(deserializer)
        }
    }

    fn hear(heard: &Heard<'_>) -> Verdict<Service> {
        Menu(PhantomData).hear(heard, &mut Partial::default())
    }

    #[test]
    fn words_and_spoken_keys_choose() {
        use Service::{Book, Hours, Pay};
        for (locale, text, expected) in [
            ("en-US", "opening hours", Some(Hours)),
            ("en-US", "Opening  HOURS!", Some(Hours)),
            ("en-US", "When are you open?", Some(Hours)),
            ("en-US", "op\u{ad}ening hours", Some(Hours)),
            ("en-US", "one", Some(Hours)),
            ("en-US", "1", Some(Hours)),
            ("en-US", "press one", Some(Hours)),
            ("en-US", "Option two, please.", Some(Pay)),
            ("en-US", "hash", Some(Book)),
            ("de-DE", "zwei", Some(Pay)),
            ("de-DE", "Taste zwei bitte", Some(Pay)),
            ("es-ES", "pulse dos", Some(Pay)),
            ("en-US", "I'd like to pay a bill please", Some(Pay)),
            ("en-US", "pay pay pay", Some(Pay)),
            ("en-US", "tell me the opening hours", Some(Hours)),
            ("en-US", "I want to book hours", Some(Book)),
            ("en-US", "not now", Some(Book)),
            ("en-US", "well, not now, thanks", Some(Book)),
            ("en-US", "pay or opening hours", None),
            ("en-US", "I do not want to pay", None),
            ("de-DE", "ich will nicht pay", None),
            ("en-US", "payment", None),
            ("en-US", "two hours", Some(Hours)),
            ("en-US", "one two", None),
            ("en-US", "hello", None),
        ] {
            let expected = expected.unwrap_or_else(|| Service::Other(text.to_owned()));
            let heard = Heard::speech(text).in_locale(locale);
            assert_eq!(hear(&heard), Verdict::Answer(expected), "{locale} {text}");
        }
    }

    #[test]
    fn keys_choose() {
        assert_eq!(hear(&Heard::key('1')), Verdict::Answer(Service::Hours));
        assert_eq!(hear(&Heard::key('#')), Verdict::Answer(Service::Book));
        assert_eq!(hear(&Heard::key('9')), Verdict::NoMatch);
        assert_eq!(hear(&Heard::silence()), Verdict::NoMatch);
        assert_eq!(hear(&Heard::speech(" ")), Verdict::NoMatch);
    }

    #[test]
    fn a_choice_is_kept_as_its_name() {
        for (choice, json) in [
            (Service::Pay, r#""Pay""#),
            (
                Service::Other("a \"b\"".to_owned()),
                r#"{"Other":"a \"b\""}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&choice).unwrap(), json);
            assert_eq!(serde_json::from_str::<Service>(json).unwrap(), choice);
        }
        for wrong in [r#""Gone""#, r#"{"Pay":"x"}"#, "1", "{}"] {
            assert!(serde_json::from_str::<Service>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_else_is_said_is_bounded() {
        let long = "é".repeat(3_000);
        let Verdict::Answer(Service::Other(said)) = hear(&Heard::speech(&long)) else {
            panic!("it is another text")
        };
        assert_eq!(said.chars().count(), LONGEST);
    }
}
