//! Keys that are not the issuer's own, or not for this.

use onhook::http::auth::AuthError::{Issuer, Signature, UnknownKey};
use serde_json::{Value, json};

use super::{MALFORMED, expect};
use crate::mint::jwk;
use crate::scene::{APP, channel, version_1, version_2};

#[tokio::test]
async fn keys_are_the_issuers_own() {
    let kid = |kid: Value| channel().header(json!({ "kid": kid })).token();
    let own = jwk("stranger", "channel-key", &json!({}));
    let brought = |more: Value| channel().key("stranger").header(more).token();
    expect(vec![
        (
            "a stranger's key under a known name",
            channel().key("stranger").token(),
            Signature,
        ),
        (
            "the name of another key",
            kid(json!("other-key")),
            Signature,
        ),
        ("an unknown name", kid(json!("nobody")), UnknownKey),
        ("no name", kid(Value::Null), UnknownKey),
        ("an empty name", kid(json!("")), UnknownKey),
        (
            "a name of another case",
            kid(json!("Channel-Key")),
            UnknownKey,
        ),
        ("a name that is a number", kid(json!(1)), MALFORMED),
        ("a long name", kid(json!("k".repeat(300))), UnknownKey),
        ("a path for a name", kid(json!("../entra/keys")), UnknownKey),
        ("a key of 1,024 bits", kid(json!("weak-key")), UnknownKey),
        ("a key with exponent 1", kid(json!("one-key")), UnknownKey),
        (
            "a key with an even exponent",
            kid(json!("even-key")),
            UnknownKey,
        ),
        (
            "a key for encryption",
            kid(json!("encryption-key")),
            UnknownKey,
        ),
        ("a key for HMAC", kid(json!("hmac-key")), UnknownKey),
        ("a secret key", kid(json!("secret-key")), UnknownKey),
        ("a malformed key", kid(json!("padded-key")), UnknownKey),
        ("a key of no type", kid(json!("typeless-key")), UnknownKey),
        ("an embedded jwk", brought(json!({ "jwk": own })), Signature),
        (
            "an embedded jwk and no name",
            brought(json!({"jwk": own, "kid": null})),
            UnknownKey,
        ),
        (
            "jku",
            brought(json!({"jku": "http://127.0.0.1:1/keys", "kid": "stranger"})),
            UnknownKey,
        ),
        (
            "x5u and x5c",
            brought(json!({"x5u": "http://127.0.0.1:1/certificate", "x5c": ["MIIB"]})),
            Signature,
        ),
        (
            "Entra's key for a channel's token",
            channel()
                .key("entra")
                .header(json!({"kid": "entra-key"}))
                .token(),
            UnknownKey,
        ),
        (
            "a channel's key for an app's token",
            version_1(APP)
                .key("channel")
                .header(json!({"kid": "channel-key"}))
                .token(),
            UnknownKey,
        ),
        (
            "the key of consumers for a tenant's token",
            version_2(APP)
                .header(json!({"kid": "consumers-key"}))
                .token(),
            Issuer,
        ),
    ])
    .await;
}
