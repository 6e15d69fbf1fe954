//! Beginning and listing conversations.

use super::path::Path;
use super::{
    ConnectorError, ConversationParameters, ConversationResourceResponse, ConversationsResult,
    Service,
};

impl Service<'_> {
    /// A page of the conversations that the bot is in; `continuation_token` is that of the page before.
    pub async fn conversations(
        &self,
        continuation_token: Option<&str>,
    ) -> Result<ConversationsResult, ConnectorError> {
        let path = Path::conversations().query("continuationToken", continuation_token);
        self.get(&path).await
    }

    /// Begins a conversation: on the telephony channel, calls someone.
    pub async fn create_conversation(
        &self,
        parameters: &ConversationParameters,
    ) -> Result<ConversationResourceResponse, ConnectorError> {
        self.post(&Path::conversations(), parameters).await
    }
}
