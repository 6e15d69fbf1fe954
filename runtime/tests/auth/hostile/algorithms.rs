//! Algorithms that are not those of the list and the key.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PSS_SHA256, RSA_PSS_SHA384,
};
use aws_lc_rs::{hmac, rand};
use onhook::http::auth::AuthError::{Algorithm, Signature, UnknownKey};
use serde_json::{Value, json};

use super::{MALFORMED, expect, parts};
use crate::mint::{base64url, components, jwk, sign};
use crate::scene::channel;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn algorithms_are_those_of_the_list_and_the_key() {
    let unsigned = |alg: &str| {
        let mint = channel().header(json!({ "alg": alg }));
        let header = base64url(mint.header.to_string());
        format!("{header}.{}.", base64url(mint.claims.to_string()))
    };
    // With the public key, in each of its forms, as the shared secret.
    let hmac = |alg: &str, algorithm: hmac::Algorithm, secret: &[u8]| {
        let mint = channel().header(json!({ "alg": alg }));
        let token = mint.token();
        let [header, claims, _] = parts(&token);
        let signed = format!("{header}.{claims}");
        let tag = hmac::sign(&hmac::Key::new(algorithm, secret), signed.as_bytes());
        format!("{signed}.{}", base64url(tag))
    };
    let (modulus, _) = components("channel");
    let key = jwk("channel", "channel-key", &json!({})).to_string();
    let with = |alg: Value| channel().header(json!({ "alg": alg })).token();
    let pss = |alg: &str, encoding| {
        let mint = channel().header(json!({ "alg": alg }));
        let token = mint.token();
        let [header, claims, _] = parts(&token);
        let signed = format!("{header}.{claims}");
        let signature = sign(encoding, "channel", &signed);
        format!("{signed}.{}", base64url(signature))
    };
    let elliptic = |alg: &str, kid: &str| {
        let random = rand::SystemRandom::new();
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
        let mint = channel().header(json!({"alg": alg, "kid": kid}));
        let token = mint.token();
        let [header, claims, _] = parts(&token);
        let signed = format!("{header}.{claims}");
        let signature = key.sign(&random, signed.as_bytes()).unwrap();
        format!("{signed}.{}", base64url(signature))
    };
    expect(vec![
        ("none", unsigned("none"), Algorithm),
        ("None", unsigned("None"), Algorithm),
        ("NONE", unsigned("NONE"), Algorithm),
        ("nOnE", unsigned("nOnE"), Algorithm),
        ("none, but signed", with(json!("none")), Algorithm),
        ("an empty algorithm", with(json!("")), Algorithm),
        ("no algorithm", with(Value::Null), Algorithm),
        ("an algorithm that is a number", with(json!(256)), MALFORMED),
        (
            "a list of algorithms",
            with(json!(["RS256", "none"])),
            MALFORMED,
        ),
        ("rs256", with(json!("rs256")), Algorithm),
        ("a space", with(json!("RS256 ")), Algorithm),
        ("a zero", with(json!("RS256\0")), Algorithm),
        ("RS1", with(json!("RS1")), Algorithm),
        (
            "HS256 with the modulus",
            hmac("HS256", hmac::HMAC_SHA256, &modulus),
            Algorithm,
        ),
        (
            "HS256 with the published key",
            hmac("HS256", hmac::HMAC_SHA256, key.as_bytes()),
            Algorithm,
        ),
        (
            "HS512 with the modulus",
            hmac("HS512", hmac::HMAC_SHA512, &modulus),
            Algorithm,
        ),
        (
            "RS256 with HMAC's tag",
            hmac("RS256", hmac::HMAC_SHA256, &modulus),
            Signature,
        ),
        ("PS256", pss("PS256", &RSA_PSS_SHA256), Algorithm),
        (
            "RS256 with PSS's signature",
            pss("RS256", &RSA_PSS_SHA256),
            Signature,
        ),
        (
            "RS384 with PSS's signature",
            pss("RS384", &RSA_PSS_SHA384),
            Signature,
        ),
        ("ES256", elliptic("ES256", "channel-key"), Algorithm),
        ("ES256 of an EC key", elliptic("ES256", "ec-key"), Algorithm),
        (
            "RS256 with ECDSA's signature",
            elliptic("RS256", "channel-key"),
            Signature,
        ),
        (
            "RS256 with an EC key",
            elliptic("RS256", "ec-key"),
            UnknownKey,
        ),
        (
            "RS256 with a key for RS384",
            channel().header(json!({"kid": "rs384-key"})).token(),
            Algorithm,
        ),
        (
            "RS512 that says RS256",
            {
                let honest = channel().header(json!({"alg": "RS512"})).token();
                let [_, _, signature] = parts(&honest);
                let token = channel().token();
                let [header, claims, _] = parts(&token);
                format!("{header}.{claims}.{signature}")
            },
            Signature,
        ),
    ])
    .await;
}
