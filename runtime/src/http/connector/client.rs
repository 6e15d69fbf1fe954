//! The client and its settings.

use std::fmt;
use std::sync::Arc;

use super::attempt::Jitter;
use super::{RetryPolicy, Service, ServiceUrlError, ServiceUrls};
use crate::http::auth::TokenProvider;
use crate::http::{HttpClient, Transport};

/// The client of the connectors' REST API: the [`Connector`](crate::Connector) of a bot on the network.
///
/// It sends each activity to the service URL that stands in it. The other operations are asked of
/// [`service`](ConnectorClient::service). Cheap to clone.
///
/// ```
/// use onhook::http::connector::{ConnectorClient, ServiceUrls};
///
/// let client = ConnectorClient::builder()
///     .service_urls(ServiceUrls::documented().also("connector.contoso.com")?)
///     .build();
/// assert!(client.service("https://connector.contoso.com").is_ok());
/// assert!(client.service("https://169.254.169.254").is_err());
/// # Ok::<(), onhook::http::connector::InvalidHost>(())
/// ```
#[derive(Clone)]
pub struct ConnectorClient {
    settings: Arc<Settings>,
    scope: Arc<str>,
}

pub(super) struct Settings {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) tokens: Option<Arc<dyn TokenProvider>>,
    pub(super) service_urls: ServiceUrls,
    pub(super) retry: RetryPolicy,
    pub(super) jitter: Jitter,
}

impl ConnectorClient {
    /// The scope of the tokens that channels of Azure's public cloud take. The others:
    /// `https://api.botframework.us/.default`, `https://api.botframework.azure.cn/.default`.
    pub const SCOPE: &str = "https://api.botframework.com/.default";

    /// A client with settings of your own.
    pub fn builder() -> ConnectorClientBuilder {
        ConnectorClientBuilder::default()
    }

    /// The same client with tokens for another scope: that of another cloud, or `{app id}/.default` for a bot that
    /// answers a bot.
    pub fn with_scope(&self, scope: impl Into<Arc<str>>) -> ConnectorClient {
        ConnectorClient {
            settings: Arc::clone(&self.settings),
            scope: scope.into(),
        }
    }

    /// The API at `service_url`, unless that may not be called.
    pub fn service(&self, service_url: &str) -> Result<Service<'_>, ServiceUrlError> {
        let url = self.settings.service_urls.check(service_url)?;
        Ok(Service::new(self, url))
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn scope(&self) -> &str {
        &self.scope
    }
}

impl fmt::Debug for ConnectorClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectorClient")
            .field("scope", &self.scope)
            .field("authenticated", &self.settings.tokens.is_some())
            .field("service_urls", &self.settings.service_urls)
            .field("retry", &self.settings.retry)
            .finish_non_exhaustive()
    }
}

/// Settings of a [`ConnectorClient`].
#[derive(Default)]
#[must_use]
pub struct ConnectorClientBuilder {
    transport: Option<Arc<dyn Transport>>,
    tokens: Option<Arc<dyn TokenProvider>>,
    service_urls: ServiceUrls,
    retry: RetryPolicy,
    scope: Option<Arc<str>>,
}

impl ConnectorClientBuilder {
    /// What carries the requests; a new [`HttpClient`] if nothing is said.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Where tokens come from. Without it the bot calls without a token.
    pub fn tokens(mut self, tokens: Arc<dyn TokenProvider>) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// Whom the client calls; [`ServiceUrls::documented`] if nothing is said.
    pub fn service_urls(mut self, service_urls: ServiceUrls) -> Self {
        self.service_urls = service_urls;
        self
    }

    /// What it does when a channel is busy or away.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// The scope of the tokens; [`ConnectorClient::SCOPE`] if nothing is said.
    pub fn scope(mut self, scope: impl Into<Arc<str>>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// The client.
    pub fn build(self) -> ConnectorClient {
        let transport = self.transport;
        let jitter = Jitter::new(self.retry.seed());
        ConnectorClient {
            settings: Arc::new(Settings {
                transport: transport.unwrap_or_else(|| Arc::new(HttpClient::new())),
                tokens: self.tokens,
                service_urls: self.service_urls,
                retry: self.retry,
                jitter,
            }),
            scope: self.scope.unwrap_or_else(|| ConnectorClient::SCOPE.into()),
        }
    }
}

impl fmt::Debug for ConnectorClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectorClientBuilder")
            .field("authenticated", &self.tokens.is_some())
            .field("service_urls", &self.service_urls)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
