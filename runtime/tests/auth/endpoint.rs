//! A token's whole way: through the endpoint into the bot, and the bot's own token with the answer.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use onhook::http::auth::{Token, TokenError, TokenProvider};
use onhook::http::connector::ConnectorClient;
use onhook::http::{Endpoint, Transport, TransportError};
use onhook::prelude::*;
use onhook::{BoxFuture, ConversationAccount};

use crate::scene::{FRIEND, SERVICE_URL, activity, authenticator, channel, version_1};

#[on_message]
async fn echo(turn: &Turn) -> Result<()> {
    let caller = turn.activity().caller_id.as_deref().unwrap_or("nobody");
    turn.say(format!("hello {caller}")).await
}

/// Gives each scope a token that names it.
struct Tokens;

impl TokenProvider for Tokens {
    fn token<'p>(&'p self, scope: &'p str) -> BoxFuture<'p, Result<Token, TokenError>> {
        Box::pin(async move { Ok(Token::new(format!("for:{scope}"))) })
    }

    fn refused(&self, _scope: &str, _token: &Token) {}
}

/// Takes everything: the address, the token, the body.
#[derive(Default)]
struct Channel(Mutex<Vec<(String, String, String)>>);

impl Transport for Channel {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let token = request.headers().get(AUTHORIZATION);
        let token = token.map_or("", |token| token.to_str().unwrap());
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let sent = (request.uri().to_string(), token.to_owned(), body);
        self.0.lock().unwrap().push(sent);
        Box::pin(async { Ok(Response::new(Bytes::from_static(br#"{"id":"1"}"#))) })
    }
}

#[tokio::test]
async fn who_has_a_token_is_answered_with_one() {
    let channel_side = Arc::new(Channel::default());
    let client = ConnectorClient::builder()
        .transport(channel_side.clone())
        .tokens(Arc::new(Tokens))
        .build();
    let endpoint = Endpoint::builder(handlers![echo])
        .authenticator(authenticator().await)
        .connector(client)
        .build();
    let ask = async |token: Option<String>| {
        let mut said = activity();
        said.conversation = Some(ConversationAccount::new("call-7"));
        // What the wire says of the caller is nothing to go by (A2251).
        said.caller_id = Some("urn:botframework:forged".into());
        let mut request = Request::post("/api/messages").header(CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = Full::<Bytes>::from(said.to_json());
        let answer = endpoint.answer(request.body(body).unwrap()).await;
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&body).into_owned())
    };

    assert_eq!(
        ask(Some(channel().token())).await,
        (StatusCode::OK, String::new())
    );
    let (status, _) = ask(Some(version_1(FRIEND).token())).await;
    assert_eq!(status, StatusCode::OK);
    {
        let sent = channel_side.0.lock().unwrap();
        let [to_channel, to_bot] = &sent[..] else {
            panic!("each is answered once: {sent:?}");
        };
        let address = format!("{SERVICE_URL}/v3/conversations/call-7/activities");
        assert_eq!(to_channel.0, address);
        assert_eq!(
            to_channel.1,
            "Bearer for:https://api.botframework.com/.default"
        );
        assert!(to_channel.2.contains("hello urn:botframework:azure\""));
        // A bot is answered with a token that is for that bot alone.
        assert_eq!(to_bot.1, format!("Bearer for:{FRIEND}/.default"));
        let caller = format!("hello urn:botframework:aadappid:{FRIEND}");
        assert!(to_bot.2.contains(&caller), "{}", to_bot.2);
    }

    for (token, code) in [
        (None, "MissingToken"),
        (Some(channel().token() + "A"), "\""),
        (Some("nonsense".to_owned()), "MalformedToken"),
    ] {
        let (status, body) = ask(token).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(body.contains(code), "{body}");
    }
    assert_eq!(channel_side.0.lock().unwrap().len(), 2, "nobody else is");
}
