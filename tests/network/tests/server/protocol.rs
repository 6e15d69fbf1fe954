//! The duties of a server by RFC 9112 (HTTP/1.1) and RFC 9110 (HTTP), one row for each that was looked at.

use crate::line::Line;
use crate::served::{Porter, Served, asking, post, post_with};

const JSON: &str = "Content-Type: application/json\r\n";

/// What the connection gives until it is closed, for a client that closes its side when it has said `request`.
async fn answers(served: &Served, request: &str) -> Vec<(u16, String)> {
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

fn statuses(answers: &[(u16, String)]) -> Vec<u16> {
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
async fn a_request_is_read_in_one_way_or_not_at_all() {
    let served = Served::new().await;
    let body = asking("hello");
    let head = |more: &str| {
        format!("POST /api/messages HTTP/1.1\r\nHost: localhost\r\n{JSON}{more}\r\n\r\n")
    };
    let length = body.len();
    let chunks = format!("{length:x}\r\n{body}\r\n0\r\n\r\n");
    for (rule, request, expected) in [
        // Fields (RFC 9112, 5).
        (
            "5.1: no space before the colon",
            post_with("X : y\r\n", &body),
            &[400][..],
        ),
        (
            "5.2: no folded lines",
            post_with("X: a\r\n b\r\n", &body),
            &[400],
        ),
        (
            "5.2: nor by a tab",
            post_with("X: a\r\n\tb\r\n", &body),
            &[400],
        ),
        (
            "2.2: no space before the first field",
            post(&body).replacen("\r\nHost", "\r\n Host", 1),
            &[400],
        ),
        (
            "2.2: a bare LF ends a line",
            post(&body).replacen("\r\nContent-Type", "\nContent-Type", 1),
            &[200],
        ),
        (
            "2.2: a bare CR does not",
            post_with("X: a\rb\r\n", &body),
            &[400],
        ),
        (
            "RFC 9110, 5.5: no NUL",
            post_with("X: a\0b\r\n", &body),
            &[400],
        ),
        (
            "2.2: empty lines before a request",
            format!("\r\n\r\n{}", post(&body)),
            &[200],
        ),
        // The request line (3).
        ("3: one space", post(&body).replacen(' ', "  ", 1), &[400]),
        ("3: a version", "GET /healthz\r\n\r\n".to_owned(), &[400]),
        (
            "2.3: that is known",
            "GET /healthz HTTP/1.2\r\nHost: a\r\n\r\n".to_owned(),
            &[400],
        ),
        (
            "3: a target that is not too long",
            format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(10_000)),
            &[414],
        ),
        (
            "RFC 6585, 5: fields without end",
            format!(
                "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
                "A: b\r\n".repeat(200)
            ),
            &[431],
        ),
        (
            "RFC 6585, 5: or a target without end",
            format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(70_000)),
            &[431],
        ),
        (
            "RFC 6585, 5: or long ones",
            post_with(&format!("X: {}\r\n", "x".repeat(70_000)), &body),
            &[431],
        ),
        // The length of a body (6).
        (
            "6.3: chunks",
            head("Transfer-Encoding: chunked") + &chunks,
            &[200],
        ),
        (
            "7.1.1: with extensions",
            head("Transfer-Encoding: chunked") + &chunks.replacen("\r\n", ";a=\"b\"\r\n", 1),
            &[200],
        ),
        (
            "6.1: no other coding",
            head("Transfer-Encoding: gzip, chunked") + &chunks,
            &[501],
        ),
        (
            "6.1: in another field",
            head("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked") + &chunks,
            &[501],
        ),
        (
            "6.1: chunked once",
            head("Transfer-Encoding: chunked, chunked") + &chunks,
            &[400],
        ),
        (
            "6.3: chunked last",
            head("Transfer-Encoding: chunked, gzip") + &chunks,
            &[400],
        ),
        (
            "6.1: not in HTTP/1.0",
            head("Transfer-Encoding: chunked").replace("1.1", "1.0") + &chunks,
            &[400],
        ),
        (
            "6.3: one length",
            post_with("Content-Length: 1\r\n", &body),
            &[400],
        ),
        (
            "6.3: in one field",
            head(&format!("Content-Length: {length}, 1")) + &body,
            &[400],
        ),
        ("6.2: of digits", head("Content-Length: +5") + &body, &[400]),
        (
            "6.2: of bytes that can be counted",
            head("Content-Length: 99999999999999999999") + &body,
            &[400],
        ),
        (
            "6.3: said twice it is one",
            post_with(&format!("Content-Length: {length}\r\n"), &body),
            &[200],
        ),
        ("6.3: none is an empty body", head("X: y"), &[400]),
        (
            "7.1: a chunk's length is hexadecimal",
            head("Transfer-Encoding: chunked") + "g\r\n",
            &[400],
        ),
        (
            "7.1: and its end a line's",
            head("Transfer-Encoding: chunked") + &chunks.replacen("}\r\n0", "}X0", 1),
            &[400],
        ),
        (
            "8: a body that breaks off is none",
            head("Content-Length: 9999") + &body,
            &[400],
        ),
        (
            "8: nor one in chunks",
            head("Transfer-Encoding: chunked") + &chunks[..20],
            &[400],
        ),
        // What follows is another request.
        ("9.3.2: in a row", post(&body).repeat(3), &[200, 200, 200]),
        (
            "6.3: what is beyond the body is no part of it",
            post(&body) + "and more\r\n\r\n",
            &[200, 400],
        ),
        (
            "9.6: nothing after the last",
            post_with("Connection: close\r\n", &body) + &post(&body),
            &[200],
        ),
        (
            "9.3: HTTP/1.0 is the last",
            post(&body).replace("1.1", "1.0") + &post(&body),
            &[200],
        ),
        (
            "9.3: unless it says so",
            post_with("Connection: keep-alive\r\n", &body).replace("1.1", "1.0") + &post(&body),
            &[200, 200],
        ),
        // Methods (RFC 9110, 9) and expectations (10.1.1).
        (
            "9.1: known, and not for this",
            "PUT /api/messages HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            &[405],
        ),
        (
            "9.3.6: no tunnel",
            "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n".to_owned(),
            &[404],
        ),
        (
            "7.8: no upgrade",
            post_with("Connection: upgrade\r\nUpgrade: websocket\r\n", &body),
            &[200],
        ),
        (
            "10.1.1: the body is there already",
            post_with("Expect: 100-continue\r\n", &body),
            &[200],
        ),
    ] {
        let answers = answers(&served, &request).await;
        let found: Vec<_> = statuses(&answers)
            .into_iter()
            .filter(|status| *status != 100)
            .collect();
        assert_eq!(found, expected, "{rule}");
        for (status, answer) in &answers {
            // RFC 9110, 6.6.1: a date, as there is a clock; 8.6: a length or chunks.
            assert!(
                *status == 100 || answer.contains("\r\ndate: "),
                "{rule}: {answer}"
            );
            let framed = answer.contains("\r\ncontent-length: ")
                || answer.contains("\r\ntransfer-encoding: chunked");
            assert!(*status == 100 || framed, "{rule}: {answer}");
            assert_eq!(
                *status == 405,
                answer.contains("\r\nallow: post\r\n"),
                "{rule}: {answer}"
            );
        }
    }
    assert_eq!(served.endpoint.host().conversations(), 0);
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
