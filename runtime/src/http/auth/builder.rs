//! How an [`Authenticator`] is set up.

use std::sync::Arc;

use super::{Authenticator, Cloud};
use crate::Clock;
use crate::http::Transport;

/// Sets up an [`Authenticator`].
#[must_use]
pub struct AuthenticatorBuilder {
    pub(super) app_id: String,
    pub(super) cloud: Cloud,
    pub(super) tenants: Vec<String>,
    pub(super) callers: Callers,
    pub(super) clock: Clock,
    pub(super) transport: Option<Arc<dyn Transport>>,
    pub(super) channel_metadata: Option<String>,
    pub(super) channel_issuer: Option<String>,
    pub(super) entra_metadata: Option<String>,
    pub(super) entra_issuers: Vec<String>,
}

/// Which other bots may call.
pub(super) enum Callers {
    These(Vec<String>),
    All,
}

impl Callers {
    /// Whether the bot whose app id is `app_id` may call.
    pub(super) fn allow(&self, app_id: &str) -> bool {
        match self {
            Callers::These(these) => these.iter().any(|allowed| allowed == app_id),
            Callers::All => true,
        }
    }
}

/// Why an [`Authenticator`] cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// There is no app id. A bot without one checks nothing: it takes [`Identity::anonymous`](super::Identity::anonymous).
    #[error("the app id is empty")]
    NoAppId,
    /// A tenant is not named by its id, by which issuers name it.
    #[error("the tenant is not a GUID: {0}")]
    Tenant(String),
    /// A metadata URL is not an absolute `https` or `http` URL.
    #[error("the metadata url cannot be used: {0}")]
    MetadataUrl(String),
}

impl AuthenticatorBuilder {
    pub(super) fn new(app_id: String) -> AuthenticatorBuilder {
        AuthenticatorBuilder {
            app_id,
            cloud: Cloud::default(),
            tenants: Vec::new(),
            callers: Callers::These(Vec::new()),
            clock: Clock::system(),
            transport: None,
            channel_metadata: None,
            channel_issuer: None,
            entra_metadata: None,
            entra_issuers: Vec::new(),
        }
    }

    /// The cloud in which the bot is registered; [`Cloud::Public`] if not said.
    pub fn cloud(mut self, cloud: Cloud) -> AuthenticatorBuilder {
        self.cloud = cloud;
        self
    }

    /// Trusts the Entra tenant whose id (a GUID) is `tenant` to issue tokens of bots and of the Emulator. A
    /// single-tenant bot names its own; Microsoft's own tenants are always trusted.
    pub fn tenant(mut self, tenant: impl Into<String>) -> AuthenticatorBuilder {
        self.tenants.push(tenant.into());
        self
    }

    /// Lets the bot whose app id is `app_id` call this one as a skill. If not said, no bot may.
    pub fn allow_caller(mut self, app_id: impl Into<String>) -> AuthenticatorBuilder {
        if let Callers::These(these) = &mut self.callers {
            these.push(app_id.into());
        }
        self
    }

    /// Lets every bot of a trusted tenant call this one as a skill.
    pub fn allow_every_caller(mut self) -> AuthenticatorBuilder {
        self.callers = Callers::All;
        self
    }

    /// Fetches keys with `transport`; with an [`HttpClient`](crate::http::HttpClient) if not said.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> AuthenticatorBuilder {
        self.transport = Some(transport);
        self
    }

    /// Takes the time from `clock`; the system's if not said.
    pub fn clock(mut self, clock: Clock) -> AuthenticatorBuilder {
        self.clock = clock;
        self
    }

    /// Takes the keys of channels from the metadata at `url` instead of the cloud's. Only when `url` itself is
    /// `http`, as in tests, may the keys be at an `http` URL.
    pub fn channel_metadata(mut self, url: impl Into<String>) -> AuthenticatorBuilder {
        self.channel_metadata = Some(url.into());
        self
    }

    /// Takes `issuer` for the issuer of the tokens of channels instead of the cloud's.
    pub fn channel_issuer(mut self, issuer: impl Into<String>) -> AuthenticatorBuilder {
        self.channel_issuer = Some(issuer.into());
        self
    }

    /// Takes the keys of Entra from the metadata at `url` instead of the cloud's.
    pub fn entra_metadata(mut self, url: impl Into<String>) -> AuthenticatorBuilder {
        self.entra_metadata = Some(url.into());
        self
    }

    /// Trusts `issuer`, besides Entra's own in the trusted tenants, to issue tokens of bots and of the Emulator.
    pub fn entra_issuer(mut self, issuer: impl Into<String>) -> AuthenticatorBuilder {
        self.entra_issuers.push(issuer.into());
        self
    }

    /// The authenticator. Nothing is fetched yet.
    pub fn build(self) -> Result<Authenticator, SetupError> {
        Authenticator::new(self)
    }
}
