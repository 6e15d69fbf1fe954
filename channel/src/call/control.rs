//! What the bot asks of the call, in order: commands, transfer, hang-up.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

use onhook::recording::{
    Action, CommandId, EndReason, Fingerprint, RecordingAnnotate, Seen, StartOptions,
};
use onhook::{Activity, Command as _, CommandError, CommandName, Json};
use serde::{Deserialize, Serialize};

use super::engine::Engine;
use super::transcript::{EndedBy, Event};
use crate::media::millis_of;

/// Something to be carried out when what came before it is done.
#[derive(Debug)]
pub(crate) enum Control {
    Command {
        activity: Box<Activity>,
        /// What the bot said before it in the same turn. A stop and a resume wait until that has been heard.
        after: Option<u64>,
    },
    /// Once what the bot says has been heard, and the transfer before has failed.
    Transfer(Box<Activity>),
    /// Once what the bot says has been heard, and the transfer before has failed.
    HangUp,
    /// The call has ended: seal the recording and tell the bot.
    End(EndReason),
}

/// The queue, and whether the one in front is under way.
#[derive(Debug, Default)]
pub(crate) struct Controls {
    queue: VecDeque<Control>,
    pub(super) busy: bool,
}

impl Controls {
    pub(super) fn push(&mut self, control: Control) {
        self.queue.push_back(control);
    }

    /// Whether the bot has ended the conversation, and that is still to be carried out.
    pub(super) fn hangs_up(&self) -> bool {
        let ends = |control: &Control| matches!(control, Control::HangUp);
        self.queue.iter().any(ends)
    }

    /// Whether a pause waits behind the control in front, and before the end of the call.
    fn pauses_soon(&self) -> bool {
        let mut behind = self.queue.iter().skip(1);
        let pauses = |control: &Control| match control {
            Control::HangUp | Control::End(_) => Some(false),
            Control::Command { activity, .. } => {
                (action(activity) == Some(Action::Pause)).then_some(true)
            }
            Control::Transfer(_) => None,
        };
        behind.find_map(pauses).unwrap_or_default()
    }

    pub(super) fn is_idle(&self) -> bool {
        !self.busy && self.queue.is_empty()
    }

    /// The call has ended: what was asked for before that is still carried out, and what comes after is too
    /// late.
    pub(super) fn end(&mut self, by: EndedBy, media_was_up: bool) {
        let at = match by {
            // What waits for audio can never be carried out.
            _ if !media_was_up => 0,
            // It was the bot's turn to end the call.
            EndedBy::Bot | EndedBy::Transfer => 0,
            EndedBy::Caller | EndedBy::Channel => {
                let ends = |control: &Control| matches!(control, Control::HangUp);
                let bots_end = self.queue.iter().position(ends);
                bots_end.unwrap_or(self.queue.len())
            }
        };
        self.queue.insert(at, Control::End(EndReason::CallEnded));
    }
}

/// A command while it is carried out and answered.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(super) activity: Box<Activity>,
    /// Who it is, for the memory of commands; none has neither a command id nor an activity id.
    id: Option<CommandId>,
    fingerprint: Fingerprint,
    pub(super) command_id: Option<String>,
}

/// `{ commandId, data }`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Value {
    command_id: Option<String>,
    data: Option<serde_json::Value>,
}

/// What was answered to a command: `{ data }` or `{ error }`.
pub(crate) type Answer = Result<Json, CommandError>;

/// What the command asks of a recording, if it does.
fn action(command: &Activity) -> Option<Action> {
    let (action, _) = Action::from_wire(command.name.as_deref()?)?;
    Some(action)
}

impl Engine {
    /// Carries out what is next, as far as it can be now.
    pub(super) fn next_control(&mut self) {
        while !self.controls.busy {
            // What the bot says before it hangs up or transfers is heard first, and a transfer that rings is decided.
            let waits = match self.controls.queue.front() {
                None => return,
                Some(Control::HangUp | Control::Transfer(_)) => {
                    self.hung_up.is_none() && (!self.bot_is_silent() || self.ringing.is_some())
                }
                // A start that comes before the audio waits for it; the order of commands stays.
                Some(Control::Command { .. })
                    if !self.recording.media_is_up && self.hung_up.is_none() =>
                {
                    true
                }
                Some(Control::Command { activity, after }) => {
                    let unheard = after.is_some_and(|clip| self.bot.has(clip));
                    unheard && self.waits_for_speech(activity) && !self.controls.pauses_soon()
                }
                Some(Control::End(_)) => false,
            };
            if waits {
                return;
            }
            match self.controls.queue.pop_front() {
                None => return,
                Some(Control::Command { activity, .. }) => self.command(activity),
                Some(Control::HangUp) => self.hang_up(EndedBy::Bot),
                Some(Control::Transfer(activity)) => self.transfer(*activity),
                Some(Control::End(reason)) => self.end(reason),
            }
        }
    }

    /// Whether the command takes effect only when what the bot said before it in its turn has been heard: then a stop
    /// leaves that in the recording, and a resume leaves it out. One that is refused anyway is refused at once.
    ///
    /// A pause never waits, because nobody may hear what comes after it; nor does what has a pause behind it.
    fn waits_for_speech(&self, activity: &Activity) -> bool {
        let waits = |action: &Action| matches!(action, Action::Stop | Action::Resume);
        action(activity).filter(waits).is_some_and(|action| {
            let plan = self.recording.machine.plan(action, StartOptions::default());
            plan.is_ok()
        })
    }

    fn command(&mut self, activity: Box<Activity>) {
        let Some(name) = activity
            .name
            .as_deref()
            .and_then(CommandName::parse)
            .map(|name| name.as_str().to_owned())
        else {
            return self.note(Event::Trouble(
                "A6312: the bot's command has no valid name and is ignored".to_owned(),
            ));
        };
        self.note(Event::BotCommands(name.clone()));
        let action = Action::from_wire(&name).map(|(action, _)| action);
        let value = match activity.value.as_ref().map(Json::parse::<Value>) {
            Some(Ok(value)) => value,
            // Microsoft's own client sends pause and resume without a value, and the service answers them.
            None if action.is_some() => Value::default(),
            _ => {
                let trouble =
                    format!("A6322: the bot's command {name} has no valid value and is ignored");
                return self.note(Event::Trouble(trouble));
            }
        };
        let incoming = Incoming {
            id: CommandId::of(value.command_id.as_deref(), activity.id.as_deref()),
            fingerprint: Fingerprint::of(value.data.as_ref()),
            command_id: value.command_id,
            activity,
        };
        if let Some(id) = &incoming.id {
            match self.recording.ledger.check(id, &name, incoming.fingerprint) {
                Seen::New => {}
                // Commands are carried out one by one: none is under way when the next is looked at.
                Seen::UnderWay => return,
                Seen::Replay(answer) => {
                    let answer = answer.clone();
                    return self.answer(&incoming, &answer);
                }
                Seen::Conflict => {
                    return self.answer(&incoming, &Err(CommandError::command_id_conflict()));
                }
            }
        }
        let refuses = self.shared.refusals.as_ref();
        if let Some(error) = refuses.and_then(|refuses| refuses(&name)) {
            self.settle(&incoming, Err(error));
        } else if let Some(action) = action {
            self.record(action, incoming, value.data);
        } else if RecordingAnnotate::is_named(&name) {
            self.annotate(incoming, value.data.unwrap_or_default());
        } else {
            let answer = self.carry_out(&name, value.data.unwrap_or_default());
            self.settle(&incoming, answer);
        }
    }

    /// Has the application carry out a command of its own.
    fn carry_out(&self, name: &str, data: serde_json::Value) -> Answer {
        let Some(handler) = self.shared.commands.get(name) else {
            return Err(CommandError::unsupported_command(name));
        };
        // It is not ours and may panic: that fails the command, not the call.
        catch_unwind(AssertUnwindSafe(|| handler(data))).unwrap_or_else(|_panic| {
            let message = "The handler of the command panicked";
            Err(CommandError::new("CommandFailed", message))
        })
    }

    /// Remembers what a command came to, and answers it.
    pub(super) fn settle(&mut self, incoming: &Incoming, answer: Answer) {
        self.answer(incoming, &answer);
        if let Some(id) = &incoming.id {
            let name = incoming.activity.name.as_deref().unwrap_or_default();
            let at = std::time::Duration::from_millis(millis_of(self.position));
            self.recording
                .ledger
                .remember(id.clone(), name, incoming.fingerprint, answer, at);
        }
    }

    /// Sends the result of a command, under the name that the command came with (A6413).
    fn answer(&mut self, incoming: &Incoming, answer: &Answer) {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Value<'v> {
            #[serde(skip_serializing_if = "Option::is_none")]
            command_id: Option<&'v str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            data: Option<&'v Json>,
            #[serde(skip_serializing_if = "Option::is_none")]
            error: Option<&'v CommandError>,
        }
        let name = incoming.activity.name.clone().unwrap_or_default();
        let mut result = Activity::command_result(&name);
        let (data, error) = (answer.as_ref().ok(), answer.as_ref().err());
        let value = Value {
            command_id: incoming.command_id.as_deref(),
            data,
            error,
        };
        match Json::of(&value) {
            Ok(value) => result.value = Some(value),
            Err(failure) => self.note(Event::Trouble(format!(
                "the result of {name} cannot be written: {failure}"
            ))),
        }
        result.reply_to_id.clone_from(&incoming.activity.id);
        self.note(Event::Result {
            name,
            error: error.map(ToString::to_string),
        });
        self.deliver(result);
    }

    fn end(&mut self, reason: EndReason) {
        let reason = if self.hung_up == Some(EndedBy::Transfer) {
            EndReason::CallTransferred
        } else {
            reason
        };
        self.seal(&reason);
    }
}
