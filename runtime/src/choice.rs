//! How `handlers![…]` chooses: every handler is offered, the most specific one is taken.

use crate::__private as facts;
use crate::activity::ActivityType;
use crate::key::{Key, KeyKind, Row, digest};
use crate::rank::Rank;
use crate::turn::Turn;

/// What the handlers are asked for.
#[derive(Clone, Copy)]
enum Moment {
    Dispatch,
    Around(KeyKind),
}

/// The choice of a handler among the offered: the most specific one, and where one activity calls for two
/// hooks (members added and removed), both. Of an activity that carries several keys, each has its own choice.
pub struct Choice<'t> {
    turn: &'t Turn,
    moment: Moment,
    /// One kind for each type of activity, and the kinds of the moments around a turn.
    kind: KeyKind,
    /// Of the kind and the activity's name.
    digest: u64,
    rows: &'static [Row],
    rank: Rank,
    first: Option<usize>,
    second: Option<usize>,
    keys: Keys,
}

/// The walk along several keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// There is none, or it is over.
    None,
    /// No handler has been chosen yet.
    Free,
    /// One has.
    Taken,
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
            rows: &[],
            rank: Rank::Nothing,
            first: None,
            second: None,
            keys: Keys::None,
        }
    }

    /// Offers the handlers with these indices. A key that does not match costs one comparison of numbers.
    pub fn offer(&mut self, rows: &'static [Row]) {
        self.rows = rows;
        if self.turn.place().carries()
            && matches!(self.moment, Moment::Dispatch)
            && let Some(digit) = facts::first_key(self.turn)
        {
            self.keys = Keys::Free;
            self.choose_key(digit);
        } else {
            self.choose();
        }
    }

    /// How narrowly the handler is bound that takes the activity.
    pub fn rank(turn: &'t Turn, rows: &'static [Row]) -> Rank {
        let mut choice = Choice::dispatch(turn);
        choice.rows = rows;
        if turn.place().carries()
            && let Some(digit) = facts::key(turn)
        {
            choice.choose_key(digit);
            if choice.first.is_some() {
                return choice.rank;
            }
        }
        choice.choose();
        if choice.second.is_some() {
            choice.rank.min(Rank::Exact)
        } else {
            choice.rank
        }
    }

    fn choose(&mut self) {
        for (index, key, _handler) in self.rows {
            if key.may_match(self.kind, self.digest) {
                self.weigh(*index, *key);
            }
        }
    }

    /// Chooses for one of several keys.
    #[cold]
    fn choose_key(&mut self, digit: char) {
        self.rank = Rank::Nothing;
        for (index, key, _handler) in self.rows {
            match key.rank_of_key(digit) {
                Some(rank) if rank < self.rank => (self.rank, self.first) = (rank, Some(*index)),
                _ => {}
            }
        }
        if self.keys == Keys::Free && self.first.is_some() {
            self.keys = Keys::Taken;
        }
    }

    fn weigh(&mut self, index: usize, key: Key) {
        let rank = match self.moment {
            Moment::Dispatch => key.rank(self.turn),
            Moment::Around(kind) => (key.kind == kind).then_some(Rank::Exact),
        };
        match rank {
            Some(_) if key.is_second() => self.second = Some(index),
            Some(rank) if rank < self.rank => (self.rank, self.first) = (rank, Some(index)),
            _ => {}
        }
    }

    /// Takes the next chosen handler.
    pub fn take(&mut self) -> Option<usize> {
        if self.second.is_some() && self.rank >= Rank::Kind {
            // The second hook is narrower than a catch-all.
            self.first = None;
        }
        let next = self.first.take().or_else(|| self.second.take());
        if next.is_some() || self.keys == Keys::None {
            return next;
        }
        self.take_key()
    }

    /// Goes on along several keys to one that a handler takes. If none does, the activity is what carries them.
    #[cold]
    fn take_key(&mut self) -> Option<usize> {
        while let Some(digit) = facts::next_key(self.turn) {
            self.choose_key(digit);
            if let Some(first) = self.first.take() {
                return Some(first);
            }
        }
        let keys = std::mem::replace(&mut self.keys, Keys::None);
        if keys == Keys::Taken {
            return None;
        }
        self.rank = Rank::Nothing;
        self.choose();
        self.take()
    }
}

impl Key {
    /// How specific a match with the activity is, if it is one.
    fn rank(self, turn: &Turn) -> Option<Rank> {
        use ActivityType as Type;
        let narrowed = !self.name.is_empty();
        let named = |kind: ActivityType| {
            let matches = *turn.kind() == kind && (!narrowed || self.is_named(turn.name()));
            matches.then_some(if narrowed { Rank::Exact } else { Rank::Kind })
        };
        let kind = |kind: ActivityType| (*turn.kind() == kind).then_some(Rank::Kind);
        let part = |kind: ActivityType, there: fn(&Turn) -> bool| {
            (*turn.kind() == kind && there(turn)).then_some(Rank::Exact)
        };
        match self.kind {
            KeyKind::Message if narrowed => {
                let said = facts::said(turn);
                let is = |text: &&str| said.is(text);
                (*turn.kind() == Type::Message && (is(&self.name) || self.aliases.iter().any(is)))
                    .then_some(Rank::Exact)
            }
            KeyKind::Message => kind(Type::Message),
            // Several keys are walked along before.
            KeyKind::Dtmf if turn.place().carries() => None,
            KeyKind::Dtmf => self.rank_of_key(turn.digit()?),
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
            KeyKind::Activity => Some(Rank::Anything),
            KeyKind::Nothing | KeyKind::BeforeTurn | KeyKind::AfterTurn | KeyKind::Error => None,
        }
    }

    /// The same for a key of the telephone.
    fn rank_of_key(self, digit: char) -> Option<Rank> {
        if self.kind != KeyKind::Dtmf {
            None
        } else if self.name.is_empty() {
            Some(Rank::AnyKey)
        } else {
            let is_named = self.is_named(digit.encode_utf8(&mut [0; 4]));
            is_named.then_some(Rank::Key)
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
