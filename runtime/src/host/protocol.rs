//! What the protocol lets a receiver ignore or demands that it reject, before any handler runs.

use super::Refused;
use crate::activity::{Activity, ActivityType};
use crate::command::CommandName;

/// What to do with an activity that has arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Dispatch,
    Ignore(&'static str),
}

/// Judges commands and results by the rules A6310 to A6422; `correlated`: the result answers a known command.
pub(super) fn judge(activity: &Activity, correlated: bool) -> Result<Verdict, Refused> {
    let named = || {
        activity
            .name
            .as_deref()
            .and_then(CommandName::parse)
            .is_some()
    };
    let valued = || {
        activity
            .value
            .as_ref()
            .is_some_and(crate::activity::Json::is_object)
    };
    match activity.kind {
        ActivityType::Command if !named() => {
            Ok(Verdict::Ignore("A6312: a command without a valid name"))
        }
        ActivityType::Command if !valued() => {
            Ok(Verdict::Ignore("A6322: a command without a valid value"))
        }
        ActivityType::CommandResult if !valued() => Err(Refused::ResultWithoutValue),
        // The results of `session.*` in Activity 3.4 have no name and are known by what they reply to.
        ActivityType::CommandResult if !correlated && !named() => Ok(Verdict::Ignore(
            "A6412: a command result without a valid name",
        )),
        _ => Ok(Verdict::Dispatch),
    }
}
