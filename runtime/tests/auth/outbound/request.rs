//! What the provider is asked.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Method;
use onhook::http::auth::{Cloud, Credentials, TokenError, TokenProvider};
use serde_json::Value;

use super::{Provider, SCOPE, SECRET, credentials, token};
use crate::mint::{KEYS, base64url};
use crate::scene::{APP, NOW, OWN_TENANT, clock};

#[tokio::test(start_paused = true)]
async fn a_secret_is_posted_to_the_tenant_of_the_cloud() {
    let form = format!(
        "grant_type=client_credentials&client_id={APP}\
         &scope=https%3A%2F%2Fapi.botframework.com%2F.default&client_secret=p~ss%20w0rd%26%3D%2B%25"
    );
    assert_eq!(SECRET, "p~ss w0rd&=+%");
    for (cloud, tenant, url) in [
        (
            Cloud::Public,
            None,
            "https://login.microsoftonline.com/botframework.com/oauth2/v2.0/token".to_owned(),
        ),
        (
            Cloud::Public,
            Some(OWN_TENANT),
            format!("https://login.microsoftonline.com/{OWN_TENANT}/oauth2/v2.0/token"),
        ),
        (
            Cloud::UsGov,
            None,
            "https://login.microsoftonline.us/MicrosoftServices.onmicrosoft.us/oauth2/v2.0/token"
                .to_owned(),
        ),
        (
            Cloud::China,
            Some("contoso.cn"),
            "https://login.partner.microsoftonline.cn/contoso.cn/oauth2/v2.0/token".to_owned(),
        ),
    ] {
        let provider = Provider::new();
        let mut credentials = credentials(&provider).cloud(cloud);
        if let Some(tenant) = tenant {
            credentials = credentials.tenant(tenant);
        }
        assert_eq!(token(&credentials).await.unwrap(), "token-1");
        let request = provider.last();
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.uri().to_string(), url);
        assert_eq!(
            request.headers()["content-type"],
            "application/x-www-form-urlencoded"
        );
        assert_eq!(request.body(), form.as_bytes());
    }
}

#[tokio::test(start_paused = true)]
async fn a_tenant_cannot_change_the_url() {
    for tenant in ["", "a/b", "a?b", "a#b", "a b", "a%2fb", "a@b", "ä"] {
        let provider = Provider::new();
        let credentials = credentials(&provider).tenant(tenant);
        let found = token(&credentials).await;
        assert!(
            matches!(found, Err(TokenError::Credentials(_))),
            "{tenant}: {found:?}"
        );
        assert_eq!(provider.asked(), 0, "{tenant}");
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

fn private_key(key: &str) -> String {
    let der: Pkcs8V1Der<'_> = KEYS[key].as_der().unwrap();
    pem("PRIVATE KEY", der.as_ref())
}

/// As much of a certificate as matters here: the public key.
fn certificate(key: &str) -> String {
    let der: PublicKeyX509Der<'_> = KEYS[key].public_key().as_der().unwrap();
    pem("CERTIFICATE", der.as_ref())
}

#[tokio::test(start_paused = true)]
async fn a_certificate_signs_a_statement() {
    let provider = Provider::new();
    let credentials =
        Credentials::certificate(APP, &certificate("channel"), &private_key("channel"))
            .unwrap()
            .tenant(OWN_TENANT)
            .clock(clock())
            .transport(provider.clone());
    assert_eq!(token(&credentials).await.unwrap(), "token-1");

    let request = provider.last();
    let form = String::from_utf8(request.body().to_vec()).unwrap();
    assert!(form.contains(
        "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&"
    ));
    assert!(!form.contains("client_secret"));
    let (_, assertion) = form.split_once("client_assertion=").unwrap();
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let json = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let (header, claims) = (json(header), json(claims));

    let der: PublicKeyX509Der<'_> = KEYS["channel"].public_key().as_der().unwrap();
    assert_eq!(header["alg"], "RS256");
    assert_eq!(header["x5t#S256"], base64url(digest(&SHA256, der.as_ref())));
    assert_eq!(
        claims["aud"],
        format!("https://login.microsoftonline.com/{OWN_TENANT}/oauth2/v2.0/token")
    );
    assert_eq!((&claims["iss"], &claims["sub"]), (&APP.into(), &APP.into()));
    assert_eq!(claims["nbf"], NOW);
    assert_eq!(claims["exp"], NOW + 300);
    assert!(!claims["jti"].as_str().unwrap().is_empty());

    let key = UnparsedPublicKey::new(
        &RSA_PKCS1_2048_8192_SHA256,
        KEYS["channel"].public_key().as_ref(),
    );
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert!(key.verify(signed.as_bytes(), &signature).is_ok());
}

#[test]
fn a_certificate_and_a_key_belong_together() {
    let (certificate, key) = (certificate("channel"), private_key("channel"));
    let other = private_key("other");
    for (certificate, key, expected) in [
        ("", key.as_str(), "the certificate is not PEM"),
        (&certificate, "", "the private key is not PEM"),
        (&certificate, &certificate, "the private key is not PEM"),
        (
            &certificate,
            &pem("PRIVATE KEY", b"key"),
            "the private key is not RSA of 2,048 bits or more",
        ),
        (
            &certificate,
            &pem("EC PRIVATE KEY", b"key"),
            "the private key is not RSA",
        ),
        (
            &certificate,
            &other,
            "the private key is not the certificate's",
        ),
    ] {
        let found = Credentials::certificate(APP, certificate, key);
        let Err(TokenError::Credentials(why)) = found else {
            panic!("{expected}: {found:?}");
        };
        assert_eq!(why, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_managed_identity_asks_its_machine() {
    let provider = Provider::new();
    let credentials = Credentials::managed_identity(APP)
        .clock(clock())
        .transport(provider.clone());
    credentials.token(SCOPE).await.unwrap();
    let request = provider.last();
    assert_eq!(request.method(), Method::GET);
    assert_eq!(
        request.uri().to_string(),
        format!(
            "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01\
             &resource=https%3A%2F%2Fapi.botframework.com&client_id={APP}"
        )
    );
    assert_eq!(request.headers()["metadata"], "true");
    assert!(request.body().is_empty());
}
