//! What the bot is told, and what it answers.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use onhook::activity::EndOfConversationCode;
use onhook::{Activity, ChannelAccount, CommandError, ConversationAccount, Json, Refused};

use super::engine::Engine;
use super::transcript::{EndedBy, Event};
use super::turns::Cause;

impl Engine {
    /// Tells the bot that both are there.
    pub(super) fn join(&mut self) {
        let mut activity = Activity::conversation_update();
        activity.members_added = Some(vec![self.caller_account(), self.bot_account()]);
        self.caller_waits();
        self.deliver(activity);
    }

    /// Tells the bot that the call is over.
    pub(super) fn part(&mut self) {
        let mut activity = Activity::end_of_conversation();
        activity.code = Some(match self.hung_up {
            Some(EndedBy::Caller) => EndOfConversationCode::UserCancelled,
            _ => EndOfConversationCode::CompletedSuccessfully,
        });
        self.over = true;
        self.line.over.store(true, Ordering::Relaxed);
        self.questions.clear();
        self.deliver(activity);
    }

    /// Gives the bot an activity: it takes its place among the turns now.
    pub(super) fn deliver(&mut self, mut activity: Activity) {
        if activity.id.is_none() {
            // Where there are two sources, what the bot does takes nothing from that of what the caller does.
            let answers = activity.reply_to_id.is_some();
            let ids = if answers {
                &self.line.ids
            } else {
                &self.shared.ids
            };
            activity.id = Some(ids.next());
        }
        activity.channel_id = Some("telephony".to_owned());
        activity.timestamp = Some(self.now().into());
        activity.service_url = Some("urn:onhook:in-process".to_owned());
        activity.from = Some(self.caller_account());
        activity.recipient = Some(self.bot_account());
        activity.conversation = Some(ConversationAccount::new(self.dial.conversation_id.as_str()));
        activity
            .locale
            .get_or_insert_with(|| self.dial.locale.clone());
        self.undelivered.push_back(activity);
        self.deliver_waiting();
    }

    /// Gives the bot's mailbox what it has room for, in order.
    pub(super) fn deliver_waiting(&mut self) {
        while let Some(activity) = self.undelivered.front() {
            let connector = Arc::clone(&self.line);
            match self.shared.host.accept(activity.clone(), connector) {
                Ok(delivery) => self
                    .turns
                    .start(Cause::of(activity), delivery, self.position),
                // There is room when a turn ends.
                Err(Refused::QueueFull(_)) if !self.turns.is_empty() => return,
                Err(refused) => self.note(Event::Trouble(format!(
                    "the bot refused an activity: {refused}"
                ))),
            }
            self.undelivered.pop_front();
        }
    }

    pub(super) fn bot_answers(&mut self, result: &Activity) {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Value {
            command_id: Option<String>,
            data: Option<Json>,
            error: Option<CommandError>,
        }
        let name = result.name.clone().unwrap_or_default();
        let Some(Ok(value)) = result.value.as_ref().map(Json::parse::<Value>) else {
            return self.note(Event::Trouble(format!(
                "A6422: the bot's result of {name} has no valid value"
            )));
        };
        self.note(Event::BotResult {
            name,
            error: value.error.as_ref().map(ToString::to_string),
        });
        if let Some(answer) = value.command_id.and_then(|id| self.questions.remove(&id)) {
            let _ = answer.send(value.error.map_or(Ok(value.data), Err));
        }
    }

    fn caller_account(&self) -> ChannelAccount {
        let mut account = ChannelAccount::new(self.dial.from.as_str());
        account.name = Some(self.dial.from.clone());
        account
    }

    fn bot_account(&self) -> ChannelAccount {
        ChannelAccount::new(self.dial.to.as_str())
    }
}
