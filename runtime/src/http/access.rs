//! Who may call the bot.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri, header};

use super::auth::{AuthError, Authenticator, Caller, Identity};
use super::authority;
use super::endpoint::PeerAddress;
use super::problem::Problem;
use crate::activity::Activity;

/// The rule: a token that is valid, or without an app id, loopback.
#[derive(Clone)]
pub(super) enum Access {
    Loopback(Arc<AtomicBool>),
    Token(Arc<Authenticator>),
}

/// A caller whose activity has not been read yet.
pub(super) enum Caught {
    Loopback,
    Token(Caller),
}

impl Access {
    pub(super) fn new(authenticator: Option<Authenticator>) -> Access {
        match authenticator {
            Some(authenticator) => Access::Token(Arc::new(authenticator)),
            None => Access::Loopback(Arc::default()),
        }
    }

    pub(super) fn is_anonymous(&self) -> bool {
        matches!(self, Access::Loopback(_))
    }

    /// Checks what the head of a request for `host` shows.
    pub(super) async fn caller(&self, head: &Parts, host: Option<&str>) -> Result<Caught, Problem> {
        match self {
            Access::Token(authenticator) => {
                let token = head.headers.get(header::AUTHORIZATION);
                if head.headers.get_all(header::AUTHORIZATION).iter().count() > 1 {
                    return Err(unauthorized(
                        "there is more than one `Authorization` header",
                    ));
                }
                Ok(Caught::Token(authenticator.verify(token).await?))
            }
            Access::Loopback(warned) => {
                if !warned.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        target: "onhook::http",
                        "the bot has no app id: callers are not authenticated, and only loopback is taken",
                    );
                }
                match foreign(head, host) {
                    None => Ok(Caught::Loopback),
                    Some(reason) => Err(unauthorized(&format!(
                        "the bot has no app id, so that it takes only what comes from its own machine: {reason}",
                    ))),
                }
            }
        }
    }
}

impl Caught {
    /// Checks what only the activity shows.
    pub(super) fn admit(self, activity: &Activity) -> Result<Identity, Problem> {
        match self {
            Caught::Loopback => Ok(Identity::anonymous()),
            Caught::Token(caller) => Ok(caller.admit(activity)?),
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Access::Loopback(_) => "Loopback",
            Access::Token(_) => "Token",
        })
    }
}

/// Why a request does not come from this machine, or not surely.
fn foreign(head: &Parts, host: Option<&str>) -> Option<&'static str> {
    let headers = &head.headers;
    match peer(head) {
        None => Some(NO_PEER),
        Some(peer) if !peer.ip().to_canonical().is_loopback() => {
            Some("the caller is another machine")
        }
        // What a proxy passes on comes from loopback too.
        Some(_) if is_forwarded(headers) => Some("a proxy has forwarded the request"),
        Some(_) if is_foreign_page(headers) => Some("`Origin` is a page of another machine"),
        // A name of elsewhere can be made to lead here, by who owns it or by a tunnel.
        Some(_) if host.is_some_and(|host| !authority::is_loopback(host)) => {
            Some("`Host` must be localhost, a name below it, or an address of loopback")
        }
        Some(_) => None,
    }
}

/// Nobody has said where the request comes from.
const NO_PEER: &str = "the HTTP server does not say where the request comes from. Add `onhook::http::PeerAddress` to \
     the request's extensions; axum adds the address if the application is served with \
     `into_make_service_with_connect_info::<SocketAddr>()`";

fn peer(head: &Parts) -> Option<SocketAddr> {
    let peer = head.extensions.get::<PeerAddress>().map(|peer| peer.0);
    #[cfg(feature = "axum")]
    let peer = peer.or_else(|| {
        let info = head
            .extensions
            .get::<axum::extract::ConnectInfo<SocketAddr>>();
        info.map(|info| info.0)
    });
    peer
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        let name = name.as_str();
        name.starts_with("x-forwarded") || PROXIES.contains(&name)
    })
}

/// What proxies and tunnels say of themselves and of whom they speak for.
const PROXIES: [&str; 9] = [
    "cf-connecting-ip",
    "fastly-client-ip",
    "forwarded",
    "true-client-ip",
    "via",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-forwarded-for",
    "x-real-ip",
];

/// Whether a page of another machine sends this: one that a browser here has open, and whose name was made to lead
/// here after it was loaded.
fn is_foreign_page(headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    origins.any(|origin| {
        let Ok(origin) = Uri::try_from(origin.as_bytes()) else {
            return true;
        };
        // `null` and `file://` are pages without a name.
        let web = matches!(origin.scheme_str(), Some("http" | "https"));
        web && !origin.host().is_some_and(authority::is_loopback)
    })
}

fn unauthorized(message: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
        .with_header(header::WWW_AUTHENTICATE, "Bearer")
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Problem {
        let problem = Problem::new(error.status(), error.code(), error.to_string());
        match error.status() {
            StatusCode::UNAUTHORIZED => problem.with_header(header::WWW_AUTHENTICATE, "Bearer"),
            StatusCode::SERVICE_UNAVAILABLE => problem.with_header(header::RETRY_AFTER, "5"),
            _ => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn admitted(peer: Option<&str>, headers: &[(&str, &str)]) -> bool {
        answered(peer, headers).await.is_ok()
    }

    /// Whether the caller is let in, or why not.
    async fn answered(peer: Option<&str>, headers: &[(&str, &str)]) -> Result<(), String> {
        let mut request = http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut head, ()) = request.body(()).unwrap().into_parts();
        if let Some(peer) = peer {
            head.extensions.insert(PeerAddress(peer.parse().unwrap()));
        }
        let access = Access::new(None);
        let host = authority::of(&head.uri, &head.headers).unwrap();
        match access.caller(&head, host).await {
            Ok(_) => Ok(()),
            Err(problem) => {
                assert_eq!(problem.status(), 401);
                Err(problem.message().to_owned())
            }
        }
    }

    #[tokio::test]
    async fn without_an_app_id_only_loopback_is_taken() {
        for (peer, expected) in [
            (Some("127.0.0.1:5"), true),
            (Some("127.8.9.1:5"), true),
            (Some("[::1]:5"), true),
            (Some("[::ffff:127.0.0.1]:5"), true),
            (Some("10.0.0.1:5"), false),
            (Some("0.0.0.0:5"), false),
            (Some("[::ffff:10.0.0.1]:5"), false),
            // Not mapped, but the old compatible form, which nothing sends.
            (Some("[::127.0.0.1]:5"), false),
            (None, false),
        ] {
            assert_eq!(admitted(peer, &[]).await, expected, "{peer:?}");
        }
    }

    #[tokio::test]
    async fn a_refusal_says_why_and_how_to_mend_it() {
        let local = Some("127.0.0.1:5");
        for (peer, header, words) in [
            (None, None, "into_make_service_with_connect_info"),
            (None, None, "PeerAddress"),
            (Some("10.0.0.1:5"), None, "another machine"),
            (local, Some(("via", "1.1 proxy")), "forwarded"),
            (local, Some(("origin", "http://evil.example")), "Origin"),
            (local, Some(("host", "evil.example")), "Host"),
        ] {
            let message = answered(peer, header.as_slice()).await.unwrap_err();
            assert!(message.contains(words), "{message}");
            assert!(message.contains("no app id"), "{message}");
        }
    }

    #[tokio::test]
    async fn what_a_proxy_or_a_page_of_elsewhere_sends_is_not_from_here() {
        for (name, value, expected) in [
            ("X-Forwarded-For", "127.0.0.1", false),
            ("x-forwarded-host", "bot.contoso.com", false),
            ("X-Forwarded-Proto", "https", false),
            ("Forwarded", "for=127.0.0.1", false),
            ("X-Real-IP", "127.0.0.1", false),
            ("Via", "1.1 proxy", false),
            ("X-Forwarded-For", "", false),
            ("Origin", "http://evil.example:3978", false),
            ("Origin", "https://localhost.evil.example", false),
            ("Origin", "http://127.0.0.1.evil.example", false),
            ("Origin", "http://localhost:9000", true),
            ("Origin", "http://127.0.0.1:9000", true),
            ("Origin", "http://[::1]:9000", true),
            ("Origin", "null", true),
            ("Origin", "http://bot.localhost:9000", true),
            ("Host", "localhost:3978", true),
            ("Host", "LOCALHOST.", true),
            ("Host", "bot.localhost", true),
            ("Host", "127.0.0.1", true),
            ("Host", "127.8.9.1:3978", true),
            ("Host", "[::1]:3978", true),
            ("Host", "bot.local", false),
            ("Host", "evil.example:3978", false),
            ("Host", "localhost.evil.example", false),
            ("Host", "10.0.0.1", false),
            ("Host", "0.0.0.0:3978", false),
        ] {
            let admitted = admitted(Some("127.0.0.1:5"), &[(name, value)]).await;
            assert_eq!(admitted, expected, "{name}: {value}");
        }
    }
}
