//! Sets up an endpoint.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::access::Access;
use super::auth::{Authenticator, TokenProvider};
use super::connector::{ConnectorClient, ServiceUrls};
use super::deduplication::Deduplication;
use super::endpoint::{Endpoint, Inner};
use super::room::Room;
use super::started::Limits;
use crate::bot::Bot;
use crate::host::{Host, HostBuilder};

/// Sets up an [`Endpoint`].
#[must_use]
pub struct EndpointBuilder<B> {
    host: Host<B>,
    authenticator: Option<Authenticator>,
    credentials: Option<Arc<dyn TokenProvider>>,
    connector: Option<ConnectorClient>,
    limits: Limits,
    turns: u32,
    remembered: usize,
}

/// How long a turn may take unless the host says otherwise.
const TURN: Duration = Duration::from_secs(600);

impl<B: Bot + 'static> EndpointBuilder<B> {
    pub(super) fn new(bot: B) -> EndpointBuilder<B> {
        EndpointBuilder::on(Host::builder(bot))
    }

    /// On a host with turns of at most ten minutes.
    pub(super) fn on(host: HostBuilder<B>) -> EndpointBuilder<B> {
        EndpointBuilder {
            host: host.turn_timeout(TURN).build(),
            authenticator: None,
            credentials: None,
            connector: None,
            limits: Limits {
                body: 256 * 1024,
                reading: Duration::from_secs(10),
                answering: Duration::from_secs(60),
                at_once: false,
            },
            turns: 10_000,
            remembered: 4 * 1024 * 1024,
        }
    }

    /// The host that runs the turns, for its own settings; unless set, one with its defaults and turns of at most ten
    /// minutes.
    pub fn host(mut self, host: Host<B>) -> EndpointBuilder<B> {
        self.host = host;
        self
    }

    /// Who may call. Without, only loopback may, and needs no token.
    pub fn authenticator(mut self, authenticator: Authenticator) -> EndpointBuilder<B> {
        self.authenticator = Some(authenticator);
        self
    }

    /// With what the bot authenticates itself to the channel; unless set, with nothing.
    pub fn credentials(mut self, credentials: impl TokenProvider) -> EndpointBuilder<B> {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// The client that carries what the bot sends, in place of one made of the credentials.
    pub fn connector(mut self, connector: ConnectorClient) -> EndpointBuilder<B> {
        self.connector = Some(connector);
        self
    }

    /// The longest body, in bytes; 256 KiB unless set. A longer one is answered with 413.
    pub fn body_limit(mut self, bytes: usize) -> EndpointBuilder<B> {
        self.limits.body = bytes;
        self
    }

    /// How long a body may take to come; 10 seconds unless set. One that takes longer is answered with 408.
    pub fn read_timeout(mut self, time: Duration) -> EndpointBuilder<B> {
        self.limits.reading = time;
        self
    }

    /// How long the answer may wait for the turn; 60 seconds unless set. The turn goes on: its activity is answered
    /// with 202, or with 504 if the answer was to say what the turn gives.
    pub fn answer_timeout(mut self, time: Duration) -> EndpointBuilder<B> {
        self.limits.answering = time;
        self
    }

    /// Answers with 202 before the turn runs, unless the answer is to say what the turn gives; unless set, only while
    /// another turn of the conversation is under way. A turn that fails is then only seen by the bot.
    pub fn answer_at_once(mut self) -> EndpointBuilder<B> {
        self.limits.at_once = true;
        self
    }

    /// How many turns may run or wait in all; 10,000 unless set. What comes beyond is answered with 503. As many
    /// places again are kept for results of commands and ends of conversations.
    pub fn turn_limit(mut self, turns: u32) -> EndpointBuilder<B> {
        self.turns = turns;
        self
    }

    /// How many bytes of answers are kept for activities that come again; 4 MiB unless set. They are the replies of
    /// `expectReplies` and `stream` and the bodies of invokes, of the last ten minutes; the oldest go first. An activity
    /// whose answer is not kept any more is answered with 410 when it comes again. Statuses, those of the latest 100,000
    /// activities, are not counted here.
    pub fn answer_memory(mut self, bytes: usize) -> EndpointBuilder<B> {
        self.remembered = bytes;
        self
    }

    /// The endpoint.
    pub fn build(self) -> Endpoint<B> {
        let access = Access::new(self.authenticator);
        let connector = self.connector.unwrap_or_else(|| {
            let urls = if access.is_anonymous() {
                ServiceUrls::any()
            } else {
                ServiceUrls::default()
            };
            let mut builder = ConnectorClient::builder().service_urls(urls);
            // What the bot begins by itself goes to the cloud whose callers it takes.
            if let Access::Token(authenticator) = &access {
                builder = builder.scope(authenticator.cloud().scope());
            }
            match self.credentials {
                Some(credentials) => builder.tokens(credentials).build(),
                None => builder.build(),
            }
        });
        #[cfg(feature = "dialog")]
        {
            let client = connector.clone();
            self.host.reached_by(Arc::new(move |_| {
                let outgoing = super::outgoing::Outgoing::post(client.clone());
                Some(Arc::new(outgoing))
            }));
            self.host.attend();
        }
        Endpoint::of(Inner {
            host: self.host,
            access,
            client: connector,
            limits: self.limits,
            room: Room::new(self.turns),
            deduplication: Deduplication::new(self.remembered),
        })
    }
}

impl<B> fmt::Debug for EndpointBuilder<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointBuilder")
            .field("host", &self.host)
            .field("authenticated", &self.authenticator.is_some())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
