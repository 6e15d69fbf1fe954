//! The duties of a server by RFC 9112 (HTTP/1.1) and RFC 9110 (HTTP): how a request is read, one row for each rule that
//! was looked at. Numbers without a document are sections of RFC 9112.

use crate::protocol::{JSON, answers, statuses};
use crate::served::{Served, asking, post, post_with};

/// A rule, a request, and the statuses that are answered.
type Row = (&'static str, String, &'static [u16]);

fn body() -> String {
    asking("hello")
}

/// The beginning of a request with a body.
fn head(more: &str) -> String {
    format!("POST /api/messages HTTP/1.1\r\nHost: localhost\r\n{JSON}{more}\r\n\r\n")
}

/// The body in one chunk.
fn chunks() -> String {
    let body = body();
    format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
}

/// Fields (RFC 9112, 5).
fn fields() -> Vec<Row> {
    let body = body();
    vec![
        (
            "5.1: no space before the colon",
            post_with("X : y\r\n", &body),
            &[400],
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
    ]
}

/// The request line (3).
fn request_lines() -> Vec<Row> {
    let body = body();
    vec![
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
    ]
}

/// The length of a body (6).
fn bodies() -> Vec<Row> {
    let body = body();
    let length = body.len();
    let chunks = chunks();
    vec![
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
    ]
}

/// What follows is another request.
fn sequences() -> Vec<Row> {
    let body = body();
    vec![
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
    ]
}

/// Methods (RFC 9110, 9) and expectations (10.1.1).
fn methods() -> Vec<Row> {
    let body = body();
    vec![
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
    ]
}

#[tokio::test]
async fn a_request_is_read_in_one_way_or_not_at_all() {
    let served = Served::new().await;
    let rows = [fields(), request_lines(), bodies(), sequences(), methods()];
    for (rule, request, expected) in rows.into_iter().flatten() {
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
