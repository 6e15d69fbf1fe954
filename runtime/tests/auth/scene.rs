//! The bot, those who call it, and what it says to them.

use std::sync::Arc;

use http::HeaderValue;
use onhook::http::auth::{AuthError, Authenticator, AuthenticatorBuilder, Identity};
use onhook::{Activity, Clock};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::loopback::{self, Loopback};
use crate::mint::{Mint, jwk};

pub(crate) const APP: &str = "7f0e1c1a-6c5f-4f0e-9d0c-1b7f3a5d2c11";
pub(crate) const FRIEND: &str = "b1e2c3d4-0000-4000-8000-00000000f00d";
pub(crate) const SERVICE_URL: &str = "https://telephony.botframework.com/v1/amer";
/// Of Microsoft, always trusted in the public cloud.
pub(crate) const TENANT: &str = "d6d49420-f39b-4df7-a1dc-d59a935871db";
/// The bot's own.
pub(crate) const OWN_TENANT: &str = "11111111-2222-4333-8444-555555555555";
/// What every clock shows at the start of a test.
pub(crate) const NOW: i64 = 1_790_000_000;

pub(crate) fn clock() -> Clock {
    Clock::starting_at(OffsetDateTime::from_unix_timestamp(NOW).unwrap())
}

/// The keys of the channels' issuer.
pub(crate) fn channel_keys() -> Value {
    let telephony = json!({"endorsements": ["msteams", "telephony"]});
    let (mut weak, _) = crate::mint::components("channel");
    weak.truncate(1024 / 8);
    let weak = crate::mint::base64url(weak);
    let with = |kid: &str, more: Value| {
        let mut key = jwk("channel", kid, &telephony);
        crate::mint::patch(&mut key, more);
        key
    };
    json!({"keys": [
        jwk("channel", "channel-key", &telephony),
        jwk("other", "other-key", &telephony),
        with("webchat-key", json!({"endorsements": ["webchat", "Telephony", "telephony "]})),
        with("bare-key", json!({"endorsements": null})),
        with("rs384-key", json!({"alg": "RS384"})),
        with("encryption-key", json!({"use": "enc"})),
        with("hmac-key", json!({"alg": "HS256"})),
        with("weak-key", json!({"n": weak})),
        with("one-key", json!({"e": "AQ"})),
        with("even-key", json!({"e": "AQAA"})),
        with("padded-key", json!({"e": "AQAB=="})),
        with("typeless-key", json!({"kty": null})),
        {"kty": "EC", "use": "sig", "kid": "ec-key", "crv": "P-256", "x": "AQ", "y": "AQ"},
        {"kty": "oct", "use": "sig", "kid": "secret-key", "k": "c2VjcmV0"},
        "not a key",
    ]})
}

/// The keys of Entra in the public cloud.
pub(crate) fn entra_keys() -> Value {
    let every = json!({"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"});
    let consumers = json!({"issuer": "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"});
    json!({"keys": [
        jwk("entra", "entra-key", &every),
        jwk("entra", "bare-entra-key", &json!({})),
        jwk("entra", "consumers-key", &consumers),
    ]})
}

/// What a channel's token says, valid for an hour from [`NOW`].
pub(crate) fn channel() -> Mint {
    let claims = json!({
        "iss": "https://api.botframework.com", "aud": APP, "serviceurl": SERVICE_URL,
        "nbf": NOW, "exp": NOW + 3600,
    });
    Mint::new("channel-key", "channel", claims)
}

/// What a token of version 1 of the app `app_id` says.
pub(crate) fn version_1(app_id: &str) -> Mint {
    let claims = json!({
        "iss": format!("https://sts.windows.net/{TENANT}/"), "aud": APP, "tid": TENANT,
        "ver": "1.0", "appid": app_id, "nbf": NOW, "exp": NOW + 3600,
    });
    Mint::new("entra-key", "entra", claims)
}

/// What a token of version 2 of the app `app_id` says.
pub(crate) fn version_2(app_id: &str) -> Mint {
    let issuer = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    let change = json!({"iss": issuer, "ver": "2.0", "appid": null, "azp": app_id});
    version_1(app_id).claims(change)
}

/// The activity that comes with a token.
pub(crate) fn activity() -> Activity {
    activity_of("telephony", SERVICE_URL)
}

pub(crate) fn activity_of(channel: &str, service_url: &str) -> Activity {
    let mut activity = Activity::message("hello");
    activity.channel_id = Some(channel.into());
    activity.service_url = Some(service_url.into());
    activity
}

/// The bot's authenticator, which lets [`FRIEND`] call, before its provider is told.
pub(crate) fn builder() -> AuthenticatorBuilder {
    Authenticator::builder(APP)
        .tenant(OWN_TENANT)
        .allow_caller(FRIEND)
        .clock(clock())
}

/// The bot's authenticator with a provider on the loopback interface.
pub(crate) async fn authenticator() -> Authenticator {
    at_loopback(builder()).await
}

pub(crate) async fn at_loopback(builder: AuthenticatorBuilder) -> Authenticator {
    let provider = loopback::serve(channel_keys(), entra_keys()).await;
    builder
        .channel_metadata(format!("http://{provider}/channel"))
        .entra_metadata(format!("http://{provider}/entra"))
        .transport(Arc::new(Loopback))
        .build()
        .unwrap()
}

/// Whether a request with this header and activity is let in.
pub(crate) async fn verdict(
    authenticator: &Authenticator,
    authorization: &str,
    activity: &Activity,
) -> Result<Identity, AuthError> {
    let header = HeaderValue::from_str(authorization).unwrap();
    authenticator.verify(Some(&header)).await?.admit(activity)
}
