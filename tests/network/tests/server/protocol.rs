//! The duties of a server by RFC 9112 (HTTP/1.1) and RFC 9110 (HTTP): hosts, and what is answered.

use crate::line::Line;
use crate::served::{Porter, Served, asking, post, post_with};

pub(crate) const JSON: &str = "Content-Type: application/json\r\n";

/// What the connection gives until it is closed, for a client that closes its side when it has said `request`.
pub(crate) async fn answers(served: &Served, request: &str) -> Vec<(u16, String)> {
    let mut line = Line::to(served.address).await;
    line.say(request).await;
    line.close_half().await;
    let rest = line.rest().await;
    let mut answers = Vec::new();
    for part in rest.split("HTTP/1.").skip(1) {
        let status = part.split(' ').nth(1).unwrap().parse().unwrap();
        answers.push((status, part.to_lowercase()));
    }
    answers
}

pub(crate) fn statuses(answers: &[(u16, String)]) -> Vec<u16> {
    answers.iter().map(|(status, _)| *status).collect()
}

#[tokio::test]
async fn a_request_names_one_host() {
    let served = Served::new().await;
    let body = asking("hello");
    let request = |target: &str, version: &str, hosts: &str| {
        format!(
            "POST {target} HTTP/{version}\r\n{hosts}{JSON}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let path = "/api/messages";
    for (target, version, hosts, status) in [
        // 3.2: one field, with a valid value; in HTTP/1.0 none is needed.
        (path, "1.1", "Host: localhost\r\n", 200),
        (path, "1.1", "", 400),
        (path, "1.1", "Host: localhost\r\nHost: localhost\r\n", 400),
        (
            path,
            "1.1",
            "Host: localhost\r\nHost: evil.example\r\n",
            400,
        ),
        (path, "1.1", "Host:\r\n", 400),
        (path, "1.1", "Host: localhost evil.example\r\n", 400),
        (path, "1.1", "Host: localhost/path\r\n", 400),
        (path, "1.1", "Host: user@localhost\r\n", 400),
        (path, "1.1", "Host: localhost:http\r\n", 400),
        (path, "1.1", "Host: [::1\r\n", 400),
        (path, "1.1", "Host: \u{fc}ber.localhost\r\n", 400),
        (path, "1.0", "", 200),
        (path, "1.0", "Host: localhost\r\n", 200),
        (path, "1.0", "Host: localhost\r\nHost: localhost\r\n", 400),
        // 3.2.2: a target with a host counts before the field, which must be there all the same.
        (
            "http://localhost:3978/api/messages",
            "1.1",
            "Host: localhost\r\n",
            200,
        ),
        (
            "http://localhost/api/messages",
            "1.1",
            "Host: evil.example\r\n",
            200,
        ),
        (
            "http://evil.example/api/messages",
            "1.1",
            "Host: localhost\r\n",
            401,
        ),
        ("http://localhost/api/messages", "1.1", "", 400),
        // Without an app id the name must lead to this machine, whoever answers for names.
        (path, "1.1", "Host: LOCALHOST.:3978\r\n", 200),
        (path, "1.1", "Host: bot.localhost\r\n", 200),
        (path, "1.1", "Host: 127.1.2.3:80\r\n", 200),
        (path, "1.1", "Host: [::1]:3978\r\n", 200),
        (path, "1.1", "Host: evil.example\r\n", 401),
        (path, "1.1", "Host: localhost.evil.example:3978\r\n", 401),
        (path, "1.1", "Host: 0.0.0.0:3978\r\n", 401),
        (path, "1.0", "Host: evil.example\r\n", 401),
    ] {
        let answers = answers(&served, &request(target, version, hosts)).await;
        assert_eq!(statuses(&answers), [status], "{target} {version} {hosts}");
    }
    // Every path asks for it, but health may be asked for by any name.
    for (request, status) in [
        ("GET /healthz HTTP/1.1\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: 10.0.0.7:3978\r\n\r\n", 200),
        ("GET /healthz HTTP/1.0\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("OPTIONS * HTTP/1.1\r\n\r\n", 400),
    ] {
        assert_eq!(
            statuses(&answers(&served, request).await),
            [status],
            "{request}"
        );
    }
}

#[tokio::test]
async fn a_refusal_leaves_the_connection_in_step() {
    let served = Served::new().await;
    let refused = post(&asking("1")).replace("Host: localhost\r\n", "");
    let two = [refused, post(&asking("2"))].concat();
    let answers = answers(&served, &two).await;
    assert_eq!(statuses(&answers), [400, 200]);
    assert!(answers[0].1.contains("no `host` header"), "{answers:?}");
}

#[tokio::test]
async fn a_response_to_head_has_no_body_and_the_next_follows() {
    let served = Served::new().await;
    let mut line = Line::to(served.address).await;
    for target in ["/healthz", "/api/messages", "/nowhere"] {
        line.say(format!("HEAD {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            .await;
        line.answer_without_body().await;
    }
    line.say(post(&asking("hello"))).await;
    assert_eq!(line.answer().await.status, 200);
}

#[tokio::test]
async fn who_closes_says_so() {
    let served = Served::new().await;
    let mut line = Line::to(served.address).await;
    line.say(post_with("Connection: close\r\n", &asking("hello")))
        .await;
    let answer = line.answer().await;
    assert!(
        answer.head.to_lowercase().contains("connection: close"),
        "{}",
        answer.head
    );
    assert!(line.is_closed().await);
}

#[tokio::test]
async fn an_application_around_the_endpoint_gives_the_same_answers() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let bot = onhook::http::Endpoint::new(Porter::new()).into_router();
    let service = bot.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    for (hosts, status) in [
        ("Host: localhost\r\n", 200),
        ("Host: [::1]:80\r\n", 200),
        ("Host: evil.example\r\n", 401),
        ("Host: localhost\r\nHost: localhost\r\n", 400),
        ("Host: a b\r\n", 400),
    ] {
        let mut line = Line::to(address).await;
        line.say(post(&asking("hello")).replace("Host: localhost\r\n", hosts))
            .await;
        assert_eq!(line.answer().await.status, status, "{hosts}");
    }
}
