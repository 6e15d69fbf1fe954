//! How `handlers![…]` chooses: every handler is offered, the most specific one is taken.

use crate::__private as facts;
use crate::activity::ActivityType;
use crate::key::{Key, KeyKind, Row, digest};
use crate::keys::Keys;
use crate::rank::Rank;
use crate::turn::Turn;
use onhook_text::Said;

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
    said: Said<'t>,
    rows: &'static [Row],
    rank: Rank,
    first: Option<usize>,
    second: Option<usize>,
    /// The walk along several keys, and whether a handler was chosen for one of them.
    keys: Option<Keys<'t>>,
    taken: bool,
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
        let said = match kind {
            KeyKind::Message => facts::said(turn),
            _ => Said::new(""),
        };
        Choice {
            turn,
            moment,
            kind,
            digest: digest(kind, turn.name()),
            said,
            rows: &[],
            rank: Rank::Nothing,
            first: None,
            second: None,
            keys: None,
            taken: false,
        }
    }

    /// Offers the handlers with these indices.
    pub fn offer(&mut self, rows: &'static [Row]) {
        self.rows = rows;
        if matches!(self.moment, Moment::Dispatch) && facts::carries_keys(self.turn) {
            self.keys = Keys::of(self.turn);
        }
        if self.keys.is_none() {
            self.choose(self.turn.digit(), false);
        }
    }

    /// How narrowly the handler is bound that takes the activity.
    pub fn rank(turn: &'t Turn, rows: &'static [Row]) -> Rank {
        let mut choice = Choice::dispatch(turn);
        choice.rows = rows;
        choice.choose(facts::key(turn), false);
        if choice.second.is_some() {
            choice.rank.min(Rank::Exact)
        } else {
            choice.rank
        }
    }

    /// Looks for the handlers; `digit` is the key that the activity is about. A handler whose key does not match costs
    /// one comparison of numbers.
    fn choose(&mut self, digit: Option<char>, keys_only: bool) {
        self.rank = Rank::Nothing;
        for (index, key, _handler) in self.rows {
            let may_match = match key.kind {
                KeyKind::Dtmf => digit.is_some() && matches!(self.moment, Moment::Dispatch),
                _ => !keys_only && key.may_match(self.kind, self.digest),
            };
            if may_match {
                self.weigh(*index, *key, digit);
            }
        }
    }

    fn weigh(&mut self, index: usize, key: Key, digit: Option<char>) {
        let rank = match self.moment {
            Moment::Dispatch => key.rank(self.turn, &self.said, digit),
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
        loop {
            if self.second.is_some() && self.rank >= Rank::Kind {
                // The second hook is narrower than a catch-all.
                self.first = None;
            }
            if let Some(index) = self.first.take().or_else(|| self.second.take()) {
                return Some(index);
            }
            let keys = self.keys.as_mut()?;
            if let Some(digit) = keys.next() {
                self.choose(Some(digit), true);
                self.taken |= self.first.is_some();
            } else {
                let over = self.taken || keys.is_borrowed();
                self.keys = None;
                if over {
                    return None;
                }
                self.choose(None, false);
            }
        }
    }
}

impl Key {
    /// How specific a match with the activity is, if it is one.
    fn rank(self, turn: &Turn, said: &Said<'_>, digit: Option<char>) -> Option<Rank> {
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
                let is = |text: &&str| said.is(text);
                (*turn.kind() == Type::Message && (is(&self.name) || self.aliases.iter().any(is)))
                    .then_some(Rank::Exact)
            }
            KeyKind::Message => kind(Type::Message),
            KeyKind::Dtmf => {
                let digit = digit?;
                if !narrowed {
                    return Some(Rank::AnyKey);
                }
                self.is_named(digit.encode_utf8(&mut [0; 4]))
                    .then_some(Rank::Key)
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
            KeyKind::Activity => Some(Rank::Anything),
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
            Kind::Message => matches!(kind, Kind::Message),
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
