//! What one would write without onhook: the same JSON work in an axum handler, and a route that does nothing.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use onhook::activity::{Activity, DeliveryMode, ExpectedReplies};

type Http = Client<HttpConnector, Full<Bytes>>;

pub(crate) async fn serve(bare: bool) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    println!("{}", listener.local_addr().expect("an address"));
    let route = if bare {
        post(|| async { StatusCode::OK })
    } else {
        post(messages)
    };
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Http = Client::builder(TokioExecutor::new()).build(connector);
    let app = Router::new()
        .route("/api/messages", route)
        .with_state(client);
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, app).await.expect("it serves");
}

async fn messages(State(client): State<Http>, body: Bytes) -> Response {
    let Ok(activity) = Activity::from_slice(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let text = format!("Echo: {}", activity.text.as_deref().unwrap_or_default());
    let mut reply = Activity::message(&*text);
    reply.speak = Some(format!(
        "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" xml:lang=\"en-US\">{text}</speak>"
    ));
    reply.apply_reference(&activity.conversation_reference());
    if activity.delivery_mode == Some(DeliveryMode::ExpectReplies) {
        let mut replies = ExpectedReplies::default();
        replies.activities = Some(vec![reply]);
        let body = serde_json::to_vec(&replies).expect("it is JSON");
        return ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    }
    let uri = format!(
        "{}/v3/conversations/{}/activities/{}",
        activity.service_url.as_deref().unwrap_or_default(),
        activity.conversation_id().unwrap_or_default(),
        activity.id.as_deref().unwrap_or_default(),
    );
    let request = Request::post(uri)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::from(reply.to_json()))
        .expect("a request");
    match client.request(request).await {
        Ok(response) => {
            let status = response.status();
            let _ = response.into_body().collect().await;
            if status.is_success() {
                StatusCode::OK.into_response()
            } else {
                StatusCode::BAD_GATEWAY.into_response()
            }
        }
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}
