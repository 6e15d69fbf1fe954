//! Sending, replacing and deleting activities.

use http::Method;

use super::attempt::Call;
use super::path::Path;
use super::{ConnectorError, Service, Transcript};
use crate::activity::{Activity, ChannelAccount, ResourceResponse};

impl Service<'_> {
    /// Sends an activity to the end of a conversation.
    pub async fn send_to_conversation(
        &self,
        conversation_id: &str,
        activity: &Activity,
    ) -> Result<ResourceResponse, ConnectorError> {
        self.hand_over(self.sending(conversation_id, None, activity)?)
            .await
    }

    /// Sends an activity as the reply to another.
    pub async fn reply_to_activity(
        &self,
        conversation_id: &str,
        activity_id: &str,
        activity: &Activity,
    ) -> Result<ResourceResponse, ConnectorError> {
        self.hand_over(self.sending(conversation_id, Some(activity_id), activity)?)
            .await
    }

    /// Replaces an activity that was sent before.
    pub async fn update_activity(
        &self,
        conversation_id: &str,
        activity_id: &str,
        activity: &Activity,
    ) -> Result<ResourceResponse, ConnectorError> {
        self.hand_over(self.updating(conversation_id, activity_id, activity)?)
            .await
    }

    /// Deletes an activity that was sent before. If it is found to be gone after an attempt of which nothing was
    /// heard, that attempt has deleted it.
    pub async fn delete_activity(
        &self,
        conversation_id: &str,
        activity_id: &str,
    ) -> Result<(), ConnectorError> {
        self.delete(&activity(conversation_id, activity_id)?).await
    }

    /// Keeps activities of the past with a conversation.
    pub async fn send_conversation_history(
        &self,
        conversation_id: &str,
        transcript: &Transcript,
    ) -> Result<ResourceResponse, ConnectorError> {
        let path = activities(conversation_id)?.word("history");
        self.hand_over(self.call_with(Method::POST, &path, transcript)?)
            .await
    }

    /// Who takes part in an activity.
    pub async fn activity_members(
        &self,
        conversation_id: &str,
        activity_id: &str,
    ) -> Result<Vec<ChannelAccount>, ConnectorError> {
        let path = activity(conversation_id, activity_id)?.word("members");
        self.get(&path).await
    }

    /// The call that sends `sent`, as the reply to `reply_to` if that is something.
    pub(super) fn sending(
        &self,
        conversation_id: &str,
        reply_to: Option<&str>,
        sent: &Activity,
    ) -> Result<Call, ConnectorError> {
        let path = match reply_to {
            Some(reply_to) => activity(conversation_id, reply_to)?,
            None => activities(conversation_id)?,
        };
        self.call_with(Method::POST, &path, sent)
    }

    /// The call that replaces an activity.
    pub(super) fn updating(
        &self,
        conversation_id: &str,
        activity_id: &str,
        updated: &Activity,
    ) -> Result<Call, ConnectorError> {
        self.call_with(
            Method::PUT,
            &activity(conversation_id, activity_id)?,
            updated,
        )
    }

    /// The call that deletes an activity.
    pub(super) fn deleting(
        &self,
        conversation_id: &str,
        activity_id: &str,
    ) -> Result<Call, ConnectorError> {
        self.call(Method::DELETE, &activity(conversation_id, activity_id)?)
    }
}

fn activities(conversation_id: &str) -> Result<Path, ConnectorError> {
    Ok(Path::conversation(conversation_id)?.word("activities"))
}

fn activity(conversation_id: &str, activity_id: &str) -> Result<Path, ConnectorError> {
    activities(conversation_id)?.id("activity", activity_id)
}
