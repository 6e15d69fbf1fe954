//! Values that the activity carries as JSON.

use std::ops::Deref;

use serde::de::DeserializeOwned;

use super::FromTurn;
use crate::activity::Json;
use crate::rejection::Rejection;
use crate::turn::Turn;

macro_rules! json {
    ($(#[$doc:meta])* $name:ident, $field:ident, $path:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name<T>(pub T);

        impl<'t, H, T: DeserializeOwned> FromTurn<'t, H> for $name<T> {
            fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
                let json = turn.activity().$field.as_ref().ok_or_else(|| Rejection::absent($path))?;
                Json::parse(json).map($name).map_err(|error| Rejection::malformed($path, error))
            }
        }

        impl<T> Deref for $name<T> {
            type Target = T;

            fn deref(&self) -> &T {
                &self.0
            }
        }
    };
}

json! {
    /// The activity's `value`, deserialised into a `T`.
    ///
    /// ```
    /// use onhook::prelude::*;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Order { number: u32 }
    ///
    /// #[on_event("orderShipped")]
    /// async fn shipped(turn: &Turn, order: Value<Order>) -> Result<()> {
    ///     turn.say(format!("Order {} is on its way.", order.number)).await
    /// }
    /// ```
    Value, value, "value"
}

json! {
    /// The activity's `channelData`, deserialised into a `T`.
    ChannelData, channel_data, "channelData"
}
