//! Who may call the bot.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::request::Parts;
use http::{HeaderMap, StatusCode, header};

use super::auth::{AuthError, Authenticator, Caller, Identity};
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

    /// Checks what the head of a request shows.
    pub(super) async fn caller(&self, head: &Parts) -> Result<Caught, Problem> {
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
                // What a proxy passes on comes from loopback too.
                if is_loopback(head) && !is_forwarded(&head.headers) {
                    Ok(Caught::Loopback)
                } else {
                    Err(unauthorized(
                        "the bot has no app id, so that it takes only what comes from its own machine",
                    ))
                }
            }
        }
    }

    /// Checks what only the activity shows.
    pub(super) fn admit(&self, caller: Caught, activity: &Activity) -> Result<Identity, Problem> {
        match caller {
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

fn is_loopback(head: &Parts) -> bool {
    let peer = head.extensions.get::<PeerAddress>().map(|peer| peer.0);
    #[cfg(feature = "axum")]
    let peer = peer.or_else(|| {
        let info = head
            .extensions
            .get::<axum::extract::ConnectInfo<SocketAddr>>();
        info.map(|info| info.0)
    });
    peer.is_some_and(|peer: SocketAddr| peer.ip().to_canonical().is_loopback())
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    ["forwarded", "x-forwarded-for", "x-original-forwarded-for"]
        .iter()
        .any(|name| headers.contains_key(*name))
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
