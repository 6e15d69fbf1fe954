//! What the protocol lets a receiver ignore or demands that it reject, before any handler runs.

use super::Refused;
use crate::activity::{Activity, ActivityType, Json};
use crate::command::CommandName;

/// What to do with an activity that has arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Dispatch,
    Ignore(&'static str),
    /// Dispatch a result without a valid name if it answers a command of this conversation: the results of
    /// `session.*` in Activity 3.4 have no name and are known by what they reply to.
    Correlate,
}

/// The rule for a result that carries no valid name and answers no command either.
pub(super) const NAMELESS_RESULT: &str = "A6412: a command result without a valid name";

/// Judges commands and results by the rules A6310 to A6422.
pub(super) fn judge(activity: &Activity) -> Result<Verdict, Refused> {
    let name = activity.name.as_deref();
    let named = || name.and_then(CommandName::parse).is_some();
    let valued = || activity.value.as_ref().is_some_and(Json::is_object);
    match activity.kind {
        ActivityType::Command if !named() => {
            Ok(Verdict::Ignore("A6312: a command without a valid name"))
        }
        ActivityType::Command if !valued() => {
            Ok(Verdict::Ignore("A6322: a command without a valid value"))
        }
        ActivityType::CommandResult if !valued() => Err(Refused::ResultWithoutValue),
        ActivityType::CommandResult if !named() => Ok(Verdict::Correlate),
        _ => Ok(Verdict::Dispatch),
    }
}
