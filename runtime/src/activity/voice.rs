//! Voice messages and streams of media (protocol 3.4).

use super::{Number, Timestamp, object::object};

object! {
    /// The value of a voice message (A5250–A5252).
    pub struct VoiceMessage as "a voice message" {
        requires {
            /// The media type of the audio.
            content_type: String = "contentType",
            /// Where the audio is, or the audio itself as a `data:` URL.
            content_url: String = "contentUrl",
        }
        /// What is said.
        transcription: String = "transcription",
        /// How long the audio is, in milliseconds.
        duration_ms: Number = "durationMs",
        /// When it was recorded.
        timestamp: Timestamp = "timestamp",
        /// The language, a BCP 47 tag.
        locale: String = "locale",
    }
}

impl VoiceMessage {
    /// The `valueType` of the message.
    pub const VALUE_TYPE: &str = "application/vnd.microsoft.activity.voice+json";
}

object! {
    /// The value of the event `Media.Start` (A5220, A5221).
    pub struct MediaStart as "the start of a media stream" {
        /// `audio` or `video`.
        media_type: String = "mediaType",
        /// The media type of the chunks.
        content_type: String = "contentType",
    }
}

impl MediaStart {
    /// The `name` of the event.
    pub const NAME: &str = "Media.Start";
    /// The `valueType` of the event.
    pub const VALUE_TYPE: &str = "application/vnd.microsoft.activity.mediastart+json";
}

object! {
    /// The value of the event `Media.Chunk` (A5230–A5232).
    pub struct MediaChunk as "a chunk of a media stream" {
        requires {
            /// The media type of the chunk.
            content_type: String = "contentType",
            /// The media as a `data:` URL in base64.
            content_url: String = "contentUrl",
        }
        /// How long the chunk is, in milliseconds.
        duration_ms: Number = "durationMs",
        /// When it was recorded.
        timestamp: Timestamp = "timestamp",
        /// What is said in it.
        transcription: String = "transcription",
    }
}

impl MediaChunk {
    /// The `name` of the event.
    pub const NAME: &str = "Media.Chunk";
    /// The `valueType` of the event.
    pub const VALUE_TYPE: &str = "application/vnd.microsoft.activity.audiochunk+json";
}

object! {
    /// The value of the event `Media.End`, for which the schema defines no fields (A5240, A5241).
    pub struct MediaEnd as "the end of a media stream" {}
}

impl MediaEnd {
    /// The `name` of the event.
    pub const NAME: &str = "Media.End";
    /// The `valueType` of the event.
    pub const VALUE_TYPE: &str = "application/vnd.microsoft.activity.mediaend+json";
}
