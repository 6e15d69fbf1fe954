//! The client as the connector of a bot.

use super::attempt::Call;
use super::{ConnectorClient, ConnectorError, Service};
use crate::activity::{Activity, ActivityType, ResourceResponse};
use crate::connector::{BoxFuture, Connector, SendError};

impl Connector for ConnectorClient {
    /// Replies to the activity that `reply_to_id` names, or else sends to the end of the conversation.
    ///
    /// A trace goes out on the channel `emulator` alone, and an `invokeResponse` never: it goes back with the answer
    /// to the request. Both count as sent.
    fn send(&self, mut activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        // The channel gives it.
        activity.id = None;
        // Written before the future is made, which otherwise would hold the activity, some kilobytes.
        let call = if stays(&activity) {
            Ok(None)
        } else {
            let reply_to = activity.reply_to_id.as_deref();
            let reply_to = reply_to.filter(|id| !id.trim().is_empty());
            self.call(&activity, |service, conversation| {
                service.sending(conversation, reply_to, &activity)
            })
            .map(Some)
        };
        Box::pin(async move {
            match call? {
                Some(call) => Ok(self.hand_over(call).await?),
                None => Ok(ResourceResponse::default()),
            }
        })
    }

    fn update(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        let call = id(&activity, "update").and_then(|id| {
            self.call(&activity, |service, conversation| {
                service.updating(conversation, id, &activity)
            })
        });
        Box::pin(async move { Ok(self.hand_over(call?).await?) })
    }

    fn delete(&self, activity: Activity) -> BoxFuture<'_, Result<(), SendError>> {
        let call = id(&activity, "delete").and_then(|id| {
            self.call(&activity, |service, conversation| {
                service.deleting(conversation, id)
            })
        });
        Box::pin(async move {
            self.make(call?).await?;
            Ok(())
        })
    }
}

impl ConnectorClient {
    /// The call that `call` makes for the service and the conversation of `activity`.
    fn call(
        &self,
        activity: &Activity,
        call: impl FnOnce(&Service<'_>, &str) -> Result<Call, ConnectorError>,
    ) -> Result<Call, SendError> {
        let service_url = activity.service_url.as_deref();
        let service_url = service_url.filter(|url| !url.trim().is_empty());
        let service = self.service(service_url.ok_or(SendError::NoServiceUrl)?)?;
        let conversation = activity.conversation_id().filter(|id| !id.is_empty());
        Ok(call(
            &service,
            conversation.ok_or(SendError::NoConversation)?,
        )?)
    }
}

/// Whether an activity is not for the channel.
fn stays(activity: &Activity) -> bool {
    match activity.kind {
        ActivityType::InvokeResponse => true,
        ActivityType::Trace => activity.channel_id.as_deref() != Some("emulator"),
        _ => false,
    }
}

fn id<'a>(activity: &'a Activity, operation: &'static str) -> Result<&'a str, SendError> {
    let id = activity.id.as_deref().filter(|id| !id.is_empty());
    id.ok_or(SendError::NoActivityId(operation))
}
