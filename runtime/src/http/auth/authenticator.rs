//! Checks who calls the bot.

use std::fmt;
use std::sync::Arc;

use http::HeaderValue;
use uuid::Uuid;

use super::builder::Callers;
use super::claims::Claims;
use super::freshness::Found;
use super::jws::{Jws, MAX_TOKEN};
use super::key::Key;
use super::key_source::KeySource;
use super::metadata::Metadata;
use super::verified::{Fingerprint, Remembered, Verified};
use super::{AuthError, AuthenticatorBuilder, Caller, CallerKind, Cloud, Identity, SetupError};
use crate::Clock;
use crate::http::HttpClient;

/// Checks who calls the bot. To be shared: keys are fetched once for all.
///
/// What is checked stands at the [module](super).
pub struct Authenticator {
    app_id: String,
    cloud: Cloud,
    callers: Callers,
    clock: Clock,
    channel_issuer: String,
    channel_keys: KeySource,
    entra_issuers: Vec<EntraIssuer>,
    entra_keys: KeySource,
    /// The identity of every channel.
    channel: Identity,
    /// The identity of everyone who has the bot's own credentials.
    emulator: Identity,
    remembered: Remembered,
}

/// As whom Entra signs tokens.
struct EntraIssuer {
    url: String,
    tenant: Option<String>,
}

/// Who claims to have issued a token.
enum Issuer<'a> {
    Channel,
    Entra(&'a EntraIssuer),
}

impl Authenticator {
    /// Sets up an authenticator for the bot whose app id is `app_id`.
    pub fn builder(app_id: impl Into<String>) -> AuthenticatorBuilder {
        AuthenticatorBuilder::new(app_id.into())
    }

    pub(super) fn new(builder: AuthenticatorBuilder) -> Result<Authenticator, SetupError> {
        let cloud = builder.cloud;
        if builder.app_id.is_empty() {
            return Err(SetupError::NoAppId);
        }
        let transport = builder
            .transport
            .unwrap_or_else(|| Arc::new(HttpClient::new()));
        let keys = |url: Option<String>, default: &str| {
            let metadata = Metadata::at(url.as_deref().unwrap_or(default))?;
            Ok(KeySource::new(metadata, transport.clone()))
        };

        let named = builder.entra_issuers.into_iter();
        let mut entra_issuers: Vec<_> =
            named.map(|url| EntraIssuer { url, tenant: None }).collect();
        let trusted = cloud.tenants().iter().map(|tenant| (*tenant).to_owned());
        for tenant in trusted.chain(builder.tenants) {
            // As issuers write it: in lower case.
            let tenant = Uuid::try_parse(&tenant)
                .map_err(|_| SetupError::Tenant(tenant))?
                .to_string();
            entra_issuers.extend(cloud.entra_issuers(&tenant).into_iter().map(|url| {
                let tenant = Some(tenant.clone());
                EntraIssuer { url, tenant }
            }));
        }

        Ok(Authenticator {
            entra_issuers,
            channel_keys: keys(builder.channel_metadata, cloud.channel_metadata())?,
            entra_keys: keys(builder.entra_metadata, cloud.entra_metadata())?,
            channel_issuer: builder
                .channel_issuer
                .unwrap_or_else(|| cloud.channel_issuer().to_owned()),
            channel: Identity::channel(cloud.caller_id(), cloud.scope()),
            emulator: Identity::emulator(&builder.app_id, cloud.scope()),
            app_id: builder.app_id,
            callers: builder.callers,
            clock: builder.clock,
            cloud,
            remembered: Remembered::default(),
        })
    }

    /// The bot's app id, which is the audience of every token.
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// The bot's cloud.
    pub fn cloud(&self) -> Cloud {
        self.cloud
    }

    /// Checks the token before the body is read: signature, issuer, audience, lifetime, app id. What the activity has
    /// to do with it, [`Caller::admit`] checks.
    ///
    /// `authorization` is the request's only header of that name: a request that has two is to be refused before,
    /// since intermediaries differ in which one they take.
    pub async fn verify(&self, authorization: Option<&HeaderValue>) -> Result<Caller, AuthError> {
        let token = bearer(authorization.ok_or(AuthError::Missing)?)?;
        let now = self.clock.now().unix_timestamp();

        let fingerprint = Fingerprint::of(token);
        if let Some(verified) = self.remembered.get(&fingerprint)
            && self
                .keys_of(verified.identity.kind())
                .is_current(verified.generation)
        {
            verified.lifetime.check(now)?;
            return Ok(Caller(verified));
        }

        let verified = Arc::new(self.check(token, now).await?);
        self.remembered.insert(fingerprint, verified.clone(), now);
        Ok(Caller(verified))
    }

    async fn check(&self, token: &str, now: i64) -> Result<Verified, AuthError> {
        let jws = Jws::parse(token)?;
        // Not yet verified: until the signature is, the claims only say whose key is to be tried.
        let claims = Claims::read(&jws.payload)?;
        let issuer = self.issuer(&claims).ok_or(AuthError::Issuer)?;
        let Found { key, generation } = match issuer {
            Issuer::Channel => self.channel_keys.key(&jws.key_id).await?,
            Issuer::Entra(_) => self.entra_keys.key(&jws.key_id).await?,
        };
        key.verify(jws.algorithm, jws.signed, &jws.signature)?;

        if claims.audience != self.app_id {
            return Err(AuthError::Audience);
        }
        claims.lifetime.check(now)?;
        let (identity, service_url) = match issuer {
            Issuer::Channel => (self.channel.clone(), Some(channel_service_url(&claims)?)),
            Issuer::Entra(issuer) => {
                self.check_tenant(issuer, &claims, &key)?;
                (self.app(&claims)?, None)
            }
        };
        Ok(Verified {
            identity,
            service_url,
            lifetime: claims.lifetime,
            key,
            generation,
        })
    }

    /// Whose token it claims to be. The list is fixed: nothing of the token extends it.
    fn issuer(&self, claims: &Claims<'_>) -> Option<Issuer<'_>> {
        if claims.issuer == self.channel_issuer {
            return Some(Issuer::Channel);
        }
        let mut issuers = self.entra_issuers.iter();
        issuers
            .find(|known| known.url == claims.issuer)
            .map(Issuer::Entra)
    }

    /// Checks that `issuer` issued the token in its own tenant, and with a key that is for this tenant: the keys of
    /// all tenants come in one set, and those of consumers sign for nobody else.
    fn check_tenant(
        &self,
        issuer: &EntraIssuer,
        claims: &Claims<'_>,
        key: &Key,
    ) -> Result<(), AuthError> {
        let Some(tenant) = issuer.tenant.as_deref() else {
            return Ok(());
        };
        if claims.tenant.as_deref().is_some_and(|said| said != tenant) {
            return Err(AuthError::Issuer);
        }
        let Some(key_issuer) = key.issuer() else {
            return Ok(());
        };
        let key_issuer = key_issuer.replace("{tenantid}", tenant);
        // The set names the issuers of version 2 also for keys of version 1.
        let is_of_tenant = self
            .entra_issuers
            .iter()
            .any(|known| known.url == key_issuer && known.tenant.as_deref() == Some(tenant));
        is_of_tenant.then_some(()).ok_or(AuthError::Issuer)
    }

    /// The bot itself, or another one, as which the caller authenticated itself with Entra.
    fn app(&self, claims: &Claims<'_>) -> Result<Identity, AuthError> {
        let (name, app_id) = match claims.version.as_deref() {
            None | Some("" | "1.0") => ("appid", &claims.appid),
            Some("2.0") => ("azp", &claims.azp),
            Some(_) => return Err(AuthError::Version),
        };
        let app_id = app_id.as_deref().filter(|app_id| !app_id.is_empty());
        let app_id = app_id.ok_or(AuthError::Claim(name))?;
        if app_id == self.app_id {
            Ok(self.emulator.clone())
        } else if claims.version.is_none() {
            // Tokens of bots always say their version.
            Err(AuthError::Claim("ver"))
        } else if self.callers.allow(app_id) {
            Ok(Identity::skill_caller(app_id))
        } else {
            Err(AuthError::CallerNotAllowed)
        }
    }

    fn keys_of(&self, kind: CallerKind) -> &KeySource {
        match kind {
            CallerKind::Channel => &self.channel_keys,
            _ => &self.entra_keys,
        }
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("app_id", &self.app_id)
            .field("cloud", &self.cloud)
            .finish_non_exhaustive()
    }
}

/// A channel's answers go where its token says. A token without it is valid and good for nothing here.
fn channel_service_url(claims: &Claims<'_>) -> Result<String, AuthError> {
    let url = claims.service_url.as_deref().filter(|url| !url.is_empty());
    url.map(str::to_owned).ok_or(AuthError::Claim("serviceurl"))
}

/// The token of `Bearer`, exactly one space and a token. The scheme is of any case (RFC 9110, 11.1).
fn bearer(authorization: &HeaderValue) -> Result<&str, AuthError> {
    if authorization.len() > MAX_TOKEN + "Bearer ".len() {
        return Err(AuthError::Malformed("it is longer than 16 KiB"));
    }
    let text = authorization.to_str().map_err(|_| AuthError::Scheme)?;
    match text.split_once(' ') {
        Some((scheme, token))
            if scheme.eq_ignore_ascii_case("Bearer")
                && !token.is_empty()
                && !token.contains(' ') =>
        {
            Ok(token)
        }
        _ => Err(AuthError::Scheme),
    }
}
