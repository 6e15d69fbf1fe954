//! The value of a command or of its result, `{ commandId, data, error }`, as it came.

use crate::activity::Json;
use crate::activity::raw_object::RawObject;

/// The members of the value, whatever the letter case of their names; null is the same as absent.
///
/// Only an object is one (A6322, A6422); nothing in it can be of the wrong type. What is wrong with a member is for
/// whoever reads it, so that a command and its result find each other whatever they carry.
pub(crate) struct Envelope {
    /// The id, if it is a string (A11100).
    pub(crate) command_id: Option<String>,
    /// What is asked for, or what came of it.
    pub(crate) data: Option<Json>,
    /// Why it failed.
    pub(crate) error: Option<Json>,
}

impl Envelope {
    pub(crate) fn read(value: &Json) -> Result<Envelope, serde_json::Error> {
        let object = serde_json::from_str(value.as_str())?;
        Ok(Envelope {
            command_id: command_id(&object),
            data: object.get_ignoring_case("data").map(Json::raw),
            error: object.get_ignoring_case("error").map(Json::raw),
        })
    }

    /// The id alone.
    pub(crate) fn command_id(value: Option<&Json>) -> Option<String> {
        command_id(&serde_json::from_str(value?.as_str()).ok()?)
    }
}

fn command_id(object: &RawObject<'_>) -> Option<String> {
    Json::raw(object.get_ignoring_case("commandId")?)
        .parse()
        .ok()
}
