//! Transferring a call.

use super::{object::object, open_enum::open_enum};

object! {
    /// The value of the event `handoff.initiate` on the telephony channel: transfers the call.
    pub struct HandoffInitiate as "the value of handoff.initiate" {
        requires {
            /// Whom to call, E.164 without dashes (`TargetPhoneNumber` on the wire).
            target_phone_number: String = "TargetPhoneNumber",
        }
    }
}

impl HandoffInitiate {
    /// The `name` of the event.
    pub const NAME: &str = "handoff.initiate";
}

open_enum! {
    /// What became of a transfer.
    pub enum HandoffState {
        /// The other side answered.
        Accepted = "accepted",
        /// It did not.
        Failed = "failed",
        /// The other side has finished.
        Completed = "completed",
    }
}

object! {
    /// The value of the event `handoff.status`: what became of a transfer.
    pub struct HandoffStatus as "the value of handoff.status" {
        /// What became of it.
        state: HandoffState = "state",
        /// The same in words.
        message: String = "message",
    }
}

impl HandoffStatus {
    /// The `name` of the event.
    pub const NAME: &str = "handoff.status";
}
