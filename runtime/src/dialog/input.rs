//! What a turn brings a dialog that waits.

use std::sync::Arc;

use crate::activity::Activity;

/// What a turn brings.
#[derive(Clone)]
pub(super) enum Input {
    /// The caller said something or pressed a key.
    Said(Arc<Activity>),
    /// The time-out has passed.
    Silence,
    /// The time-out has passed of a process that is gone: nobody knows whether what it was to say was heard.
    Orphaned,
    /// An event that is waited for.
    Event(Arc<Activity>),
    /// The result of the command that is waited for.
    CommandResult(Arc<Activity>),
    /// A handler interrupted and is done: ask again.
    Again,
    /// The question is cancelled.
    Cancel,
    /// The call is over.
    HangUp,
    /// Nothing: a step that did not come to its end begins again.
    Nothing,
}
