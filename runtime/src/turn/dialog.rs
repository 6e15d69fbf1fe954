//! What the dialogs of a turn need of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Settings, Turn};
use crate::activity::Activity;
use crate::command::Command;
use crate::connector::Connector;
use crate::dialog::Dialogs;
use crate::recording::{Action, Dialect};

impl Turn {
    /// A turn of the same conversation, through the same connector, upon another activity.
    pub(crate) fn upon(&self, activity: Arc<Activity>) -> Turn {
        Turn::new(
            activity,
            Arc::clone(&self.connector),
            Arc::clone(&self.conversation),
            Arc::clone(&self.settings),
        )
    }

    pub(crate) fn dialogs(&self) -> Option<&Arc<Dialogs>> {
        self.settings.dialogs.as_ref()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn connector(&self) -> Arc<dyn Connector> {
        Arc::clone(&self.connector)
    }

    pub(crate) fn shared_activity(&self) -> Arc<Activity> {
        Arc::clone(&self.activity)
    }

    pub(crate) fn next_id(&self) -> String {
        self.settings.ids.next()
    }

    pub(crate) fn result_timeout(&self) -> Duration {
        self.settings.result_timeout
    }

    /// Whether the end of the conversation has arrived, if not had its turn.
    pub(crate) fn conversation_is_over(&self) -> bool {
        self.conversation.pending().has_ended()
    }

    /// The bot has sent something in this turn by other means.
    pub(crate) fn note_response(&self, by: &Turn) {
        self.sent.fetch_add(by.sent(), Ordering::Relaxed);
    }
}

impl Settings {
    /// The name under which a command goes out.
    pub(crate) fn wire_name<C: Command>(&self) -> &'static str {
        match Action::from_wire(C::NAME) {
            Some((action, _)) if self.dialect == Dialect::Preview => {
                action.wire_name(Dialect::Preview)
            }
            _ => C::NAME,
        }
    }
}
