//! The same verdict as `jsonwebtoken`, which stands in for any other careful verifier.

use std::sync::{LazyLock, Once};
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use onhook::Clock;
use onhook::http::auth::Authenticator;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::mint::{Mint, base64url, components};
use crate::scene::{APP, FRIEND, activity, at_loopback, builder, channel, verdict};

const ISSUER: &str = "https://api.botframework.com";

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static AUTHENTICATOR: LazyLock<Authenticator> =
    LazyLock::new(|| RUNTIME.block_on(at_loopback(builder().clock(Clock::system()))));

fn ours(token: &str) -> bool {
    let header = format!("Bearer {token}");
    let Ok(header) = http::HeaderValue::from_str(&header) else {
        return false;
    };
    let header = header.to_str().unwrap();
    RUNTIME
        .block_on(verdict(&AUTHENTICATOR, header, &activity()))
        .is_ok()
}

fn theirs(token: &str) -> bool {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // An error says that it was installed before.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    });
    let (n, e) = components("channel");
    let key = DecodingKey::from_rsa_components(&base64url(n), &base64url(e)).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.algorithms = vec![Algorithm::RS256, Algorithm::RS384, Algorithm::RS512];
    validation.leeway = 300;
    validation.validate_nbf = true;
    validation.set_audience(&[APP]);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud"]);
    jsonwebtoken::decode::<Value>(token, &key, &validation).is_ok()
}

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs().try_into().unwrap()
}

/// A channel's token that is valid on the system's clock.
fn fresh() -> Mint {
    channel().claims(json!({"nbf": now() - 60, "exp": now() + 3600}))
}

/// A time, some seconds from now, in one of the forms that a claim can take; not within a few seconds of the skew,
/// since the two look at the clock at different moments.
fn time() -> impl Strategy<Value = Value> {
    let offset = prop_oneof![
        -100_000..-310_i64,
        -290..290_i64,
        310..100_000_i64,
        Just(-1_000_000_000)
    ];
    (offset, 0..8_u8).prop_map(|(offset, form)| match form {
        0 => json!((now() + offset).to_string()),
        1 => Value::Null,
        2 => json!([now() + offset]),
        3 => json!(true),
        4 => json!({"at": now() + offset}),
        _ => json!(now() + offset),
    })
}

/// One change, of which each makes the token bad or leaves it good.
fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (time(), time()).prop_map(|(nbf, exp)| Change::Claims(json!({"nbf": nbf, "exp": exp}))),
        1 => select(vec![json!(APP), json!(FRIEND), json!(""), json!(7), Value::Null])
            .prop_map(|aud| Change::Claims(json!({ "aud": aud }))),
        1 => select(vec![json!(ISSUER), json!("https://api.botframework.us"), json!(7), Value::Null])
            .prop_map(|iss| Change::Claims(json!({ "iss": iss }))),
        2 => select(vec!["RS256", "RS384", "RS512", "HS256", "PS256", "ES256", "none", "", "rs256"])
            .prop_map(|alg| Change::Header(json!({ "alg": alg }))),
        1 => select(vec!["channel", "stranger"]).prop_map(Change::Key),
        2 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, to)| Change::Character(at, to)),
        1 => any::<prop::sample::Index>().prop_map(Change::Cut),
        1 => Just(Change::None),
    ]
}

#[derive(Clone, Debug)]
enum Change {
    None,
    Claims(Value),
    Header(Value),
    Key(&'static str),
    /// Another character at some place.
    Character(prop::sample::Index, u8),
    /// Nothing from some place on.
    Cut(prop::sample::Index),
}

impl Change {
    /// A token that is never valid is valid to others within the skew.
    fn ends_before_it_begins(&self) -> bool {
        match self {
            Change::Claims(claims) => claims["exp"].as_i64() < claims["nbf"].as_i64(),
            _ => false,
        }
    }
}

fn changed(change: &Change) -> String {
    let mint = fresh();
    match change {
        Change::None => mint.token(),
        Change::Claims(claims) => mint.claims(claims.clone()).token(),
        Change::Header(header) => mint.header(header.clone()).token(),
        Change::Key(key) => mint.key(key).token(),
        Change::Character(at, to) => {
            let mut token = mint.token().into_bytes();
            let at = at.index(token.len());
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.+/";
            token[at] = alphabet[usize::from(*to) % alphabet.len()];
            String::from_utf8(token).unwrap()
        }
        Change::Cut(at) => {
            let mut token = mint.token();
            token.truncate(at.index(token.len()));
            token
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_verdict_is_that_of_another_verifier(change in change()) {
        let token = changed(&change);
        let expected = theirs(&token) && !change.ends_before_it_begins();
        prop_assert_eq!(ours(&token), expected, "{}", token);
    }
}

#[test]
fn a_time_of_the_wrong_type_is_not_absent() {
    // The token of CVE-2026-25537: `nbf` in the far future, as a text.
    let token = fresh().claims(json!({"nbf": "99999999999"})).token();
    assert!(!theirs(&token) && !ours(&token));
    let token = fresh().claims(json!({"exp": "1"})).token();
    assert!(!theirs(&token) && !ours(&token));
    let token = fresh().token();
    assert!(theirs(&token) && ours(&token));
}

#[test]
fn we_are_stricter_where_the_standard_leaves_it_open() {
    let mint = fresh();
    let (header, claims) = (mint.header.to_string(), mint.claims.to_string());
    for (name, token) in [
        (
            "a token that is never valid",
            fresh()
                .claims(json!({"nbf": now() + 100, "exp": now() - 100}))
                .token(),
        ),
        (
            "a list of audiences",
            fresh().claims(json!({"aud": [APP]})).token(),
        ),
        (
            "duplicate claims",
            mint.written(&header, &format!("{{\"x\":1,\"x\":2,{}", &claims[1..])),
        ),
        ("extensions", fresh().header(json!({"b64": true})).token()),
    ] {
        assert!(theirs(&token), "{name}");
        assert!(!ours(&token), "{name}");
    }
}
