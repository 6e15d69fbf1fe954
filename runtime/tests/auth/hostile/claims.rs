//! Claims that are missing, wrong, or not of their type.

use onhook::http::auth::AuthError::{Audience, Claim, Expired, Issuer, NotYetValid};
use serde_json::{Value, json};

use super::expect;
use crate::scene::{APP, FRIEND, NOW, SERVICE_URL, channel};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
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
