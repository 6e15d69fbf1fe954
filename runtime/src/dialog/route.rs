//! Where an activity of a conversation goes.

use std::sync::Arc;

use super::dialogs::{Dialogs, Fired, key};
use super::failure::{DialogError, Signal};
use super::input::Input;
use super::journal::Kind;
use super::record::{KeptStep, Wait};
use super::session::Session;
use super::values::conflict;
use crate::activity::{Activity, ActivityType};
use crate::bot::Bot;
use crate::error::{Error, Result};
use crate::outcome::Outcome;
use crate::turn::Turn;

/// How often a turn is tried again when somebody else has changed the conversation.
const CONFLICTS: u32 = 3;

/// How often a dialog is replayed in one turn, for whatever reason.
const REPLAYS: u32 = 200;

/// What has happened in a turn that a second try must not do again.
#[derive(Default)]
struct Done {
    /// A handler has interrupted, with this outcome.
    interrupted: Option<Outcome>,
    /// Steps that came to their end.
    steps: Vec<KeptStep>,
    /// The run whose steps they are.
    run: String,
    /// What the turn brought is in that run's record.
    committed: bool,
}

/// Where an activity goes while a dialog is open.
enum Route {
    /// To the dialog.
    Dialog(Input),
    /// To handlers that interrupt, then to the dialog.
    Words,
    /// To the next question.
    Ahead,
    /// To its hooks, as ever.
    Hooks,
    /// To the dialog, which cleans up, and then to its hooks.
    End,
    /// Nowhere: a time-out of an earlier wait.
    Nowhere,
}

/// Dispatches a turn to the bot's handlers and dialogs.
pub(crate) async fn dispatch<B: Bot>(bot: &B, turn: &Turn) -> Result<Outcome> {
    let (Some(dialogs), Some(key)) = (turn.dialogs(), key(turn.activity())) else {
        return bot.dispatch(turn).await;
    };
    let mut done = Done::default();
    // A bot with state has loaded it for `before_turn`.
    let mut loaded = Session::of(turn);
    for _ in 0..=CONFLICTS {
        let session = match loaded.take() {
            Some(session) => session,
            None => dialogs.load(&key, turn).await?,
        };
        done.apply(&session);
        let tried = attempt(bot, turn, dialogs, &session, &mut done).await;
        turn.note_response(&session.speaker);
        match tried {
            Err(error) if Session::is_conflict(&error) => {
                if session.is_touched() {
                    return Err(conflict("conversation", turn.sent()));
                }
                done.remember(&session);
                if B::STATE.any() {
                    let again = dialogs.load(&key, turn).await?;
                    again.inherit(&session);
                    again.accompany(turn);
                    loaded = Some(again);
                }
            }
            tried => return tried,
        }
    }
    Err(DialogError::Contended(CONFLICTS + 1).into())
}

async fn attempt<B: Bot>(
    bot: &B,
    turn: &Turn,
    dialogs: &Arc<Dialogs>,
    session: &Arc<Session>,
    done: &mut Done,
) -> Result<Outcome> {
    if done.committed {
        let same = session
            .lock()
            .running()
            .is_some_and(|running| running.run == done.run);
        if !same {
            // Somebody else has brought it to its end.
            return Ok(Outcome::Handled);
        }
        return resume(bot, turn, session, Input::Nothing).await;
    }
    let route = {
        let mut state = session.lock();
        if !is_fired(turn) && state.record.has_seen(turn.activity()) {
            // The channel has sent it again: it was answered.
            return Ok(Outcome::Handled);
        }
        if !is_fired(turn) {
            state.record.note(turn.activity());
        }
        let now = session.now_millis().0;
        match state.running() {
            None => None,
            Some(running) => Some(route(turn, running.wait.as_ref(), now)),
        }
    };
    match route {
        None => none_open(bot, turn, session).await,
        Some(Route::Nowhere) => Ok(Outcome::Handled),
        Some(Route::Hooks) => begin(bot, turn, session).await,
        Some(Route::Dialog(input)) => resume(bot, turn, session, input).await,
        Some(Route::Ahead) => {
            dialogs.push_ahead(&session.key, turn.shared_activity());
            Ok(Outcome::Handled)
        }
        Some(Route::Words) => words(bot, turn, session, done).await,
        Some(Route::End) => {
            if let Some(running) = session.lock().running() {
                running.hung_up = true;
            }
            let ended = resume(bot, turn, session, Input::HangUp).await;
            if let Err(error) = &ended
                && Session::is_conflict(error)
            {
                return ended;
            }
            let hooks = bot.dispatch(turn).await;
            session.delete().await;
            // The dialog's own failure comes first: it is the one that nobody has seen.
            ended?;
            hooks.map(|outcome| outcome.and(Outcome::Handled))
        }
    }
}

/// No dialog is open: the activity goes to its hooks, one of which may begin one.
async fn none_open<B: Bot>(bot: &B, turn: &Turn, session: &Arc<Session>) -> Result<Outcome> {
    if is_fired(turn) {
        return Ok(Outcome::Handled);
    }
    let outcome = begin(bot, turn, session).await;
    if *turn.kind() == ActivityType::EndOfConversation {
        session.delete().await;
    }
    outcome
}

fn is_fired(turn: &Turn) -> bool {
    turn.get::<Fired>().is_some()
}

/// Where the activity of this turn goes, by what the dialog waits for.
fn route(turn: &Turn, wait: Option<&Wait>, now: i64) -> Route {
    let activity = turn.activity();
    let runs = wait.filter(|wait| wait.kind == Kind::Run);
    // Another process runs a step, or did until a moment ago.
    let leased = runs.is_some_and(|wait| wait.due.is_some_and(|due| due > now));
    if let Some(fired) = turn.get::<Fired>() {
        return match wait {
            Some(wait) if wait.id != fired.wait || leased => Route::Nowhere,
            Some(wait) if wait.kind == Kind::Run => Route::Dialog(Input::Nothing),
            Some(_) if fired.orphaned => Route::Dialog(Input::Orphaned),
            Some(_) => Route::Dialog(Input::Silence),
            None => Route::Dialog(Input::Nothing),
        };
    }
    match activity.kind {
        ActivityType::EndOfConversation => Route::End,
        ActivityType::Message if leased => Route::Ahead,
        ActivityType::Message => Route::Words,
        ActivityType::Event if awaits_event(wait, activity) => {
            Route::Dialog(Input::Event(turn.shared_activity()))
        }
        ActivityType::CommandResult if awaits_result(wait, activity) => {
            Route::Dialog(Input::CommandResult(turn.shared_activity()))
        }
        _ => Route::Hooks,
    }
}

fn awaits_event(wait: Option<&Wait>, event: &Activity) -> bool {
    let awaited = wait.and_then(|wait| wait.event.as_deref());
    awaited.is_some() && awaited == event.name.as_deref()
}

/// By the command's id; a result that has none answers the one command that the dialog waits for, by its name.
fn awaits_result(wait: Option<&Wait>, result: &Activity) -> bool {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Id {
        command_id: Option<String>,
    }
    let Some((awaited, command)) =
        wait.and_then(|wait| Some((wait.command_id.as_deref()?, &*wait.name)))
    else {
        return false;
    };
    let id = result
        .value
        .as_ref()
        .and_then(|value| value.parse::<Id>().ok()?.command_id);
    match id {
        Some(id) if !id.is_empty() => id == awaited,
        _ => result.name.as_deref() == Some(command),
    }
}

/// A message or key: first to the handlers that interrupt, then to the dialog.
async fn words<B: Bot>(
    bot: &B,
    turn: &Turn,
    session: &Arc<Session>,
    done: &mut Done,
) -> Result<Outcome> {
    if done.interrupted.is_none() {
        session.accompany(turn);
        let outcome = match bot.interrupt(turn).await {
            Err(error) if is_signal(&error, Signal::Takeover) => {
                cancel(bot, turn, session).await?;
                let began = bot.interrupt(turn).await;
                return replayed(bot, turn, session, began).await;
            }
            outcome => outcome?,
        };
        done.interrupted = Some(outcome);
    }
    let input = match done.interrupted {
        Some(Outcome::Handled | Outcome::Invoke(_) | Outcome::Reply(_)) => Input::Again,
        Some(Outcome::Cancelled) => Input::Cancel,
        Some(Outcome::Unhandled) | None => Input::Said(turn.shared_activity()),
    };
    resume(bot, turn, session, input).await
}

/// Dispatches to the hooks. A dialog that begins takes over from the one that is open.
async fn begin<B: Bot>(bot: &B, turn: &Turn, session: &Arc<Session>) -> Result<Outcome> {
    session.accompany(turn);
    let began = match bot.dispatch(turn).await {
        Err(error) if is_signal(&error, Signal::Takeover) => {
            cancel(bot, turn, session).await?;
            bot.dispatch(turn).await
        }
        began => began,
    };
    replayed(bot, turn, session, began).await
}

/// Lets the open dialog clean up: whatever it waits for fails with `Cancelled`.
async fn cancel<B: Bot>(bot: &B, turn: &Turn, session: &Arc<Session>) -> Result<()> {
    session.lock().cancelling = true;
    let ended = resume(bot, turn, session, Input::Cancel).await;
    session.abandon();
    match ended {
        Err(error) if Session::is_conflict(&error) => Err(error),
        // What it fails with is that it was cancelled; anything else is in nobody's way.
        _ => Ok(()),
    }
}

/// Goes on with the open dialog.
async fn resume<B: Bot>(
    bot: &B,
    turn: &Turn,
    session: &Arc<Session>,
    input: Input,
) -> Result<Outcome> {
    session.resume_with(input);
    let went_on = again(bot, turn, session).await;
    replayed(bot, turn, session, went_on).await
}

/// Replays the dialog as long as it asks for it.
async fn replayed<B: Bot>(
    bot: &B,
    turn: &Turn,
    session: &Arc<Session>,
    mut outcome: Result<Outcome>,
) -> Result<Outcome> {
    for _ in 0..REPLAYS {
        match &outcome {
            Err(error) if is_signal(error, Signal::Replay) => {
                outcome = again(bot, turn, session).await;
            }
            _ => break,
        }
    }
    let diverged = session.lock().diverged.take();
    match (outcome, diverged) {
        (Ok(_), Some(diverged)) => Err(diverged.into()),
        (outcome, _) => outcome,
    }
}

/// One replay, upon the activity that began the dialog.
async fn again<B: Bot>(bot: &B, turn: &Turn, session: &Arc<Session>) -> Result<Outcome> {
    let open = {
        let mut state = session.lock();
        state
            .running()
            .map(|running| (running.name.clone(), Arc::clone(&running.began)))
    };
    let Some((name, began)) = open else {
        return Ok(Outcome::Handled);
    };
    let replay = turn.upon(began);
    session.accompany(&replay);
    match bot.resume(&replay, &name).await {
        Ok(Outcome::Unhandled) => {
            // The bot has no dialog of this name any more.
            session.abandon();
            if is_fired(turn) {
                return session.commit().await.map(|()| Outcome::Handled);
            }
            session.accompany(turn);
            let outcome = bot.dispatch(turn).await?;
            if session.lock().running().is_none() {
                session.commit().await?;
            }
            Ok(outcome)
        }
        outcome => outcome,
    }
}

fn is_signal(error: &Error, signal: Signal) -> bool {
    error.downcast_ref::<Signal>() == Some(&signal)
}

impl Done {
    /// Takes over what a try has done that a conflict has ended.
    fn remember(&mut self, session: &Session) {
        let mut state = session.lock();
        let finished = std::mem::take(&mut state.finished);
        let committed = state.committed;
        if let Some(running) = state.running()
            && committed
        {
            self.run.clone_from(&running.run);
            self.steps.extend(finished);
            self.committed = true;
        }
    }

    /// A step that came to its end does not run again because somebody else has written the record.
    fn apply(&self, session: &Session) {
        let mut state = session.lock();
        if let Some(running) = state.running()
            && running.run == self.run
        {
            running.kept.extend(self.steps.iter().cloned());
        }
    }
}

impl Session {
    /// The open dialog is over, without a word.
    fn abandon(&self) {
        let mut state = self.lock();
        state.record.dialog = None;
        state.volatile = super::volatile::Volatile::default();
        state.resumed = false;
        state.cancelling = false;
    }
}
