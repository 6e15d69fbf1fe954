//! What a handler takes, as a constant: how `handlers![…]` finds duplicates and chooses.

use crate::__private as facts;
use crate::activity::ActivityType;
use crate::turn::Turn;

/// The kinds of keys; within one, a key is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the hook of its name")]
pub enum KeyKind {
    Nothing,
    Message,
    Dtmf,
    MessageUpdate,
    MessageDelete,
    MembersAdded,
    MembersRemoved,
    ConversationUpdate,
    ReactionsAdded,
    ReactionsRemoved,
    Event,
    Invoke,
    Command,
    CommandResult,
    InstallationAdd,
    InstallationRemove,
    EndOfConversation,
    Typing,
    Activity,
    BeforeTurn,
    AfterTurn,
    Error,
}

/// A kind, and a name (wire name, text, digit) where the handler is narrowed to one.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    kind: KeyKind,
    /// Empty: everything of the kind that no narrower key takes.
    name: &'static str,
    aliases: &'static [&'static str],
    /// The digest of an activity that has the name, where there is but one.
    digest: Option<u64>,
}

impl Key {
    /// The key that matches nothing.
    pub const NOTHING: Key = Key::new(KeyKind::Nothing, "", &[]);

    /// A key.
    pub const fn new(kind: KeyKind, name: &'static str, aliases: &'static [&'static str]) -> Key {
        use KeyKind::{Command, CommandResult, Event, Invoke};
        let named = matches!(kind, Event | Invoke | Command | CommandResult);
        Key {
            kind,
            name,
            aliases,
            digest: if named && !name.is_empty() && aliases.is_empty() {
                Some(digest(kind, name))
            } else {
                None
            },
        }
    }

    /// A key whose name is a constant of the user's: it cannot be seen at expansion.
    ///
    /// # Panics
    /// On an empty name, at compile time.
    pub const fn named(kind: KeyKind, name: &'static str, aliases: &'static [&'static str]) -> Key {
        assert!(!name.is_empty(), "the name of a handler is empty");
        Key::new(kind, name, aliases)
    }

    /// The name, or empty.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Whether it is narrowed to this name.
    pub fn is_named(self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }

    /// Fails to compile if one of `taken` shares a name with `key`; called from constants only.
    ///
    /// # Panics
    /// On a duplicate, which is the point.
    pub const fn claim(taken: &[(Key, &'static str)], key: Key) {
        let mut index = 0;
        while index < taken.len() {
            let (other, handler) = taken[index];
            if key.collides(other) {
                Duplicate::of(key, handler).report();
            }
            index += 1;
        }
    }

    const fn collides(self, other: Key) -> bool {
        if self.kind as u8 != other.kind as u8 || matches!(self.kind, KeyKind::Nothing) {
            return false;
        }
        let fold = matches!(self.kind, KeyKind::Message);
        let mut i = 0;
        while i <= self.aliases.len() {
            let mut j = 0;
            while j <= other.aliases.len() {
                if same(self.nth(i), other.nth(j), fold) {
                    return true;
                }
                j += 1;
            }
            i += 1;
        }
        false
    }

    const fn nth(self, index: usize) -> &'static str {
        if index == 0 {
            self.name
        } else {
            self.aliases[index - 1]
        }
    }

    /// How specific a match with the activity is, if it is one: a digit, any digit, a name or text, the
    /// kind, anything.
    fn rank(self, turn: &Turn) -> Option<u8> {
        use ActivityType as Type;
        let narrowed = !self.name.is_empty();
        let named = |kind: ActivityType| {
            let matches = *turn.kind() == kind && (!narrowed || self.is_named(turn.name()));
            matches.then_some(if narrowed { rank::NAME } else { rank::KIND })
        };
        let kind = |kind: ActivityType| (*turn.kind() == kind).then_some(rank::KIND);
        let part = |kind: ActivityType, there: fn(&Turn) -> bool| {
            (*turn.kind() == kind && there(turn)).then_some(rank::NAME)
        };
        match self.kind {
            KeyKind::Message if narrowed => {
                let said = |text: &&str| facts::text_is(turn, text);
                (*turn.kind() == Type::Message
                    && (said(&self.name) || self.aliases.iter().any(said)))
                .then_some(rank::NAME)
            }
            KeyKind::Message => kind(Type::Message),
            KeyKind::Dtmf => {
                let digit = if *turn.kind() == Type::Message {
                    facts::dtmf(turn)?
                } else {
                    return None;
                };
                if !narrowed {
                    return Some(rank::ANY_DIGIT);
                }
                self.is_named(digit.encode_utf8(&mut [0; 4]))
                    .then_some(rank::DIGIT)
            }
            KeyKind::MessageUpdate => kind(Type::MessageUpdate),
            KeyKind::MessageDelete => kind(Type::MessageDelete),
            KeyKind::MembersAdded => part(Type::ConversationUpdate, facts::has_members_added),
            KeyKind::MembersRemoved => part(Type::ConversationUpdate, facts::has_members_removed),
            KeyKind::ConversationUpdate => kind(Type::ConversationUpdate),
            KeyKind::ReactionsAdded => part(Type::MessageReaction, facts::has_reactions_added),
            KeyKind::ReactionsRemoved => part(Type::MessageReaction, facts::has_reactions_removed),
            KeyKind::Event => named(Type::Event),
            KeyKind::Invoke => named(Type::Invoke),
            KeyKind::Command => named(Type::Command),
            KeyKind::CommandResult => named(Type::CommandResult),
            KeyKind::InstallationAdd => part(Type::InstallationUpdate, facts::installation_added),
            KeyKind::InstallationRemove => {
                part(Type::InstallationUpdate, facts::installation_removed)
            }
            KeyKind::EndOfConversation => kind(Type::EndOfConversation),
            KeyKind::Typing => kind(Type::Typing),
            KeyKind::Activity => Some(rank::ANYTHING),
            KeyKind::Nothing | KeyKind::BeforeTurn | KeyKind::AfterTurn | KeyKind::Error => None,
        }
    }

    /// Whether it may match an activity of that kind and name.
    fn may_match(&self, kind: KeyKind, digest: u64) -> bool {
        use KeyKind as Kind;
        if let Some(own) = self.digest {
            return own == digest;
        }
        match self.kind {
            Kind::Nothing => false,
            Kind::Activity => !matches!(kind, Kind::BeforeTurn | Kind::AfterTurn | Kind::Error),
            Kind::Message | Kind::Dtmf => matches!(kind, Kind::Message),
            Kind::MembersAdded | Kind::MembersRemoved | Kind::ConversationUpdate => {
                matches!(kind, Kind::ConversationUpdate)
            }
            Kind::ReactionsAdded | Kind::ReactionsRemoved => matches!(kind, Kind::ReactionsAdded),
            Kind::InstallationAdd | Kind::InstallationRemove => {
                matches!(kind, Kind::InstallationAdd)
            }
            own => own as u8 == kind as u8,
        }
    }

    /// Whether it is the second of two hooks that one activity can call for.
    const fn is_second(self) -> bool {
        matches!(
            self.kind,
            KeyKind::MembersRemoved | KeyKind::ReactionsRemoved
        )
    }
}

/// The smaller, the more specific.
mod rank {
    pub(super) const DIGIT: u8 = 0;
    pub(super) const ANY_DIGIT: u8 = 1;
    pub(super) const NAME: u8 = 2;
    pub(super) const KIND: u8 = 3;
    pub(super) const ANYTHING: u8 = 4;
    pub(super) const NONE: u8 = 5;
}

/// What the handlers are asked for.
#[derive(Clone, Copy)]
enum Moment {
    Dispatch,
    Around(KeyKind),
}

/// The choice of a handler among the offered: the most specific one, and where one activity calls for two
/// hooks (members added and removed), both.
pub struct Choice<'t> {
    turn: &'t Turn,
    moment: Moment,
    /// One kind for each type of activity, and the kinds of the moments around a turn.
    kind: KeyKind,
    /// Of the kind and the activity's name.
    digest: u64,
    rank: u8,
    first: Option<usize>,
    second: Option<usize>,
}

impl<'t> Choice<'t> {
    /// Who takes the activity?
    pub fn dispatch(turn: &'t Turn) -> Choice<'t> {
        Choice::of(turn, Moment::Dispatch)
    }

    /// Who comes before the dispatch?
    pub fn before_turn(turn: &'t Turn) -> Choice<'t> {
        Choice::of(turn, Moment::Around(KeyKind::BeforeTurn))
    }

    /// Who comes after the dispatch?
    pub fn after_turn(turn: &'t Turn) -> Choice<'t> {
        Choice::of(turn, Moment::Around(KeyKind::AfterTurn))
    }

    /// Who takes the error?
    pub fn on_error(turn: &'t Turn) -> Choice<'t> {
        Choice::of(turn, Moment::Around(KeyKind::Error))
    }

    fn of(turn: &'t Turn, moment: Moment) -> Choice<'t> {
        let kind = match moment {
            Moment::Dispatch => kind_of(turn.kind()),
            Moment::Around(kind) => kind,
        };
        Choice {
            turn,
            moment,
            kind,
            digest: digest(kind, turn.name()),
            rank: rank::NONE,
            first: None,
            second: None,
        }
    }

    /// Offers the handlers with these indices. A key that does not match costs one comparison of numbers.
    pub fn offer(&mut self, keys: &'static [(usize, Key)]) {
        for (index, key) in keys {
            if key.may_match(self.kind, self.digest) {
                self.weigh(*index, *key);
            }
        }
    }

    fn weigh(&mut self, index: usize, key: Key) {
        let rank = match self.moment {
            Moment::Dispatch => key.rank(self.turn),
            Moment::Around(kind) => (key.kind == kind).then_some(rank::NAME),
        };
        match rank {
            Some(_) if key.is_second() => self.second = Some(index),
            Some(rank) if rank < self.rank => (self.rank, self.first) = (rank, Some(index)),
            _ => {}
        }
    }

    /// Takes the next chosen handler.
    pub fn take(&mut self) -> Option<usize> {
        if self.second.is_some() && self.rank >= rank::KIND {
            // The second hook is narrower than a catch-all.
            self.first = None;
        }
        self.first.take().or_else(|| self.second.take())
    }
}

/// The kind that stands for all keys of activities of this type.
fn kind_of(kind: &ActivityType) -> KeyKind {
    match kind {
        ActivityType::Message => KeyKind::Message,
        ActivityType::MessageUpdate => KeyKind::MessageUpdate,
        ActivityType::MessageDelete => KeyKind::MessageDelete,
        ActivityType::MessageReaction => KeyKind::ReactionsAdded,
        ActivityType::ConversationUpdate => KeyKind::ConversationUpdate,
        ActivityType::Event => KeyKind::Event,
        ActivityType::Invoke => KeyKind::Invoke,
        ActivityType::Command => KeyKind::Command,
        ActivityType::CommandResult => KeyKind::CommandResult,
        ActivityType::InstallationUpdate => KeyKind::InstallationAdd,
        ActivityType::EndOfConversation => KeyKind::EndOfConversation,
        ActivityType::Typing => KeyKind::Typing,
        _ => KeyKind::Activity,
    }
}

/// A number for a kind and a name. Two of them may share it: a match is compared in full.
///
/// One multiplication for eight bytes, as in `FxHash`.
const fn digest(kind: KeyKind, name: &str) -> u64 {
    const fn mix(digest: u64, word: u64) -> u64 {
        (digest.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
    let mut bytes = name.as_bytes();
    let mut digest = kind as u64;
    while let Some((word, rest)) = bytes.split_first_chunk::<8>() {
        digest = mix(digest, u64::from_le_bytes(*word));
        bytes = rest;
    }
    // The length tells names apart that end in zeros.
    let mut last = name.len() as u64;
    while let Some((byte, rest)) = bytes.split_first() {
        last = last << 8 | *byte as u64;
        bytes = rest;
    }
    mix(digest, last)
}

const fn same(a: &str, b: &str, fold: bool) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        let equal = if fold {
            a[index].eq_ignore_ascii_case(&b[index])
        } else {
            a[index] == b[index]
        };
        if !equal {
            return false;
        }
        index += 1;
    }
    true
}

/// The text of a compile error, put together by the compiler: constants cannot format.
struct Duplicate {
    text: [u8; 256],
    length: usize,
}

impl Duplicate {
    const fn of(key: Key, handler: &str) -> Duplicate {
        let text = Duplicate {
            text: [0; 256],
            length: 0,
        };
        let text = text.push("duplicate handler: ");
        let text = if key.name.is_empty() {
            text.push("this hook")
        } else {
            text.push("`").push(key.name).push("`")
        };
        text.push(" is already handled by `")
            .push(handler)
            .push("`")
    }

    const fn push(mut self, part: &str) -> Duplicate {
        let part = part.as_bytes();
        let mut index = 0;
        // Names are ASCII where they are long; a text that does not fit is cut and still says enough.
        while index < part.len() && self.length < self.text.len() {
            self.text[self.length] = part[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    const fn report(&self) {
        let (text, _) = self.text.split_at(self.length);
        match std::str::from_utf8(text) {
            Ok(text) => panic!("{}", text),
            Err(_) => panic!("duplicate handler"),
        }
    }
}
