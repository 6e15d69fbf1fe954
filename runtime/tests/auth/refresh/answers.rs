//! Which answers of a provider are keys, and what an authenticator needs to ask it.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use onhook::BoxFuture;
use onhook::http::auth::{AuthError, Authenticator, SetupError};
use onhook::http::{Transport, TransportError};
use serde_json::json;

use super::{keys, knock};
use crate::scene::{APP, builder};

/// Answers each path with what it is given.
struct Fixed(Vec<(&'static str, u16, String)>);

impl Transport for Fixed {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let url = request.uri().to_string();
        let known = self.0.iter().find(|(known, ..)| *known == url);
        let (_, status, body) = known.unwrap_or_else(|| panic!("{url} is asked for"));
        let mut response = Response::new(Bytes::from(body.clone()));
        *response.status_mut() = StatusCode::from_u16(*status).unwrap();
        Box::pin(async move { Ok(response) })
    }
}

#[tokio::test(start_paused = true)]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn only_sound_answers_are_keys() {
    const METADATA: &str = "https://issuer.example/metadata";
    const KEYS: &str = "https://keys.example/keys";
    let good = keys(&["channel-key"]).to_string();
    let points_to = |url: &str| json!({ "jwks_uri": url }).to_string();
    let many = {
        let kids: Vec<_> = (0..257).map(|number| format!("key-{number}")).collect();
        let mut kids: Vec<_> = kids.iter().map(String::as_str).collect();
        kids.push("channel-key");
        keys(&kids).to_string()
    };
    for (name, metadata, keys, is_good) in [
        ("good", (200, points_to(KEYS)), (200, good.clone()), true),
        (
            "metadata not found",
            (404, points_to(KEYS)),
            (200, good.clone()),
            false,
        ),
        (
            "a redirect",
            (302, points_to(KEYS)),
            (200, good.clone()),
            false,
        ),
        (
            "no jwks_uri",
            (200, "{}".into()),
            (200, good.clone()),
            false,
        ),
        (
            "no JSON",
            (200, "<html>".into()),
            (200, good.clone()),
            false,
        ),
        (
            "keys over http",
            (200, points_to("http://keys.example/keys")),
            (200, good.clone()),
            false,
        ),
        (
            "keys in a file",
            (200, points_to("file:///etc/keys")),
            (200, good.clone()),
            false,
        ),
        (
            "keys at a path",
            (200, points_to("/keys")),
            (200, good.clone()),
            false,
        ),
        (
            "huge metadata",
            (200, points_to(KEYS) + &" ".repeat(64 * 1024)),
            (200, good.clone()),
            false,
        ),
        (
            "huge keys",
            (200, points_to(KEYS)),
            (200, good.clone() + &" ".repeat(1024 * 1024)),
            false,
        ),
        ("too many keys", (200, points_to(KEYS)), (200, many), false),
        (
            "no keys",
            (200, points_to(KEYS)),
            (200, r#"{"keys":[]}"#.into()),
            false,
        ),
        (
            "no usable key",
            (200, points_to(KEYS)),
            (200, good.replace("RSA", "rsa")),
            false,
        ),
        (
            "keys with an error",
            (200, points_to(KEYS)),
            (500, good.clone()),
            false,
        ),
    ] {
        let transport = Fixed(vec![
            (METADATA, metadata.0, metadata.1),
            (KEYS, keys.0, keys.1),
            ("http://keys.example/keys", 200, good.clone()),
            ("file:///etc/keys", 200, good.clone()),
            ("/keys", 200, good.clone()),
        ]);
        let authenticator = builder()
            .channel_metadata(METADATA)
            .transport(Arc::new(transport))
            .build()
            .unwrap();
        let found = knock(&authenticator, "channel-key").await;
        let expected = if is_good {
            Ok(())
        } else {
            Err(AuthError::Unavailable)
        };
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn an_authenticator_needs_an_app_a_transport_and_urls() {
    let transport = || Arc::new(Fixed(Vec::new()));
    let no_app = Authenticator::builder("").transport(transport()).build();
    assert_eq!(no_app.err(), Some(SetupError::NoAppId));
    for tenant in ["common", "contoso.com", "", "{tenantid}"] {
        let builder = Authenticator::builder(APP).transport(transport());
        let found = builder.tenant(tenant).build();
        assert_eq!(found.err(), Some(SetupError::Tenant(tenant.into())));
    }
    for url in ["", "metadata", "/metadata", "ftp://issuer.example/metadata"] {
        let builder = Authenticator::builder(APP).transport(transport());
        let found = builder.entra_metadata(url).build();
        assert_eq!(found.err(), Some(SetupError::MetadataUrl(url.into())));
    }
    let set_up = Authenticator::builder(APP).transport(transport()).build();
    assert_eq!(set_up.unwrap().app_id(), APP);
}
