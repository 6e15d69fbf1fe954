//! Metadata about an activity.

use serde::{Serialize, de::DeserializeOwned};

use super::{Extra, Json, Number, object::object, open_enum::open_enum};

object! {
    /// Metadata: a type and whatever the type says (A7600). Unknown ones are ignored, not refused (A2104).
    pub struct Entity as "an entity" {
        /// Names the shape of the rest.
        kind: String = "type",
    }
}

impl Entity {
    /// The type of the entity that marks a message as a pressed key of a telephone.
    pub const DTMF: &str = "DTMF";

    /// An entity of a type, with nothing else.
    #[must_use]
    pub fn new(kind: impl Into<String>) -> Self {
        Self {
            kind: Some(kind.into()),
            extra: Extra::new(),
        }
    }

    /// The entity that `value`, an object with or without a `type`, describes.
    pub fn of<T: Serialize + ?Sized>(
        kind: impl Into<String>,
        value: &T,
    ) -> Result<Self, serde_json::Error> {
        let mut entity: Self = Json::of(value)?.parse()?;
        entity.kind = Some(kind.into());
        Ok(entity)
    }

    /// Whether the type is `kind`; case is ignored, since services disagree (`streamInfo`, `streaminfo`).
    #[inline]
    pub fn is(&self, kind: &str) -> bool {
        self.kind
            .as_deref()
            .is_some_and(|own| own == kind || own.eq_ignore_ascii_case(kind))
    }

    /// Reads the whole entity, `type` included, as a `T`.
    ///
    /// ```
    /// use onhook::activity::{Activity, StreamInfo};
    ///
    /// let activity = Activity::from_json(
    ///     r#"{"type": "typing", "entities": [{"type": "streaminfo", "streamId": "a-1", "streamSequence": 3}]}"#,
    /// )?;
    /// let stream: StreamInfo = activity.entities()[0].parse()?;
    /// assert_eq!(stream.stream_id, "a-1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        Json::of(self)?.parse()
    }
}

open_enum! {
    /// What a piece of a stream is. Absent means [`Streaming`](Self::Streaming).
    pub enum StreamType {
        /// A word about progress.
        Informative = "informative",
        /// A piece on the way.
        Streaming = "streaming",
        /// The last piece.
        Final = "final",
    }
}

open_enum! {
    /// How a stream ended.
    pub enum StreamResult {
        /// It is complete.
        Success = "success",
        /// It took too long.
        Timeout = "timeout",
        /// It failed.
        Error = "error",
    }
}

object! {
    /// Which piece of which stream an activity is (A9240–A9247, A9260–A9262).
    pub struct StreamInfo as "a streaminfo entity" {
        requires {
            /// The same in every piece of the stream.
            stream_id: String = "streamId",
        }
        /// The entity's type, [`StreamInfo::TYPE`].
        kind: String = "type",
        /// What this piece is.
        stream_type: StreamType = "streamType",
        /// Counts the pieces from 1 on; the final piece of a text needs none.
        stream_sequence: Number = "streamSequence",
        /// How the stream ended; only in the final piece.
        stream_result: StreamResult = "streamResult",
    }
}

impl StreamInfo {
    /// The entity's type.
    pub const TYPE: &str = "streaminfo";
}

object! {
    /// What the user sees (A9263–A9265).
    pub struct Context as "a context entity" {
        /// The entity's type, [`Context::TYPE`].
        kind: String = "type",
        /// What is on the screen.
        screen_context: ScreenContext = "screenContext",
    }
}

impl Context {
    /// The entity's type.
    pub const TYPE: &str = "context";
}

object! {
    /// What is on a user's screen.
    pub struct ScreenContext as "a screen context" {
        /// Pictures of it.
        images: Vec<Json> = "images",
    }
}
