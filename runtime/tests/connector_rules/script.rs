//! A transport and a source of tokens that play a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use onhook::BoxFuture;
use onhook::http::auth::{Token, TokenError, TokenProvider};
use onhook::http::connector::{ConnectorClient, ConnectorClientBuilder, RetryPolicy, Service};
use onhook::http::{Transport, TransportError};
use tokio::time::Instant;

/// What comes back for one request.
pub(crate) enum Answer {
    Response(u16, &'static str),
    /// With a header.
    With(u16, &'static str, &'static str),
    NoConnection,
    TimedOut,
    Broken,
    TooLong,
    /// Nothing, ever.
    Silence,
}

pub(crate) fn ok(body: &'static str) -> Answer {
    Answer::Response(200, body)
}

/// Gives the answers in their order, and keeps the requests.
#[derive(Default)]
pub(crate) struct Script {
    answers: Mutex<VecDeque<Answer>>,
    requests: Mutex<Vec<(Instant, Request<Bytes>)>>,
}

impl Script {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Arc<Script> {
        Arc::new(Script {
            answers: Mutex::new(answers.into_iter().collect()),
            requests: Mutex::default(),
        })
    }

    /// The requests, such as `POST https://host/path {"type":"message"}`.
    pub(crate) fn sent(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let texts = requests.iter().map(|(_, request)| {
            let body = std::str::from_utf8(request.body()).unwrap();
            let text = format!("{} {} {body}", request.method(), request.uri());
            text.trim_end().to_owned()
        });
        texts.collect()
    }

    /// One header of each request.
    pub(crate) fn header(&self, name: &str) -> Vec<Option<String>> {
        let requests = self.requests.lock().unwrap();
        let values = requests.iter().map(|(_, request)| {
            let value = request.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        });
        values.collect()
    }

    /// How many milliseconds lie between the requests.
    pub(crate) fn waits(&self) -> Vec<u128> {
        let requests = self.requests.lock().unwrap();
        let pairs = requests.windows(2);
        pairs
            .map(|pair| (pair[1].0 - pair[0].0).as_millis())
            .collect()
    }
}

impl Transport for Script {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let request = (Instant::now(), request);
            self.requests.lock().unwrap().push(request);
            let answer = self.answers.lock().unwrap().pop_front();
            let response = |status: u16, body: &'static str| {
                let mut response = Response::new(Bytes::from(body));
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                response
            };
            match answer.expect("an answer for each request") {
                Answer::Response(status, body) => Ok(response(status, body)),
                Answer::With(status, name, value) => {
                    let mut response = response(status, "");
                    response.headers_mut().insert(name, value.parse().unwrap());
                    Ok(response)
                }
                Answer::NoConnection => Err(TransportError::Connect("refused".into())),
                Answer::TimedOut => Err(TransportError::TimedOut(Duration::from_secs(15))),
                Answer::Broken => Err(TransportError::Broken("eof".into())),
                Answer::TooLong => Err(TransportError::TooLong(1)),
                Answer::Silence => std::future::pending().await,
            }
        })
    }
}

/// Gives `token-1`, and the next one when one was refused.
#[derive(Default)]
pub(crate) struct Tokens {
    refused: Mutex<Vec<String>>,
    asked: Mutex<Vec<String>>,
    fails: bool,
}

impl Tokens {
    /// Gives none.
    pub(crate) fn failing() -> Tokens {
        Tokens {
            fails: true,
            ..Tokens::default()
        }
    }

    /// The scopes that tokens were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The tokens that were reported as refused.
    pub(crate) fn refused(&self) -> Vec<String> {
        self.refused.lock().unwrap().clone()
    }
}

impl TokenProvider for Tokens {
    fn token<'p>(&'p self, scope: &'p str) -> BoxFuture<'p, Result<Token, TokenError>> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(scope.to_owned());
            if self.fails {
                return Err(TokenError::Unreadable("empty".to_owned()));
            }
            let number = self.refused.lock().unwrap().len() + 1;
            Ok(Token::new(format!("token-{number}")))
        })
    }

    fn refused(&self, _: &str, token: &Token) {
        let mut refused = self.refused.lock().unwrap();
        refused.push(token.secret().to_owned());
    }
}

pub(crate) const URL: &str = "https://smba.trafficmanager.net/amer/";

pub(crate) fn builder(script: &Arc<Script>) -> ConnectorClientBuilder {
    let waits = Duration::from_millis(100);
    ConnectorClient::builder()
        .transport(script.clone())
        .retry(RetryPolicy::new().waits(waits, 4 * waits).seeded(1))
}

pub(crate) fn client(script: &Arc<Script>) -> ConnectorClient {
    builder(script).build()
}

pub(crate) fn service(client: &ConnectorClient) -> Service<'_> {
    client.service(URL).unwrap()
}
