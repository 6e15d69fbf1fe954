//! Who calls.

use std::sync::Arc;

/// What kind of caller it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallerKind {
    /// A channel of the Bot Framework.
    Channel,
    /// The Bot Framework Emulator, or anyone else who has the bot's own credentials.
    Emulator,
    /// Another bot, which calls this one as a skill.
    Skill,
    /// Anyone: nothing was checked.
    Anonymous,
}

/// Who calls, after everything was checked. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    kind: CallerKind,
    app_id: Option<Arc<str>>,
    caller_id: Option<Arc<str>>,
    scope: Option<Arc<str>>,
}

impl Identity {
    /// Anyone, for a bot that has no app id: on one's own machine, and behind a gateway that checks tokens itself.
    pub fn anonymous() -> Identity {
        Identity {
            kind: CallerKind::Anonymous,
            app_id: None,
            caller_id: None,
            scope: None,
        }
    }

    pub(super) fn channel(caller_id: Option<&str>, scope: &str) -> Identity {
        Identity {
            kind: CallerKind::Channel,
            app_id: None,
            caller_id: caller_id.map(Arc::from),
            scope: Some(scope.into()),
        }
    }

    pub(super) fn emulator(app_id: &str, scope: &str) -> Identity {
        Identity {
            kind: CallerKind::Emulator,
            app_id: Some(app_id.into()),
            caller_id: Some(app_urn(app_id)),
            scope: Some(scope.into()),
        }
    }

    pub(super) fn skill_caller(app_id: &str) -> Identity {
        Identity {
            kind: CallerKind::Skill,
            app_id: Some(app_id.into()),
            caller_id: Some(app_urn(app_id)),
            scope: Some(format!("{app_id}/.default").into()),
        }
    }

    /// What kind of caller it is.
    pub fn kind(&self) -> CallerKind {
        self.kind
    }

    /// The app id as which the caller authenticated itself; a channel has none.
    pub fn app_id(&self) -> Option<&str> {
        self.app_id.as_deref()
    }

    /// The IRI to put into the activity's `callerId` (A2251, A2252, appendix V), such as `urn:botframework:azure`.
    /// `None` for anyone, and for channels of a cloud that has no IRI: then `callerId` is to be cleared.
    pub fn caller_id(&self) -> Option<&str> {
        self.caller_id.as_deref()
    }

    /// The same as [`scope`](Identity::scope), shared.
    pub(in crate::http) fn shared_scope(&self) -> Option<Arc<str>> {
        self.scope.clone()
    }

    /// The scope of the token to answer with. `None` for anyone: the answer goes out without a token.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }
}

fn app_urn(app_id: &str) -> Arc<str> {
    format!("urn:botframework:aadappid:{app_id}").into()
}
