//! How `handlers![…]` chooses: every handler is offered, the most specific one is taken.

use crate::__private as facts;
use crate::activity::ActivityType;
use crate::key::{Key, KeyKind, Row, digest};
use crate::turn::Turn;

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

    /// Who is the dialog of this name?
    pub fn resume(turn: &'t Turn, keys: &'static [Row], dialog: &str) -> Choice<'t> {
        let found = keys.iter().find(|(_, key, _)| key.dialog == dialog);
        let index = found
            .filter(|_| !dialog.is_empty())
            .map(|(index, ..)| *index);
        Choice::made(turn, index)
    }

    /// Who interrupts a dialog with this activity?
    pub fn interrupt(turn: &'t Turn, keys: &'static [Row]) -> Choice<'t> {
        let mut choice = Choice::dispatch(turn);
        for (index, key, _handler) in keys {
            if key.interrupts {
                choice.weigh(*index, *key);
            }
        }
        Choice::made(turn, choice.first)
    }

    /// A choice that was made already, and that no offer changes: its kind and digest are nobody's.
    fn made(turn: &'t Turn, index: Option<usize>) -> Choice<'t> {
        Choice {
            turn,
            moment: Moment::Around(KeyKind::Nothing),
            kind: KeyKind::Error,
            digest: u64::MAX,
            rank: rank::NONE,
            first: index,
            second: None,
        }
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
    pub fn offer(&mut self, keys: &'static [Row]) {
        for (index, key, _handler) in keys {
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

impl Key {
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
