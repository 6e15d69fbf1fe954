//! Files that are kept with conversations.

use bytes::Bytes;
use http::Method;

use super::path::Path;
use super::{AttachmentData, AttachmentInfo, ConnectorError, Service};
use crate::activity::ResourceResponse;

impl Service<'_> {
    /// Keeps a file with a conversation and gives its id.
    pub async fn upload_attachment(
        &self,
        conversation_id: &str,
        data: &AttachmentData,
    ) -> Result<ResourceResponse, ConnectorError> {
        let path = Path::conversation(conversation_id)?.word("attachments");
        self.post(&path, data).await
    }

    /// What an attachment is, and in which views it can be read.
    pub async fn attachment_info(
        &self,
        attachment_id: &str,
    ) -> Result<AttachmentInfo, ConnectorError> {
        self.get(&attachment(attachment_id)?).await
    }

    /// The bytes of one view of an attachment, as many as the transport reads of an answer.
    ///
    /// # Errors
    /// [`ConnectorError::Moved`] if the file is elsewhere; it is for the bot to decide whether to go there, and not
    /// with its token.
    pub async fn attachment(
        &self,
        attachment_id: &str,
        view_id: &str,
    ) -> Result<Bytes, ConnectorError> {
        let path = attachment(attachment_id)?
            .word("views")
            .id("view", view_id)?;
        let call = self.call(Method::GET, &path)?;
        Ok(self.make(call).await?.into_body())
    }
}

fn attachment(id: &str) -> Result<Path, ConnectorError> {
    Path::attachments().id("attachment", id)
}
