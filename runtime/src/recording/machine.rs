//! The state machine of a conversation's recording.

use super::{Action, EndReason, State};
use crate::command_error::CommandError;

/// What a resume means after a stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResumePolicy {
    /// It reopens the stopped session and appends: the reading of the channel's documents, where resume
    /// appends "to the previously started recording".
    #[default]
    AfterStopAppends,
    /// It is refused: only what is paused can be resumed, the reading of the Composer components.
    PausedOnly,
}

/// How a start is to be carried out; other actions ignore it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StartOptions {
    /// Open the session paused, so that nothing is kept before a resume.
    pub pause_on_start: bool,
}

/// A change of state and the work it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The state it holds for.
    pub from: State,
    /// The state after it.
    pub to: State,
    /// What the recorder has to do.
    pub effect: Effect,
}

/// What a recorder has to do for a [`Transition`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Seal the session before, if there is one, and open this one.
    OpenSession {
        /// Its number, from 1.
        session: u32,
        /// Whether it opens paused.
        paused: bool,
    },
    /// Let no frame from here on reach a buffer.
    Pause,
    /// Append to the part that is open.
    Resume,
    /// Reopen the stopped session and append a part.
    Reopen,
    /// Close the part that is open and publish the session.
    Close(EndReason),
}

/// A planned transition came too late: the state has changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recording was planned to leave {planned:?}, and is {found:?} now")]
pub struct StaleTransition {
    /// The state the plan was made in.
    pub planned: State,
    /// The state now.
    pub found: State,
}

/// The recording of one conversation as a value: which commands are accepted, and what they change.
///
/// | state | start | pause | resume | stop |
/// |---|---|---|---|---|
/// | idle | session 1 | not started | not started | not started |
/// | recording | in progress | paused | in progress | stopped |
/// | paused | in progress | already paused | recording | stopped |
/// | stopped | next session | not started | recording, by [`ResumePolicy`] | not started |
/// | ended | conversation ended | not started | not started | not started |
///
/// A refused command changes nothing. A channel that must write before it may answer calls
/// [`plan`](Self::plan), does the work, and then [`commit`](Self::commit)s; dropping the plan undoes it.
/// ```
/// use onhook::recording::{Action, Machine, ResumePolicy, StartOptions, State};
///
/// let mut recording = Machine::new(ResumePolicy::default());
/// let start = recording.plan(Action::Start, StartOptions::default())?;
/// let file_was_created = false;
/// if file_was_created {
///     recording.commit(&start)?;
/// }
/// assert_eq!(recording.state(), State::Idle); // the next start opens session 1 again
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    state: State,
    policy: ResumePolicy,
}

impl Machine {
    /// A conversation in which nothing has been recorded.
    pub const fn new(policy: ResumePolicy) -> Self {
        Self::restore(policy, State::Idle)
    }

    /// A conversation as a journal left it.
    pub const fn restore(policy: ResumePolicy, state: State) -> Self {
        Self { state, policy }
    }

    /// Where the recording stands.
    pub const fn state(&self) -> State {
        self.state
    }

    /// What the action would do now; changes nothing.
    pub fn plan(&self, action: Action, options: StartOptions) -> Result<Transition, CommandError> {
        let (to, effect) = match (self.state, action) {
            (State::Idle, Action::Start) => open(1, options),
            // A session per command: nobody sends 2³² of them in a call.
            (State::Stopped(last), Action::Start) => open(last.saturating_add(1), options),
            (State::Ended, Action::Start) => return Err(CommandError::conversation_ended()),
            (State::Recording(_) | State::Paused(_), Action::Start)
            | (State::Recording(_), Action::Resume) => {
                return Err(CommandError::recording_already_in_progress());
            }
            (State::Recording(session), Action::Pause) => (State::Paused(session), Effect::Pause),
            (State::Paused(_), Action::Pause) => {
                return Err(CommandError::recording_already_paused());
            }
            (State::Paused(session), Action::Resume) => (State::Recording(session), Effect::Resume),
            (State::Stopped(session), Action::Resume)
                if self.policy == ResumePolicy::AfterStopAppends =>
            {
                (State::Recording(session), Effect::Reopen)
            }
            (State::Recording(session) | State::Paused(session), Action::Stop) => (
                State::Stopped(session),
                Effect::Close(EndReason::StopRecording),
            ),
            (
                State::Idle | State::Stopped(_) | State::Ended,
                Action::Pause | Action::Resume | Action::Stop,
            ) => {
                return Err(CommandError::recording_not_started());
            }
        };
        Ok(Transition {
            from: self.state,
            to,
            effect,
        })
    }

    /// Makes a planned transition true.
    ///
    /// Fails when the state has changed since the plan was made, for example because the call ended while a
    /// file was being created; the caller then undoes its work.
    pub fn commit(&mut self, transition: &Transition) -> Result<(), StaleTransition> {
        if self.state != transition.from {
            return Err(StaleTransition {
                planned: transition.from,
                found: self.state,
            });
        }
        self.state = transition.to;
        Ok(())
    }

    /// Plans and commits in one.
    pub fn apply(
        &mut self,
        action: Action,
        options: StartOptions,
    ) -> Result<Transition, CommandError> {
        let transition = self.plan(action, options)?;
        self.state = transition.to;
        Ok(transition)
    }

    /// The call is over: closes the session that is open, if there is one, and refuses every command from
    /// here on. A second call does nothing.
    ///
    /// No transition comes back when no session was open; a stopped one is then only to be sealed.
    pub fn end(&mut self, reason: EndReason) -> Option<Transition> {
        self.leave(State::Ended, reason)
    }

    /// Closes the session that is open while the call goes on, without a command: the longest duration was
    /// reached, or the initiator left.
    pub fn close(&mut self, reason: EndReason) -> Option<Transition> {
        let to = State::Stopped(self.state.session()?);
        if self.state.is_open() {
            self.leave(to, reason)
        } else {
            None
        }
    }

    /// The storage failed or the recorder died: what was open is stopped and never stays active; the call
    /// goes on and the next start may try again.
    pub fn fail(&mut self) -> Option<Transition> {
        self.close(EndReason::StorageFailed)
    }

    fn leave(&mut self, to: State, reason: EndReason) -> Option<Transition> {
        let from = std::mem::replace(&mut self.state, to);
        from.is_open().then_some(Transition {
            from,
            to,
            effect: Effect::Close(reason),
        })
    }
}

fn open(
    session: u32,
    StartOptions {
        pause_on_start: paused,
    }: StartOptions,
) -> (State, Effect) {
    let to = if paused {
        State::Paused(session)
    } else {
        State::Recording(session)
    };
    (to, Effect::OpenSession { session, paused })
}
