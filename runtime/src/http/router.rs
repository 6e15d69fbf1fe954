//! The endpoint within an axum application.

use axum::Router;
use axum::routing::any_service;

use super::endpoint::Endpoint;
use crate::bot::Bot;

/// In an [axum](https://docs.rs/axum) application.
impl<B: Bot + 'static> Endpoint<B> {
    /// A router with the endpoint on `/api/messages`, to merge or nest.
    ///
    /// Without an app id only loopback is taken, and that needs the peer's address: serve the application with
    /// `into_make_service_with_connect_info::<SocketAddr>()`.
    ///
    /// ```
    /// use axum::Router;
    /// use onhook::http::Endpoint;
    /// use onhook::prelude::*;
    ///
    /// #[on_message]
    /// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
    ///
    /// let app: Router = Router::new().merge(Endpoint::new(handlers![echo]).into_router());
    /// ```
    pub fn into_router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        Router::new().route_service("/api/messages", any_service(self))
    }
}
