//! A bot in an application of one's own.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use onhook::http::Endpoint;

use crate::line::Line;
use crate::served::{Porter, asking, post};

fn application() -> Router {
    let endpoint = Endpoint::new(Porter::new());
    Router::new()
        .route("/", get(|| async { "the application" }))
        .merge(endpoint.clone().into_router())
        .nest_service("/bots/porter", endpoint.clone())
        .nest("/under", endpoint.into_router())
}

#[tokio::test]
async fn a_bot_is_merged_and_nested_in_an_axum_application() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = application().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    for (path, status) in [
        ("/api/messages", 200),
        ("/bots/porter", 200),
        ("/bots/porter/api/messages", 200),
        ("/under/api/messages", 200),
        ("/", 405),
        ("/elsewhere", 404),
    ] {
        let mut line = Line::to(address).await;
        line.say(post(&asking("hello")).replace("/api/messages", path))
            .await;
        let answer = line.answer().await;
        assert_eq!(answer.status, status, "{path}");
        if status == 200 {
            assert!(answer.body.contains("\"text\":\"hello\""), "{path}");
        }
    }
    let mut line = Line::to(address).await;
    line.say("GET /api/messages HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    assert_eq!(line.answer().await.status, 405);
}

#[tokio::test]
async fn an_application_that_does_not_say_who_calls_lets_nobody_in() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, application()).await });
    let mut line = Line::to(address).await;
    line.say(post(&asking("hello"))).await;
    let answer = line.answer().await;
    assert_eq!(answer.status, 401);
    // And how to mend it.
    assert!(
        answer.body.contains("into_make_service_with_connect_info"),
        "{}",
        answer.body
    );
}
