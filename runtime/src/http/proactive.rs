//! Turns that the bot begins, over the network.

use std::sync::Arc;

use super::connector::ConversationParameters;
use super::endpoint::Endpoint;
use super::outgoing::Outgoing;
use crate::activity::{ChannelAccount, ConversationAccount, ConversationReference};
use crate::bot::Bot;
use crate::error::Result;
use crate::host::ProactiveTurn;

/// Speaking first.
impl<B: Bot + 'static> Endpoint<B> {
    /// Goes on with a conversation where nobody has spoken; see
    /// [`Host::continue_conversation`](crate::Host::continue_conversation). The reference is that of an activity of
    /// this conversation, kept from [`Activity::conversation_reference`](crate::Activity::conversation_reference).
    ///
    /// # Errors
    /// [`Refused`](crate::Refused) if too many turns of the conversation wait.
    pub async fn continue_conversation(
        &self,
        reference: ConversationReference,
    ) -> Result<ProactiveTurn> {
        let outgoing = Outgoing::post(self.connector().clone());
        let turn = self
            .host()
            .continue_conversation(reference, Arc::new(outgoing))
            .await?;
        Ok(turn)
    }

    /// Begins a conversation on `channel_id`, whose connector is at `service_url`, and gives the reference to
    /// [go on with](Endpoint::continue_conversation).
    ///
    /// # Errors
    /// [`SendError`](crate::SendError) as for everything that is sent.
    pub async fn create_conversation(
        &self,
        channel_id: &str,
        service_url: &str,
        parameters: ConversationParameters,
    ) -> Result<ConversationReference> {
        let bot = parameters.bot.clone();
        let user = parameters.members.as_deref().and_then(one).cloned();
        let service = self.connector().service(service_url)?;
        let created = service.create_conversation(&parameters).await?;
        let conversation = ConversationAccount {
            id: created.id,
            ..ConversationAccount::default()
        };
        Ok(ConversationReference {
            activity_id: created.activity_id,
            user,
            bot,
            conversation: Some(conversation),
            channel_id: Some(channel_id.to_owned()),
            service_url: created.service_url.or_else(|| Some(service_url.to_owned())),
            ..ConversationReference::default()
        })
    }
}

/// A conversation with one other member is one with that member.
fn one(members: &[ChannelAccount]) -> Option<&ChannelAccount> {
    match members {
        [member] => Some(member),
        _ => None,
    }
}
