//! Who is not let in, and why.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PSS_SHA256, RSA_PSS_SHA384,
};
use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use http::HeaderValue;
use onhook::http::auth::AuthError::{
    self, Algorithm, Audience, CallerNotAllowed, Claim, Endorsement, Expired, Issuer, NotYetValid,
    Scheme, ServiceUrl, Signature, UnknownKey, Version,
};
use serde_json::{Value, json};

use crate::mint::{Mint, base64url, components, jwk, sign};
use crate::scene::{
    APP, FRIEND, NOW, OWN_TENANT, SERVICE_URL, TENANT, activity, activity_of, authenticator,
    channel, channel_keys, verdict, version_1, version_2,
};

/// Any text will do: which one it is, says the message.
const MALFORMED: AuthError = AuthError::Malformed("");

type Case = (&'static str, String, AuthError);

/// Holds each token, with a good activity, against the reason for which it is not let in.
async fn expect(cases: Vec<Case>) {
    let authenticator = authenticator().await;
    for (name, token, expected) in cases {
        let header = format!("Bearer {token}");
        // Twice: a token that was refused is not remembered as one that was not.
        for _ in 0..2 {
            let found = verdict(&authenticator, &header, &activity()).await;
            let found = match found {
                Err(AuthError::Malformed(_)) => Err(MALFORMED),
                found => found,
            };
            assert_eq!(found, Err(expected), "{name}");
        }
    }
    let good = format!("Bearer {}", channel().token());
    assert!(verdict(&authenticator, &good, &activity()).await.is_ok());
}

fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<_> = token.split('.').collect();
    parts.try_into().unwrap()
}

#[tokio::test]
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

#[tokio::test]
async fn tokens_have_one_form() {
    let token = channel().token();
    let [header, claims, signature] = parts(&token);
    let mint = channel();
    let (header_json, claims_json) = (mint.header.to_string(), mint.claims.to_string());
    let flip = |part: &str, at: usize| {
        let mut bytes = part.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    // The last of 342 characters carries 4 bits of the signature's 256 bytes and 2 that mean nothing.
    let sloppy = {
        let (rest, last) = signature.split_at(signature.len() - 1);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let value = alphabet.find(last).unwrap();
        format!("{rest}{}", &alphabet[value + 1..value + 2])
    };
    let twice = |name: &str, value: &str| {
        let member = format!("{{\"{name}\":{value},");
        member + &claims_json[1..]
    };
    let padded = mint.signed(&format!(
        "{header}.{}",
        URL_SAFE.encode(format!("{claims_json} "))
    ));
    assert!(padded.contains('='), "the padding is not tried");
    let huge = {
        let mut mint = channel();
        mint.claims["filler"] = json!("x".repeat(16 * 1024));
        mint.token()
    };
    let nested = {
        let mint = channel().header(json!({"cty": "JWT"}));
        mint.written(&mint.header.to_string(), &token)
    };
    let many = {
        let mut mint = channel();
        for number in 0..200 {
            mint.claims[format!("c{number}")] = json!(number);
        }
        mint.token()
    };
    let spaced = format!("{header}.{claims}.{} {}", &signature[..9], &signature[9..]);
    expect(vec![
        ("a word", "token".into(), MALFORMED),
        ("dots", "..".into(), MALFORMED),
        ("one part", header.into(), MALFORMED),
        ("two parts", format!("{header}.{claims}"), MALFORMED),
        ("no signature", format!("{header}.{claims}."), Signature),
        ("no claims", format!("{header}..{signature}"), MALFORMED),
        ("no header", format!(".{claims}.{signature}"), MALFORMED),
        ("four parts", format!("{token}.{signature}"), MALFORMED),
        (
            "five parts, as encrypted tokens have",
            format!("{token}.{header}.{claims}"),
            MALFORMED,
        ),
        (
            "a truncated header",
            format!("{}.{claims}.{signature}", &header[..header.len() - 4]),
            MALFORMED,
        ),
        (
            "truncated claims",
            format!("{header}.{}.{signature}", &claims[..claims.len() - 4]),
            MALFORMED,
        ),
        (
            "a truncated signature",
            format!("{header}.{claims}.{}", &signature[..signature.len() - 4]),
            Signature,
        ),
        (
            "a longer signature",
            format!("{header}.{claims}.{}", base64url([7; 300])),
            Signature,
        ),
        (
            "a signature of zeros",
            format!("{header}.{claims}.{}", base64url([0; 256])),
            Signature,
        ),
        (
            "a signature longer than any",
            format!("{header}.{claims}.{}", base64url([7; 1025])),
            Signature,
        ),
        (
            "a changed signature",
            format!("{header}.{claims}.{}", flip(signature, 20)),
            Signature,
        ),
        (
            "claims that were not signed",
            {
                let other = channel().claims(json!({"serviceurl": "https://evil.example"}));
                let other = other.token();
                format!("{header}.{}.{signature}", parts(&other)[1])
            },
            Signature,
        ),
        (
            "a header that was not signed",
            {
                let other = channel().header(json!({"x5t": "other"})).token();
                format!("{}.{claims}.{signature}", parts(&other)[0])
            },
            Signature,
        ),
        (
            "bits that mean nothing",
            format!("{header}.{claims}.{sloppy}"),
            MALFORMED,
        ),
        (
            "a padded signature",
            format!("{header}.{claims}.{signature}=="),
            MALFORMED,
        ),
        ("padded claims, signed", padded, MALFORMED),
        (
            "base64 that is not base64url",
            format!("{header}.{claims}.{}", STANDARD.encode([0xff; 255])),
            MALFORMED,
        ),
        (
            "a tab",
            format!("{header}.\t{claims}.{signature}"),
            MALFORMED,
        ),
        ("a space", spaced, Scheme),
        ("huge", huge, MALFORMED),
        ("a token in a token", nested, MALFORMED),
        ("too many claims", many, MALFORMED),
        (
            "alg twice",
            mint.written(
                &format!("{{\"alg\":\"none\",{}", &header_json[1..]),
                &claims_json,
            ),
            MALFORMED,
        ),
        (
            "kid twice",
            mint.written(
                &format!("{{\"kid\":\"other-key\",{}", &header_json[1..]),
                &claims_json,
            ),
            MALFORMED,
        ),
        (
            "aud twice",
            mint.written(&header_json, &twice("aud", "\"somebody\"")),
            MALFORMED,
        ),
        (
            "exp twice, alike",
            mint.written(&header_json, &twice("exp", &(NOW + 3600).to_string())),
            MALFORMED,
        ),
        (
            "aud twice, once escaped",
            mint.written(&header_json, &twice("\\u0061ud", "\"somebody\"")),
            MALFORMED,
        ),
        (
            "an unknown claim twice",
            mint.written(&header_json, &twice("x\":1,\"x", "2")),
            MALFORMED,
        ),
        (
            "claims that are a list",
            mint.written(&header_json, &format!("[{claims_json}]")),
            MALFORMED,
        ),
        (
            "two objects of claims",
            mint.written(&header_json, &format!("{claims_json}{claims_json}")),
            MALFORMED,
        ),
        (
            "a header that is a text",
            mint.written("\"RS256\"", &claims_json),
            MALFORMED,
        ),
        (
            "a header that is not JSON",
            mint.written("{alg:RS256}", &claims_json),
            MALFORMED,
        ),
        (
            "crit",
            channel().header(json!({"crit": ["exp"]})).token(),
            MALFORMED,
        ),
        (
            "empty crit",
            channel().header(json!({"crit": []})).token(),
            MALFORMED,
        ),
        (
            "b64",
            channel().header(json!({"b64": false})).token(),
            MALFORMED,
        ),
        (
            "a token of another kind",
            channel().header(json!({"typ": "dpop+jwt"})).token(),
            MALFORMED,
        ),
    ])
    .await;
}

#[tokio::test]
async fn claims_are_there_and_of_their_type() {
    let claims = |change: Value| channel().claims(change).token();
    let written = |name: &str, value: &str| {
        let mut mint = channel();
        mint.claims.as_object_mut().unwrap().remove(name);
        let rest = mint.claims.to_string();
        mint.written(
            &mint.header.to_string(),
            &format!("{{\"{name}\":{value},{}", &rest[1..]),
        )
    };
    expect(vec![
        ("no issuer", claims(json!({"iss": null})), Claim("iss")),
        (
            "the issuer in a list",
            claims(json!({"iss": ["https://api.botframework.com"]})),
            Claim("iss"),
        ),
        (
            "another issuer",
            claims(json!({"iss": "https://evil.example"})),
            Issuer,
        ),
        (
            "the issuer with a slash",
            claims(json!({"iss": "https://api.botframework.com/"})),
            Issuer,
        ),
        (
            "the issuer of another case",
            claims(json!({"iss": "https://API.botframework.com"})),
            Issuer,
        ),
        ("no audience", claims(json!({"aud": null})), Claim("aud")),
        ("another audience", claims(json!({"aud": FRIEND})), Audience),
        ("an empty audience", claims(json!({"aud": ""})), Audience),
        (
            "the audience as a url",
            claims(json!({"aud": format!("api://{APP}")})),
            Audience,
        ),
        (
            "more than the audience",
            claims(json!({"aud": format!("{APP} ")})),
            Audience,
        ),
        (
            "the channels' own audience",
            claims(json!({"aud": "https://api.botframework.com"})),
            Audience,
        ),
        (
            "an audience in a list",
            claims(json!({"aud": [APP]})),
            Claim("aud"),
        ),
        (
            "two audiences",
            claims(json!({"aud": [FRIEND, APP]})),
            Claim("aud"),
        ),
        (
            "expired",
            claims(json!({"nbf": NOW - 7200, "exp": NOW - 3600})),
            Expired,
        ),
        (
            "just expired",
            claims(json!({"nbf": NOW - 7200, "exp": NOW - 300})),
            Expired,
        ),
        (
            "not yet valid",
            claims(json!({"nbf": NOW + 3600, "exp": NOW + 7200})),
            NotYetValid,
        ),
        (
            "never valid",
            claims(json!({"nbf": NOW + 200, "exp": NOW - 200})),
            Expired,
        ),
        ("no exp", claims(json!({"exp": null})), Claim("exp")),
        ("exp null", written("exp", "null"), Claim("exp")),
        (
            "exp as a text",
            claims(json!({"exp": (NOW + 3600).to_string()})),
            Claim("exp"),
        ),
        ("exp true", claims(json!({"exp": true})), Claim("exp")),
        (
            "exp in a list",
            claims(json!({"exp": [NOW + 3600]})),
            Claim("exp"),
        ),
        (
            "exp with a fraction",
            written("exp", "1790003600.5"),
            Claim("exp"),
        ),
        (
            "exp with an exponent",
            written("exp", "1e300"),
            Claim("exp"),
        ),
        (
            "exp in milliseconds",
            written("exp", "1790003600000"),
            Claim("exp"),
        ),
        (
            "exp beyond 64 bits",
            written("exp", "99999999999999999999"),
            Claim("exp"),
        ),
        (
            "the largest exp",
            written("exp", "9223372036854775807"),
            Claim("exp"),
        ),
        ("negative exp", written("exp", "-1"), Claim("exp")),
        ("exp of 1970", written("exp", "0"), Expired),
        ("no nbf", claims(json!({"nbf": null})), Claim("nbf")),
        (
            "nbf as a text (CVE-2026-25537)",
            claims(json!({"nbf": "99999999999"})),
            Claim("nbf"),
        ),
        ("nbf null", written("nbf", "null"), Claim("nbf")),
        (
            "negative nbf",
            written("nbf", "-9223372036854775808"),
            Claim("nbf"),
        ),
        (
            "no service url",
            claims(json!({"serviceurl": null})),
            Claim("serviceurl"),
        ),
        (
            "an empty service url",
            claims(json!({"serviceurl": ""})),
            Claim("serviceurl"),
        ),
        (
            "a service url in a list",
            claims(json!({"serviceurl": [SERVICE_URL]})),
            Claim("serviceurl"),
        ),
        (
            "a service url under another name",
            claims(json!({"serviceurl": null, "serviceUrl": SERVICE_URL})),
            Claim("serviceurl"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn apps_are_known_and_allowed() {
    let claims = |mint: Mint, change: Value| mint.claims(change).token();
    let stranger = "99999999-0000-4000-8000-000000000000";
    let of_tenant = |mint: Mint, tenant: &str| {
        let issuer = format!("https://login.microsoftonline.com/{tenant}/v2.0");
        mint.claims(json!({"iss": issuer, "tid": tenant})).token()
    };
    expect(vec![
        (
            "the Emulator of another app",
            version_1(stranger).token(),
            CallerNotAllowed,
        ),
        (
            "a bot that is not allowed",
            version_2(stranger).token(),
            CallerNotAllowed,
        ),
        (
            "an allowed bot of another case",
            version_2(&FRIEND.to_uppercase()).token(),
            CallerNotAllowed,
        ),
        (
            "azp in version 1",
            claims(version_1(APP), json!({"appid": null, "azp": APP})),
            Claim("appid"),
        ),
        (
            "appid in version 2",
            claims(version_2(APP), json!({"appid": APP, "azp": null})),
            Claim("azp"),
        ),
        (
            "an allowed appid in version 2",
            claims(version_2(stranger), json!({"appid": APP})),
            CallerNotAllowed,
        ),
        (
            "an empty appid",
            claims(version_1(APP), json!({"appid": ""})),
            Claim("appid"),
        ),
        (
            "an appid that is a number",
            claims(version_1(APP), json!({"appid": 7})),
            Claim("appid"),
        ),
        (
            "an unknown version",
            claims(version_1(APP), json!({"ver": "3.0", "azp": APP})),
            Version,
        ),
        (
            "a version that is a number",
            claims(version_1(APP), json!({"ver": 1.0})),
            Claim("ver"),
        ),
        (
            "a bot's token without a version",
            claims(version_1(FRIEND), json!({"ver": null})),
            Claim("ver"),
        ),
        (
            "a token for another bot",
            claims(version_2(FRIEND), json!({"aud": FRIEND})),
            Audience,
        ),
        (
            "an expired app's token",
            claims(version_2(APP), json!({"nbf": NOW - 7200, "exp": NOW - 301})),
            Expired,
        ),
        (
            "a tenant that is not trusted",
            of_tenant(version_2(APP), "deadbeef-0000-4000-8000-000000000000"),
            Issuer,
        ),
        (
            "the common tenant",
            of_tenant(version_2(APP), "common"),
            Issuer,
        ),
        (
            "the tenant's template",
            of_tenant(version_2(APP), "{tenantid}"),
            Issuer,
        ),
        (
            "a tid that is trusted but not the issuer's",
            claims(version_1(APP), json!({"tid": OWN_TENANT})),
            Issuer,
        ),
        (
            "a trusted tid of an issuer that is not",
            claims(
                version_1(APP),
                json!({"iss": "https://evil.example/", "tid": TENANT}),
            ),
            Issuer,
        ),
        (
            "the issuer of version 1 without its slash",
            claims(
                version_1(APP),
                json!({"iss": format!("https://sts.windows.net/{TENANT}")}),
            ),
            Issuer,
        ),
        (
            "Entra's token for a channel's",
            version_1(APP)
                .claims(json!({"iss": "https://api.botframework.com"}))
                .token(),
            UnknownKey,
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_channel_is_held_to_its_activity() {
    let authenticator = authenticator().await;
    let good = channel();
    let with_key = |kid: &str| channel().header(json!({ "kid": kid }));
    let unaddressed = {
        let mut activity = activity();
        activity.service_url = None;
        activity
    };
    let of_no_channel = {
        let mut activity = activity();
        activity.channel_id = None;
        activity
    };
    for (name, mint, activity, expected) in [
        (
            "a channel that the key is not endorsed for",
            good.clone(),
            activity_of("webchat", SERVICE_URL),
            Endorsement,
        ),
        (
            "another channel's key",
            with_key("webchat-key"),
            activity(),
            Endorsement,
        ),
        (
            "a key that is endorsed for nothing",
            with_key("bare-key"),
            activity(),
            Endorsement,
        ),
        (
            "the channel in another case",
            good.clone(),
            activity_of("Telephony", SERVICE_URL),
            Endorsement,
        ),
        (
            "no channel",
            with_key("bare-key"),
            of_no_channel,
            Endorsement,
        ),
        (
            "an empty channel",
            with_key("bare-key"),
            activity_of("", SERVICE_URL),
            Endorsement,
        ),
        (
            "another host",
            good.clone(),
            activity_of("telephony", "https://evil.example/v1/amer"),
            ServiceUrl,
        ),
        (
            "another path",
            good.clone(),
            activity_of("telephony", "https://telephony.botframework.com/v1/emea"),
            ServiceUrl,
        ),
        (
            "the host for a prefix",
            good.clone(),
            activity_of("telephony", &format!("{SERVICE_URL}.evil.example")),
            ServiceUrl,
        ),
        (
            "a slash more",
            good.clone(),
            activity_of("telephony", &format!("{SERVICE_URL}/")),
            ServiceUrl,
        ),
        (
            "a part of the url",
            good.clone(),
            activity_of("telephony", "https://telephony.botframework.com"),
            ServiceUrl,
        ),
        ("no url", good, unaddressed, ServiceUrl),
    ] {
        let header = format!("Bearer {}", mint.token());
        let found = verdict(&authenticator, &header, &activity).await;
        assert_eq!(found, Err(expected), "{name}");
        assert_eq!(expected.status(), 403, "{name}");
    }
}

#[tokio::test]
async fn the_header_is_bearer_and_a_token() {
    let authenticator = authenticator().await;
    let token = channel().token();
    assert_eq!(
        authenticator.verify(None).await.err(),
        Some(AuthError::Missing)
    );
    for header in [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        token.clone(),
        format!("Bearer  {token}"),
        format!("Bearer\t{token}"),
        format!("Bearer {token} "),
        format!(" Bearer {token}"),
        format!("Bearer {token} {token}"),
        format!("Bearer {token}, Bearer {token}"),
        format!("Bearer:{token}"),
        format!("Basic {token}"),
        format!("Bearers {token}"),
        format!("Token {token}"),
    ] {
        let found = verdict(&authenticator, &header, &activity()).await;
        assert_eq!(found, Err(Scheme), "{header:?}");
    }
    let latin = HeaderValue::from_bytes(b"Bearer caf\xe9").unwrap();
    let found = authenticator.verify(Some(&latin)).await;
    assert_eq!(found.err(), Some(Scheme));
}

#[tokio::test]
async fn errors_have_a_status_and_keep_the_token() {
    for (error, status) in [
        (AuthError::Missing, 401),
        (Scheme, 401),
        (MALFORMED, 401),
        (Algorithm, 401),
        (UnknownKey, 401),
        (Signature, 401),
        (Issuer, 401),
        (Audience, 401),
        (Expired, 401),
        (NotYetValid, 401),
        (Claim("exp"), 401),
        (Version, 401),
        (CallerNotAllowed, 403),
        (Endorsement, 403),
        (ServiceUrl, 403),
        (AuthError::Unavailable, 503),
    ] {
        assert_eq!(error.status(), status, "{error:?}");
        assert!(!error.code().is_empty());
    }
    // The published keys of the tests are as they are meant to be: good ones besides those that are not.
    assert_eq!(channel_keys()["keys"].as_array().unwrap().len(), 15);
}
