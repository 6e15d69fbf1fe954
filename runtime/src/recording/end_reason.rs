//! Why a session was closed.

use super::open_words::open_words;

open_words! {
    /// Why a recording session was closed, as its metadata and events say it.
    pub enum EndReason {
        /// The bot stopped it.
        StopRecording = "StopRecording",
        /// The call was hung up by either side, or the bot ended the conversation.
        CallEnded = "CallEnded",
        /// The call was transferred to another number.
        CallTransferred = "CallTransferred",
        /// Whoever started the recording left the call.
        InitiatorLeft = "InitiatorLeft",
        /// The session reached the longest duration allowed.
        MaxDurationExceeded = "MaxDurationExceeded",
        /// The storage refused data, or the recorder died.
        StorageFailed = "StorageFailed",
        /// The service was restarted and closed what it found open.
        ServiceRecovered = "ServiceRecovered",
    }
}
