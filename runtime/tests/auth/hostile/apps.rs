//! Apps that are not known, or not allowed.

use onhook::http::auth::AuthError::{
    Audience, CallerNotAllowed, Claim, Expired, Issuer, UnknownKey, Version,
};
use serde_json::{Value, json};

use super::expect;
use crate::mint::Mint;
use crate::scene::{APP, FRIEND, NOW, OWN_TENANT, TENANT, version_1, version_2};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
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
