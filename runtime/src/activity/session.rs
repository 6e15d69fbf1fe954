//! The lifecycle of a multimodal session (protocol 3.4, appendix VI).
//!
//! These commands and their results put their fields straight into `value`, without `commandId` and `data`; a result
//! is found by `replyToId`.

use super::{object::object, open_enum::open_enum};

open_enum! {
    /// What a session is doing.
    pub enum SessionState {
        /// It waits for the user.
        Listening = "listening",
        /// It works on an answer.
        Thinking = "thinking",
        /// It answers.
        Speaking = "speaking",
        /// Nothing.
        Idle = "idle",
        /// Something failed.
        Error = "error",
    }
}

open_enum! {
    /// What a session update signals.
    pub enum SessionSignal {
        /// The answer is interrupted.
        BargeIn = "bargeIn",
    }
}

open_enum! {
    /// Who interrupted.
    pub enum SignalOrigin {
        /// The user.
        User = "user",
        /// The system.
        System = "system",
    }
}

open_enum! {
    /// Why a session ended.
    pub enum SessionEndReason {
        /// It came to its end.
        Completed = "completed",
        /// It was cancelled.
        Cancelled = "cancelled",
        /// Something failed.
        Error = "error",
        /// Nothing happened for too long.
        Timeout = "timeout",
    }
}

object! {
    /// The value of the command `session.init` (A9400–A9402).
    pub struct SessionInit as "the value of session.init" {
        requires {
            /// Names the session.
            session_id: String = "sessionId",
        }
    }
}

impl SessionInit {
    /// The `name` of the command.
    pub const NAME: &str = "session.init";
}

object! {
    /// The value of the command `session.update` (A9410–A9421): a new state, or a signal.
    pub struct SessionUpdate as "the value of session.update" {
        /// Names the session.
        session_id: String = "sessionId",
        /// The new state.
        state: SessionState = "state",
        /// What is signalled.
        signal: SessionSignal = "signal",
        /// Who caused the signal.
        origin: SignalOrigin = "origin",
    }
}

impl SessionUpdate {
    /// The `name` of the command.
    pub const NAME: &str = "session.update";
}

object! {
    /// The value of the command `session.end` (A9430, A9431).
    pub struct SessionEnd as "the value of session.end" {
        /// Names the session.
        session_id: String = "sessionId",
        /// Why it ended.
        reason: SessionEndReason = "reason",
    }
}

impl SessionEnd {
    /// The `name` of the command.
    pub const NAME: &str = "session.end";
}

object! {
    /// The value of a session command's result (A9401, A9411).
    pub struct SessionResult as "the value of a session command's result" {
        /// `success` or `acknowledged`, in the specification's examples.
        status: String = "status",
        /// Names the session.
        session_id: String = "sessionId",
        /// The state that the session is in now.
        state: SessionState = "state",
    }
}
