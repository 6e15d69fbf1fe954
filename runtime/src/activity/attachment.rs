//! What comes with a message.

use super::{Json, object::object};

object! {
    /// A file, a card or other content beside the text (A7100).
    pub struct Attachment as "an attachment" {
        /// The media type of the content.
        content_type: String = "contentType",
        /// Where the content is, or the content itself as a `data:` URL.
        content_url: String = "contentUrl",
        /// The content in JSON, as in cards and in the transcript of a handoff.
        content: Json = "content",
        /// The file name to show.
        name: String = "name",
        /// Where a smaller picture is.
        thumbnail_url: String = "thumbnailUrl",
    }
}

impl Attachment {
    /// Content in JSON, of a media type.
    #[must_use]
    pub fn new(content_type: impl Into<String>, content: Json) -> Self {
        Self {
            content_type: Some(content_type.into()),
            content: Some(content),
            ..Self::default()
        }
    }
}
