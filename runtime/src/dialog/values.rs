//! The state of a turn: what handlers take of the conversation's record and the user's, and what they give back.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::failure::{DialogError, Place, Signal};
use super::journal::{BYTES, Kind, Outcome};
use super::record::FORMAT;
use super::session::{Handle, Next, Session};
use crate::activity::{Activity, ActivityType, Json};
use crate::bot::Bot;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::rejection::Rejection;
use crate::state::{
    ETag, Expect, Scope, StateError, StateValue, UnixMillis, ValueError, Versioned, Write,
};
use crate::turn::Turn;

/// How long the record of a user lives after its last change.
const USER_EXPIRES: std::time::Duration = std::time::Duration::from_secs(30 * 24 * 60 * 60);

/// As many digits make a telephone number of an id.
const NUMBER: usize = 7;

/// For the hashes of ids: a random UUID, which says whose they are.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f9d_2c1e_7a54_4f0b_9b57_c0de_51a3_8e42);

type Values = BTreeMap<String, Versioned>;

/// What plain handlers have done with values and what is not saved yet.
#[derive(Default)]
pub(super) struct Changes {
    changed: BTreeMap<&'static str, Versioned>,
    /// The values that a handler has now.
    lent: Vec<&'static str>,
}

/// The state of a turn beside the conversation's record.
#[derive(Default)]
pub(super) struct TurnState {
    conversation: Changes,
    /// A plain handler has changed the conversation's state: it cannot be tried again.
    pub(super) touched: bool,
    user: Option<User>,
    /// A change that cannot be written.
    fault: Option<ValueError>,
    /// A value that was not readable.
    reset: Option<ValueError>,
    /// The values as they were committed last, if the dialog has changed them since.
    committed: Option<Values>,
}

/// The record of a user.
struct User {
    key: String,
    etag: Option<ETag>,
    values: Values,
    changes: Changes,
}

/// The same as it is written down.
#[derive(Serialize, Deserialize)]
struct UserRecord {
    format: u32,
    values: Values,
}

impl Changes {
    fn lend<T: StateValue>(
        &mut self,
        stored: &Values,
    ) -> Result<(T, Option<ValueError>), Rejection> {
        if self.lent.contains(&T::NAME) {
            let message = "the state is taken twice at once: take it in one argument";
            return Err(Rejection::malformed(T::NAME, message));
        }
        self.lent.push(T::NAME);
        let found = self.changed.get(T::NAME).or_else(|| stored.get(T::NAME));
        Ok(read(found))
    }

    fn give_back<T: StateValue>(&mut self, changed: Option<&T>) -> Result<(), ValueError> {
        self.lent.retain(|name| *name != T::NAME);
        let Some(value) = changed else {
            return Ok(());
        };
        let value = Versioned::of(value).map_err(|error| ValueError::Unwritable {
            name: T::NAME,
            message: error.to_string(),
        })?;
        self.changed.insert(T::NAME, value);
        Ok(())
    }

    fn merge_into(&mut self, values: &mut Values) {
        for (name, value) in std::mem::take(&mut self.changed) {
            values.insert(name.to_owned(), value);
        }
    }
}

/// The value, or the default; and whether that is so because nobody can read it.
fn read<T: StateValue>(found: Option<&Versioned>) -> (T, Option<ValueError>) {
    let Some(found) = found else {
        return (T::default(), None);
    };
    match T::read(found.version, &found.value) {
        Some(value) => (value, None),
        None => (
            T::default(),
            Some(ValueError::Reset {
                name: T::NAME,
                found: found.version,
                version: T::VERSION,
            }),
        ),
    }
}

impl TurnState {
    /// Enters what plain handlers have changed into the conversation's record.
    pub(super) fn merge_into(&mut self, values: &mut Values) {
        self.conversation.merge_into(values);
    }

    /// The record is in the store.
    pub(super) fn committed(&mut self) {
        self.committed = None;
    }

    /// Takes back what the dialog has changed since the last commit.
    pub(super) fn take_back(&mut self, values: &mut Values) {
        if let Some(committed) = self.committed.take() {
            *values = committed;
        }
    }

    fn report(&mut self, reset: Option<ValueError>) {
        let Some(reset) = reset else { return };
        #[cfg(feature = "http")]
        tracing::warn!(target: "onhook::state", error = %reset, "state was reset");
        if cfg!(not(feature = "http")) {
            self.reset.get_or_insert(reset);
        }
    }
}

impl Session {
    /// The session of a turn.
    pub(crate) fn of(turn: &Turn) -> Option<Arc<Session>> {
        turn.get::<Handle>().map(|handle| Arc::clone(&handle.0))
    }

    /// Gives a value to a plain handler.
    pub(crate) fn lend_value<T: StateValue>(&self) -> Result<T, Rejection> {
        let mut state = self.lock();
        let super::session::State { record, turn, .. } = &mut *state;
        let (value, reset) = match T::SCOPE {
            Scope::Conversation => turn.conversation.lend(&record.values)?,
            Scope::User => {
                let user = turn.user.as_mut();
                let user = user.ok_or_else(|| Rejection::absent("from.id"))?;
                user.changes.lend(&user.values)?
            }
        };
        turn.report(reset);
        Ok(value)
    }

    /// Takes a value back from a plain handler, with what it was changed to.
    pub(crate) fn return_value<T: StateValue>(&self, changed: Option<&T>) {
        let mut state = self.lock();
        let turn = &mut state.turn;
        let returned = match (T::SCOPE, &mut turn.user) {
            (Scope::Conversation, _) => {
                turn.touched |= changed.is_some();
                turn.conversation.give_back(changed)
            }
            (Scope::User, Some(user)) => user.changes.give_back(changed),
            (Scope::User, None) => Ok(()),
        };
        if let Err(fault) = returned {
            turn.fault.get_or_insert(fault);
        }
    }

    /// A value as the dialog sees it at this place of its journal; none if the dialog is over for this turn.
    pub(super) fn read_state<T: StateValue>(&self, place: Place) -> Option<T> {
        let mut state = self.lock();
        match state.next(Kind::State, T::NAME, place) {
            Next::Halted => None,
            Next::Replayed(Outcome::Is(json)) => {
                let found = json.parse::<Versioned>().ok();
                if found.is_none() {
                    state.mistyped(Kind::State, T::NAME);
                }
                found.map(|found| read(Some(&found)).0)
            }
            Next::Replayed(_) => Some(T::default()),
            Next::Fresh => {
                state.merge();
                let found = state.record.values.get(T::NAME).cloned();
                let (value, reset) = read(found.as_ref());
                state.turn.report(reset);
                let outcome = found.and_then(|found| Json::of(&found).ok());
                let outcome = outcome.map_or(Outcome::Nothing, Outcome::Is);
                state.enter(Kind::State, T::NAME, outcome);
                Some(value)
            }
        }
    }

    /// The dialog has changed a value: the change is committed with what it does next.
    pub(crate) fn change_state<T: StateValue>(&self, value: &T, place: Place) {
        let mut state = self.lock();
        match state.next(Kind::StateChange, T::NAME, place) {
            Next::Halted | Next::Replayed(_) => {}
            Next::Fresh => match Versioned::of(value) {
                Ok(value) => {
                    state.merge();
                    let super::session::State { record, turn, .. } = &mut *state;
                    turn.committed.get_or_insert_with(|| record.values.clone());
                    record.values.insert(T::NAME.to_owned(), value);
                    state.enter(Kind::StateChange, T::NAME, Outcome::Done);
                }
                Err(error) => state.unwritable(error.to_string()),
            },
        }
    }

    /// Whether a second try of the turn would lose what a plain handler has changed.
    pub(super) fn is_touched(&self) -> bool {
        self.lock().turn.touched
    }

    /// Takes over what the first try of a turn has of the user.
    pub(super) fn inherit(&self, earlier: &Session) {
        let user = earlier.lock().turn.user.take();
        self.lock().turn.user = user;
    }

    async fn load_user(&self, key: String) -> Result<()> {
        let stored = self.dialogs.store.get(&key).await?;
        let (values, etag) = match stored {
            None => (Values::new(), None),
            Some(stored) => {
                let record = serde_json::from_slice::<UserRecord>(&stored.bytes).ok();
                let record = record.filter(|record| record.format == FORMAT);
                let values = record.map(|record| record.values).unwrap_or_default();
                (values, Some(stored.etag))
            }
        };
        self.lock().turn.user = Some(User {
            key,
            etag,
            values,
            changes: Changes::default(),
        });
        Ok(())
    }

    async fn save_conversation(&self, sent: u32) -> Result<()> {
        {
            let state = self.lock();
            if state.turn.conversation.changed.is_empty() {
                return Ok(());
            }
        }
        match self.commit().await {
            Err(error) if Session::is_conflict(&error) => Err(conflict("conversation", sent)),
            saved => saved,
        }
    }

    async fn save_user(&self, sent: u32) -> Result<()> {
        let (key, write) = {
            let mut state = self.lock();
            let Some(user) = &mut state.turn.user else {
                return Ok(());
            };
            if user.changes.changed.is_empty() {
                return Ok(());
            }
            let mut values = user.values.clone();
            user.changes.merge_into(&mut values);
            user.values.clone_from(&values);
            let bytes = serde_json::to_vec(&UserRecord {
                format: FORMAT,
                values,
            })?;
            within_bounds("user", bytes.len())?;
            let write = Write {
                bytes,
                expect: user.etag.clone().map_or(Expect::Absent, Expect::ETag),
                due: None,
                expires: UnixMillis::from(self.now()).after(USER_EXPIRES),
            };
            (user.key.clone(), write)
        };
        match self.dialogs.store.put(&key, write).await {
            Ok(etag) => {
                if let Some(user) = &mut self.lock().turn.user {
                    user.etag = Some(etag);
                }
                Ok(())
            }
            Err(StateError::Conflict) => Err(conflict("user", sent)),
            Err(error) => Err(error.into()),
        }
    }
}

/// Loads the state of a turn's conversation and user, before anything of the turn runs.
pub(crate) async fn load<B: Bot>(turn: &Turn) -> Result<()> {
    let Some(key) = super::dialogs::key(turn.activity()) else {
        return Ok(());
    };
    // The state of a turn without a host, in a test, lives as long as the turn.
    let ephemeral = || Arc::new(super::Dialogs::new(None, Clock::system()));
    let dialogs = turn.dialogs().map_or_else(ephemeral, Arc::clone);
    let session = dialogs.load(&key, turn).await?;
    if B::STATE.user
        && let Some(key) = user_key(turn.activity())
    {
        session.load_user(key).await?;
    }
    session.accompany(turn);
    Ok(())
}

/// Saves what the turn's handlers have changed, all of which have succeeded.
pub(crate) async fn save(turn: &Turn) -> Result<()> {
    let Some(session) = Session::of(turn) else {
        return Ok(());
    };
    let fault = session.lock().turn.fault.take();
    if let Some(fault) = fault {
        return Err(fault.into());
    }
    // The record of a conversation that is over is deleted.
    if *turn.kind() != ActivityType::EndOfConversation {
        session.save_conversation(turn.sent()).await?;
    }
    session.save_user(turn.sent()).await?;
    let reset = session.lock().turn.reset.take();
    reset.map_or(Ok(()), |reset| Err(reset.into()))
}

/// Saves what the last of the turn's handlers has changed, and deletes the record of a conversation that is over.
pub(crate) async fn finish(turn: &Turn) -> Result<()> {
    save(turn).await?;
    if *turn.kind() == ActivityType::EndOfConversation
        && let Some(session) = Session::of(turn)
    {
        session.delete().await;
    }
    Ok(())
}

/// Drops what the turn's handlers have changed, one of which has failed; `on_error` sees what is saved.
pub(crate) async fn give_up<B: Bot>(turn: &Turn, error: &Error) {
    let Some(session) = Session::of(turn) else {
        return;
    };
    let conflict = matches!(error.downcast_ref(), Some(ValueError::Conflict { .. }))
        || matches!(error.downcast_ref(), Some(DialogError::Contended(_)))
        || error.downcast_ref::<Signal>().is_some();
    if conflict {
        // If that fails, so does the next write, and the first error says why.
        let _ = load::<B>(turn).await;
        return;
    }
    let mut state = session.lock();
    state.turn.conversation = Changes::default();
    state.turn.fault = None;
    if let Some(user) = &mut state.turn.user {
        user.changes = Changes::default();
    }
}

pub(super) fn conflict(scope: &'static str, sent: u32) -> Error {
    ValueError::Conflict { scope, sent }.into()
}

/// Whether a record may be as large as this.
pub(super) fn within_bounds(scope: &'static str, bytes: usize) -> Result<(), ValueError> {
    if bytes > BYTES {
        return Err(ValueError::TooLarge { scope, bytes });
    }
    Ok(())
}

/// The key of the record of who has sent the activity: `user/telephony/ada`. A telephone number is hashed, because
/// keys are seen where records are not: in logs of the store, in its lists of keys.
fn user_key(activity: &Activity) -> Option<String> {
    let channel = activity.channel_id.as_deref().unwrap_or_default();
    let from = activity.from.as_ref()?;
    let id = from.id.as_deref().filter(|id| !id.is_empty())?;
    let channel = channel.replace('/', "%2F");
    if !holds_number(id) {
        return Some(format!("user/{channel}/{id}"));
    }
    let hash = Uuid::new_v5(&NAMESPACE, format!("{channel}/{id}").as_bytes());
    Some(format!("user/{channel}/{}", hash.simple()))
}

/// Digits in a row, with whatever people write between them.
fn holds_number(id: &str) -> bool {
    let mut digits = 0;
    for character in id.chars() {
        match character {
            '0'..='9' => digits += 1,
            ' ' | '-' | '.' | '(' | ')' | '/' => {}
            _ => digits = 0,
        }
        if digits >= NUMBER {
            return true;
        }
    }
    false
}

impl super::session::State {
    /// Enters what plain handlers have changed into the record.
    pub(super) fn merge(&mut self) {
        self.turn.merge_into(&mut self.record.values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::ChannelAccount;

    fn key_of(id: &str) -> String {
        let mut activity = Activity::message("hello");
        activity.channel_id = Some("telephony".into());
        activity.from = Some(ChannelAccount::new(id));
        user_key(&activity).unwrap()
    }

    #[test]
    fn a_telephone_number_is_in_no_key() {
        assert_eq!(key_of("ada"), "user/telephony/ada");
        assert_eq!(key_of("agent-4711"), "user/telephony/agent-4711");
        for id in [
            "+14255550100",
            "4:+14255550100",
            "tel:(425) 555-0100",
            "sip:4255550100@contoso.com",
        ] {
            let key = key_of(id);
            let hash = key.strip_prefix("user/telephony/").unwrap();
            assert!(Uuid::parse_str(hash).is_ok(), "{key}");
            assert!(!key.contains("0100"), "{key}");
            assert_eq!(key, key_of(id));
        }
        assert_ne!(key_of("+14255550100"), key_of("+14255550101"));
    }

    #[test]
    fn a_record_of_a_user_is_bounded() {
        assert!(within_bounds("user", BYTES).is_ok());
        let error = within_bounds("user", BYTES + 1).unwrap_err();
        assert_eq!(
            error,
            ValueError::TooLarge {
                scope: "user",
                bytes: BYTES + 1
            }
        );
    }
}
