//! How an app proves to the identity provider that it is the app.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::TokenError;
use super::certificate::Certificate;
use super::managed_identity::ManagedIdentity;
use super::secret::Secret;

/// All but what RFC 3986 (2.3) leaves unreserved: good in queries and in forms.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// How an app proves itself.
#[derive(Clone, Debug)]
pub(super) enum Proof {
    Secret(Secret),
    Certificate(Arc<Certificate>),
    /// Azure knows the machine, and nothing needs to be proven.
    ManagedIdentity(ManagedIdentity),
}

impl Proof {
    /// The request for a token of `scope`: client credentials (RFC 6749, 4.4) at `token_url`, or Azure's own way.
    pub(super) fn request(
        &self,
        app_id: &str,
        scope: &str,
        token_url: &str,
        now: i64,
    ) -> Result<Request<Bytes>, TokenError> {
        let (assertion, proof);
        match self {
            Proof::Secret(secret) => proof = vec![("client_secret", secret.reveal())],
            Proof::Certificate(certificate) => {
                assertion = certificate.assertion(app_id, token_url, now)?;
                proof = vec![
                    (
                        "client_assertion_type",
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    ),
                    ("client_assertion", assertion.as_str()),
                ];
            }
            Proof::ManagedIdentity(identity) => return ask_azure(identity, app_id, scope),
        }
        let mut form = pairs(&[
            ("grant_type", "client_credentials"),
            ("client_id", app_id),
            ("scope", scope),
        ]);
        form.push('&');
        form.push_str(&pairs(&proof));
        Request::builder()
            .method(Method::POST)
            .uri(token_url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(form.into())
            .map_err(|_| TokenError::Credentials("the token url is malformed".to_owned()))
    }

    /// What the provider says of it, without the secret.
    pub(super) fn redact(&self, text: &str) -> String {
        match self {
            Proof::Secret(secret)
            | Proof::ManagedIdentity(ManagedIdentity::AppService { header: secret, .. }) => {
                secret.redact(text)
            }
            _ => text.to_owned(),
        }
    }
}

fn ask_azure(
    identity: &ManagedIdentity,
    client_id: &str,
    scope: &str,
) -> Result<Request<Bytes>, TokenError> {
    let resource = scope.strip_suffix("/.default").unwrap_or(scope);
    let query = pairs(&[("resource", resource), ("client_id", client_id)]);
    let (name, value) = identity.header();
    let malformed =
        |_| TokenError::Credentials("the endpoint of the managed identity is malformed".to_owned());
    let mut value = HeaderValue::from_str(value)
        .map_err(http::Error::from)
        .map_err(malformed)?;
    value.set_sensitive(true);
    Request::builder()
        .uri(format!("{}&{query}", identity.url()))
        .header(name, value)
        .body(Bytes::new())
        .map_err(malformed)
}

fn pairs(pairs: &[(&str, &str)]) -> String {
    let encoded: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, RESERVED)))
        .collect();
    encoded.join("&")
}
