//! Who takes part in a conversation.

use super::path::Path;
use super::{ConnectorError, PagedMembers, Service};
use crate::activity::ChannelAccount;

impl Service<'_> {
    /// Everybody who takes part in a conversation.
    pub async fn members(
        &self,
        conversation_id: &str,
    ) -> Result<Vec<ChannelAccount>, ConnectorError> {
        self.get(&members(conversation_id)?).await
    }

    /// One who takes part.
    pub async fn member(
        &self,
        conversation_id: &str,
        member_id: &str,
    ) -> Result<ChannelAccount, ConnectorError> {
        self.get(&member(conversation_id, member_id)?).await
    }

    /// Removes one who takes part.
    pub async fn delete_member(
        &self,
        conversation_id: &str,
        member_id: &str,
    ) -> Result<(), ConnectorError> {
        self.delete(&member(conversation_id, member_id)?).await
    }

    /// A page of those who take part: how many at most, and after which page.
    pub async fn paged_members(
        &self,
        conversation_id: &str,
        page_size: Option<u32>,
        continuation_token: Option<&str>,
    ) -> Result<PagedMembers, ConnectorError> {
        let page_size = page_size.map(|size| size.to_string());
        let path = Path::conversation(conversation_id)?
            .word("pagedmembers")
            .query("pageSize", page_size.as_deref())
            .query("continuationToken", continuation_token);
        self.get(&path).await
    }
}

fn members(conversation_id: &str) -> Result<Path, ConnectorError> {
    Ok(Path::conversation(conversation_id)?.word("members"))
}

fn member(conversation_id: &str, member_id: &str) -> Result<Path, ConnectorError> {
    members(conversation_id)?.id("member", member_id)
}
