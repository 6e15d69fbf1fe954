//! What goes back in the body of an HTTP response.

use super::{Activity, Json, Number, object::object};

object! {
    /// The answer to an activity whose delivery mode is `expectReplies`.
    pub struct ExpectedReplies as "expected replies" {
        /// The bot's activities, in their order.
        activities: Vec<Activity> = "activities",
        /// The body of the answer to an invoke.
        body: Json = "body",
    }
}

object! {
    /// The value of an `invokeResponse` activity.
    pub struct InvokeResponseValue as "the value of an invoke response" {
        /// An HTTP status code.
        status: Number = "status",
        /// The body.
        body: Json = "body",
    }
}

object! {
    /// The id that was given to an activity that was sent.
    pub struct ResourceResponse as "a resource response" {
        /// The id; some channels give none.
        id: String = "id",
    }
}

impl ResourceResponse {
    /// An answer with an id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }
}
