//! What the caller of a test does, as it is saved.

use onhook::Json;
use serde::{Deserialize, Serialize};

use super::fault::Order;

/// One step of the caller's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Step {
    Says(String),
    Plays(Playing),
    Presses(String),
    Interrupts(Interrupting),
    /// Has the channel send the bot a command.
    Commands(Sent),
    /// Until the bot has said everything.
    Listens,
    /// Milliseconds in which the test did nothing.
    Waits(u64),
    Suffers(Order),
    Heals,
    HangsUp,
    /// Waits until somebody else has ended the call.
    Ends,
}

/// A command as it is on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sent {
    pub(super) name: String,
    pub(super) data: Json,
}

/// What is said into the bot's speech, and milliseconds of that before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Interrupting {
    pub(super) text: String,
    pub(super) after: u64,
}

/// Audio, and what is said in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Playing {
    pub(super) text: String,
    #[serde(with = "hexadecimal")]
    pub(super) samples: Vec<i16>,
}

/// 16-bit samples as four hexadecimal digits each.
mod hexadecimal {
    use std::fmt::Write;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(samples: &[i16], to: S) -> Result<S::Ok, S::Error> {
        let mut digits = String::with_capacity(4 * samples.len());
        for sample in samples {
            // Writing to a string cannot fail.
            let _ = write!(digits, "{sample:04x}");
        }
        to.serialize_str(&digits)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<i16>, D::Error> {
        let digits = String::deserialize(from)?;
        let sample = |digits: &[u8]| {
            let digits = std::str::from_utf8(digits).map_err(D::Error::custom)?;
            let bits = u16::from_str_radix(digits, 16).map_err(D::Error::custom)?;
            Ok(bits.cast_signed())
        };
        digits.as_bytes().chunks(4).map(sample).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audio_survives_to_the_bit() {
        let playing = Playing {
            text: "hello".to_owned(),
            samples: vec![0, 1, -1, i16::MIN, i16::MAX],
        };
        let written = serde_json::to_string(&playing).unwrap();
        assert_eq!(
            written,
            r#"{"text":"hello","samples":"00000001ffff80007fff"}"#
        );
        assert_eq!(serde_json::from_str::<Playing>(&written).unwrap(), playing);
        let broken = r#"{"text":"","samples":"00g0"}"#;
        assert!(serde_json::from_str::<Playing>(broken).is_err());
    }
}
