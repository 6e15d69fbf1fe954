//! Tokens for the bot's own requests, on virtual time, from a provider that answers as it is told.

mod discretion;
mod keeping;
mod request;
mod retry;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use onhook::BoxFuture;
use onhook::http::auth::{Credentials, Token, TokenError, TokenProvider};
use onhook::http::{Transport, TransportError};
use serde_json::json;
use tokio::time::sleep;

use crate::scene::{APP, clock};

const SECRET: &str = "p~ss w0rd&=+%";
const SCOPE: &str = "https://api.botframework.com/.default";
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// What the provider does with a request.
enum Answer {
    Text(u16, String),
    RetryAfter(u16, &'static str),
    Lost,
}

/// A provider that takes a second for each answer. When it was told no more, it gives `token-1`, `token-2`, … for an
/// hour each.
#[derive(Default)]
struct Provider {
    told: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Request<Bytes>>>,
    given: Mutex<usize>,
}

impl Provider {
    fn new() -> Arc<Provider> {
        Arc::default()
    }

    fn tell(&self, answers: impl IntoIterator<Item = Answer>) {
        self.told.lock().unwrap().extend(answers);
    }

    /// How often it was asked.
    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn last(&self) -> Request<Bytes> {
        self.asked.lock().unwrap().last().unwrap().clone()
    }

    fn answer(&self) -> Result<Response<Bytes>, TransportError> {
        let respond = |status: u16, body: String| {
            let mut response = Response::new(Bytes::from(body));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response
        };
        match self.told.lock().unwrap().pop_front() {
            Some(Answer::Text(status, body)) => Ok(respond(status, body)),
            Some(Answer::RetryAfter(status, after)) => {
                let mut response = respond(status, String::new());
                response
                    .headers_mut()
                    .insert("retry-after", after.parse().unwrap());
                Ok(response)
            }
            Some(Answer::Lost) => Err(TransportError::Broken("the line is dead".into())),
            None => {
                let mut given = self.given.lock().unwrap();
                *given += 1;
                Ok(respond(200, grant(&format!("token-{given}"))))
            }
        }
    }
}

impl Transport for Provider {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        self.asked.lock().unwrap().push(request);
        let answer = self.answer();
        Box::pin(async move {
            sleep(SECOND).await;
            answer
        })
    }
}

/// The answer that gives `token` for an hour.
fn grant(token: &str) -> String {
    json!({"token_type": "Bearer", "expires_in": 3600, "access_token": token}).to_string()
}

fn credentials(provider: &Arc<Provider>) -> Credentials {
    Credentials::secret(APP, SECRET)
        .clock(clock())
        .transport(provider.clone())
}

async fn token(credentials: &Credentials) -> Result<String, TokenError> {
    let token = credentials.token(SCOPE).await?;
    Ok(token.secret().to_owned())
}

/// The token whose text is `text`.
fn named(text: &str) -> Token {
    Token::new(text)
}

/// What went wrong, in one line.
fn words(result: Result<String, TokenError>) -> String {
    match result {
        Ok(token) => token,
        Err(error) => format!("{:#}", onhook::Error::from(error)),
    }
}
