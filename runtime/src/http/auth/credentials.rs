//! As whom the bot calls.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;
use uuid::Uuid;

use super::certificate::Certificate;
use super::managed_identity::ManagedIdentity;
use super::proof::Proof;
use super::purse::{Holding, Purse};
use super::secret::Secret;
use super::teller::Teller;
use super::{
    Authenticator, AuthenticatorBuilder, Cloud, Token, TokenError, TokenProvider, environment,
};
use crate::Clock;
use crate::connector::BoxFuture;
use crate::http::{HttpClient, Transport};

/// For how many scopes tokens are kept: that of the channels, and one for each bot that calls this one.
const MAX_SCOPES: usize = 256;

/// The bot's own credentials, and the tokens that were got with them.
///
/// A token is kept for each scope and renewed five minutes before it expires, without anybody waiting; while that
/// fails, the old one serves to its end. One request for each scope is under way, however many wait for it. A busy
/// or unreachable provider (408, 410, 429, 5xx) is asked three times in all, and after a failure for five seconds not at
/// all.
///
/// ```
/// use onhook::http::auth::Credentials;
///
/// # fn doc() -> Result<(), Box<dyn std::error::Error>> {
/// let Some(credentials) = Credentials::from_env()? else {
///     return Ok(()); // a bot on one's own machine
/// };
/// let authenticator = credentials.authenticator().build()?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Credentials {
    teller: Arc<Teller>,
    scopes: Mutex<HashMap<String, Arc<Scope>>>,
}

#[derive(Default)]
struct Scope {
    purse: Mutex<Purse>,
    /// Locked while somebody asks.
    asking: Arc<AsyncMutex<()>>,
}

impl Credentials {
    /// An app that proves itself with a client secret.
    pub fn secret(app_id: impl Into<String>, secret: impl Into<String>) -> Credentials {
        Credentials::new(app_id.into(), Proof::Secret(Secret::new(secret)))
    }

    /// An app that proves itself with a certificate: it signs a statement with the private key (RFC 7523). Both are
    /// PEM, the key in PKCS #8 or PKCS #1; it is RSA of 2,048 bits or more.
    pub fn certificate(
        app_id: impl Into<String>,
        cert_pem: &str,
        key_pem: &str,
    ) -> Result<Credentials, TokenError> {
        let certificate = Certificate::read(cert_pem, key_pem)?;
        let proof = Proof::Certificate(Arc::new(certificate));
        Ok(Credentials::new(app_id.into(), proof))
    }

    /// The managed identity of the machine on which the bot runs, named by its client id: that of an App Service if
    /// `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` are set, else that of a virtual machine.
    pub fn managed_identity(client_id: impl Into<String>) -> Credentials {
        let identity = ManagedIdentity::here(|name| std::env::var(name).ok());
        Credentials::new(client_id.into(), Proof::ManagedIdentity(identity))
    }

    /// The credentials that the environment names as for the SDKs: `MicrosoftAppId`, `MicrosoftAppPassword`,
    /// `MicrosoftAppTenantId`, `MicrosoftAppType` (`MultiTenant`, which is the default, `SingleTenant` or
    /// `UserAssignedMSI`) and `ChannelService` (`https://botframework.azure.us` for Azure Government). `None` without
    /// an app id: such a bot calls without a token.
    pub fn from_env() -> Result<Option<Credentials>, TokenError> {
        environment::read(|name| std::env::var(name).ok())
    }

    fn new(app_id: String, proof: Proof) -> Credentials {
        Credentials {
            teller: Arc::new(Teller {
                app_id,
                proof,
                tenant: None,
                cloud: Cloud::default(),
                token_url: None,
                clock: Clock::system(),
                transport: Arc::new(HttpClient::new()),
            }),
            scopes: Mutex::default(),
        }
    }

    /// The app id, or the managed identity's client id.
    pub fn app_id(&self) -> &str {
        &self.teller.app_id
    }

    /// An authenticator for requests to the same app: its id, cloud, transport and clock are set, and its tenant if
    /// that is a GUID, as [`AuthenticatorBuilder::tenant`] needs it.
    pub fn authenticator(&self) -> AuthenticatorBuilder {
        let builder = Authenticator::builder(self.app_id())
            .cloud(self.teller.cloud)
            .clock(self.teller.clock.clone())
            .transport(self.teller.transport.clone());
        match &self.teller.tenant {
            Some(tenant) if Uuid::try_parse(tenant).is_ok() => builder.tenant(tenant),
            _ => builder,
        }
    }

    /// Asks the tenant `tenant`, a GUID or a domain, for tokens, as a single-tenant bot does. If not said, it is the
    /// Bot Framework's.
    pub fn tenant(self, tenant: impl Into<String>) -> Credentials {
        self.with(|teller| teller.tenant = Some(tenant.into()))
    }

    /// The cloud in which the bot is registered; [`Cloud::Public`] if not said.
    pub fn cloud(self, cloud: Cloud) -> Credentials {
        self.with(|teller| teller.cloud = cloud)
    }

    /// Asks for tokens with `transport`; with an [`HttpClient`] if not said.
    pub fn transport(self, transport: Arc<dyn Transport>) -> Credentials {
        self.with(|teller| teller.transport = transport)
    }

    /// Asks for tokens at `url` instead of at Entra's endpoint.
    pub fn token_url(self, url: impl Into<String>) -> Credentials {
        self.with(|teller| teller.token_url = Some(url.into()))
    }

    /// Takes the time from `clock`; the system's if not said.
    pub fn clock(self, clock: Clock) -> Credentials {
        self.with(|teller| teller.clock = clock)
    }

    fn with(mut self, change: impl FnOnce(&mut Teller)) -> Credentials {
        change(Arc::make_mut(&mut self.teller));
        self
    }

    fn scope(&self, name: &str) -> Arc<Scope> {
        let mut scopes = self.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(scope) = scopes.get(name) {
            return scope.clone();
        }
        if scopes.len() >= MAX_SCOPES {
            let now = Instant::now();
            scopes.retain(|_, scope| !scope.purse().is_empty(now));
            if scopes.len() >= MAX_SCOPES
                && let Some(any) = scopes.keys().next().cloned()
            {
                scopes.remove(&any);
            }
        }
        let scope = Arc::<Scope>::default();
        scopes.insert(name.to_owned(), scope.clone());
        scope
    }

    async fn token_of(&self, name: &str) -> Result<Token, TokenError> {
        let scope = self.scope(name);
        let holding = scope.purse().look(Instant::now());
        match holding {
            Holding::Good(token) => return Ok(token),
            Holding::Ageing(token) => {
                scope.renew(&self.teller, name);
                return Ok(token);
            }
            Holding::Failed(error) => return Err(error),
            Holding::Nothing => {}
        }
        let _asking = scope.asking.lock().await;
        // Somebody else may have asked meanwhile.
        let holding = scope.purse().look(Instant::now());
        match holding {
            Holding::Good(token) | Holding::Ageing(token) => Ok(token),
            Holding::Failed(error) => Err(error),
            Holding::Nothing => scope.ask(&self.teller, name).await,
        }
    }

    #[cfg(test)]
    pub(super) fn summary(&self) -> String {
        let teller = &self.teller;
        format!(
            "{}, {:?}, {:?}, {:?}",
            teller.app_id, teller.proof, teller.tenant, teller.cloud
        )
    }
}

impl Scope {
    fn purse(&self) -> MutexGuard<'_, Purse> {
        self.purse.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks; `asking` is locked.
    async fn ask(&self, teller: &Teller, name: &str) -> Result<Token, TokenError> {
        let asked = Instant::now();
        let answer = teller.ask(name).await;
        self.purse().put(answer, asked, Instant::now())
    }

    /// Asks in a task of its own, unless somebody does already.
    fn renew(self: &Arc<Self>, teller: &Arc<Teller>, name: &str) {
        let (Ok(asking), Ok(runtime)) =
            (self.asking.clone().try_lock_owned(), Handle::try_current())
        else {
            return;
        };
        let (scope, teller, name) = (self.clone(), teller.clone(), name.to_owned());
        runtime.spawn(async move {
            if let Err(error) = scope.ask(&teller, &name).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(scope = name, error, "a token cannot be renewed");
            }
            drop(asking);
        });
    }
}

impl TokenProvider for Credentials {
    fn token<'p>(&'p self, scope: &'p str) -> BoxFuture<'p, Result<Token, TokenError>> {
        Box::pin(self.token_of(scope))
    }

    fn refused(&self, scope: &str, token: &Token) {
        self.scope(scope).purse().refuse(token);
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("teller", &self.teller)
            .finish_non_exhaustive()
    }
}
