//! Everything a turn sends.

use std::future::Future;
use std::sync::Arc;

use serde::Serialize;

use super::Turn;
use crate::activity::{Activity, ActivityType, EndOfConversationCode, Json, ResourceResponse};
use crate::command::{Command, Receipt};
use crate::connector::SendError;
use crate::error::Result;
use crate::phone_number::PhoneNumber;
use crate::recording::{Action, Dialect};
use crate::speech::Speech;

impl Turn {
    /// Says something to the caller. Speech that was sent cannot be changed; for a message that can, with
    /// the id that the channel gives it, there is [`send`](Turn::send).
    ///
    /// # Errors
    /// [`SendError::EmptySpeech`] if there is nothing to say, else what the channel answered.
    pub async fn say(&self, speech: impl Into<Speech> + Send) -> Result<()> {
        let message = speech.into().into_message(self.activity.locale.as_deref());
        let sending = message.map(|message| self.post(message));
        sending.ok_or(SendError::EmptySpeech)?.await?;
        Ok(())
    }

    /// Sends an activity to where this turn's activity came from, addressed as a reply to it.
    ///
    /// Its `conversation`, `channelId` and `serviceUrl` are replaced, the bot becomes `from`, the sender
    /// becomes `recipient` unless one is set, and an `id` is left out: the channel gives it.
    pub fn send(
        &self,
        activity: Activity,
    ) -> impl Future<Output = Result<ResourceResponse>> + Send + '_ {
        let sending = self.post(activity);
        async move { Ok(sending.await?) }
    }

    /// Sends several activities in their order and gives the channel's ids; stops at the first that fails.
    pub async fn send_all(
        &self,
        activities: impl IntoIterator<Item = Activity, IntoIter: Send> + Send,
    ) -> Result<Vec<ResourceResponse>> {
        let mut sent = Vec::new();
        for activity in activities {
            sent.push(self.post(activity).await?);
        }
        Ok(sent)
    }

    /// Replaces an activity that was sent before; `activity.id` names it.
    pub async fn update(&self, activity: Activity) -> Result<ResourceResponse> {
        let id = activity
            .id
            .clone()
            .filter(|id| !id.is_empty())
            .ok_or(SendError::NoActivityId("update"))?;
        let updating = {
            let mut activity = activity;
            self.address(&mut activity);
            activity.id = Some(id);
            self.connector.update(activity)
        };
        Ok(updating.await?)
    }

    /// Deletes an activity that was sent before.
    pub async fn delete(&self, activity_id: &str) -> Result<()> {
        if activity_id.is_empty() {
            return Err(SendError::NoActivityId("delete").into());
        }
        let deleting = {
            let mut activity = Activity::new(ActivityType::MessageDelete);
            self.address(&mut activity);
            activity.id = Some(activity_id.to_owned());
            self.connector.delete(activity)
        };
        Ok(deleting.await?)
    }

    /// Shows that the bot is busy, where the channel can show it.
    pub async fn typing(&self) -> Result<()> {
        self.send(Activity::typing()).await.map(drop)
    }

    /// Hangs up.
    pub async fn end_call(&self) -> Result<()> {
        let sending = {
            let mut activity = Activity::end_of_conversation();
            activity.code = Some(EndOfConversationCode::CompletedSuccessfully);
            self.post(activity)
        };
        sending.await?;
        Ok(())
    }

    /// Transfers the call to a telephone number in E.164 form, such as `+14255550100`.
    ///
    /// The channel reports with a `handoff.status` event, for `#[on_handoff_status]`; after a transfer that
    /// succeeded, often only the end of the conversation is seen.
    ///
    /// # Errors
    /// [`SendError::PhoneNumber`] if it is not such a number; nothing is sent then.
    pub async fn transfer_to(&self, number: &str) -> Result<()> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Target<'n> {
            target_phone_number: &'n str,
        }
        let number: PhoneNumber = number.parse().map_err(SendError::from)?;
        let target = Json::of(&Target {
            target_phone_number: number.as_str(),
        });
        let target = target.map_err(SendError::from)?;
        let sending = {
            let mut activity = Activity::event("handoff.initiate");
            activity.value = Some(target);
            self.post(activity)
        };
        sending.await?;
        Ok(())
    }

    /// Sends a command; its result comes to the receipt if it is waited for, else to the bot's hook.
    ///
    /// # Errors
    /// What [`Command::check`] finds, before anything is sent, or what the channel answered.
    pub async fn command<C: Command>(&self, command: C) -> Result<Receipt<C>> {
        command.check()?;
        let (receipt, sending) = self.begin(command)?;
        match sending.await {
            Ok(response) => Ok(receipt.sent(response.id)),
            Err(error) => {
                receipt.not_sent();
                Err(error.into())
            }
        }
    }

    /// Not an `async fn`, as [`post`](Turn::post).
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a command that is taken is no part of the caller's future"
    )]
    fn begin<C: Command>(
        &self,
        command: C,
    ) -> Result<
        (
            Receipt<C>,
            impl Future<Output = Result<ResourceResponse, SendError>> + Send + use<'_, C>,
        ),
        SendError,
    > {
        let name = match Action::from_wire(C::NAME) {
            Some((action, _)) if self.settings.dialect == Dialect::Preview => {
                action.wire_name(Dialect::Preview)
            }
            _ => C::NAME,
        };
        let command_id = self.settings.ids.next();
        let mut activity = Activity::command(name);
        activity.value = Some(Json::of(&Value {
            command_id: &command_id,
            data: &command,
        })?);
        let receipt = Receipt::open(
            command_id,
            name,
            self.settings.result_timeout,
            Arc::clone(&self.conversation),
            self.is_proactive,
        );
        Ok((receipt, self.post(activity)))
    }

    /// Not an `async fn`: its future would hold the activity, some kilobytes, in every future that awaits it.
    pub(crate) fn post(
        &self,
        mut activity: Activity,
    ) -> impl Future<Output = Result<ResourceResponse, SendError>> + Send + '_ {
        let trace = activity.kind == ActivityType::Trace;
        let result = activity.kind == ActivityType::CommandResult;
        self.address(&mut activity);
        let sending = self.connector.send(activity);
        async move {
            let response = sending.await?;
            self.has_sent(trace, result);
            Ok(response)
        }
    }

    fn address(&self, activity: &mut Activity) {
        activity.id = None;
        activity.address_as_answer_to(&self.activity);
    }
}

/// `{ commandId, data }`, written without a detour over a tree.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Value<'v, C> {
    command_id: &'v str,
    data: &'v C,
}
