//! What a request may look like.

use crate::line::Line;
use crate::served::{SHORT, Served, activity, asking, post, post_with};

#[tokio::test]
async fn requests_are_read_in_every_form_of_http_1() {
    let served = Served::new().await;
    let body = asking("hello");
    let length = body.len();
    let json = "Content-Type: application/json";
    let (first, rest) = body.split_at(7);
    let (long, short) = (rest.len(), first.len());
    for request in [
        post(&body),
        // Header names in any case, values with white space around.
        format!(
            "POST /api/messages HTTP/1.1\r\nhOST:localhost\r\nCONTENT-TYPE:  Application/JSON;charset=UTF-8 \r\ncontent-LENGTH:{length}\r\n\r\n{body}"
        ),
        format!(
            "POST /api/messages HTTP/1.1\r\nHost: localhost\r\n{json}\r\nTransfer-Encoding: chunked\r\n\r\n{short:x}\r\n{first}\r\n{long:X};ext=1\r\n{rest}\r\n0\r\nTrailer: x\r\n\r\n"
        ),
        format!(
            "POST http://localhost:3978/api/messages HTTP/1.1\r\nHost: localhost\r\n{json}\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
        format!(
            "POST /api/messages?x=%2F HTTP/1.1\r\nHost: localhost\r\n{json}\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
        format!("POST /api/messages HTTP/1.0\r\n{json}\r\nContent-Length: {length}\r\n\r\n{body}"),
        // Twice the same length is one.
        post_with(&format!("Content-Length: {length}\r\n"), &body),
        format!("\r\n{}", post(&body)),
    ] {
        let mut line = Line::to(served.address).await;
        line.say(&request).await;
        let answer = line.answer().await;
        assert_eq!(answer.status, 200, "{request}");
        assert!(answer.body.contains("\"text\":\"hello\""), "{request}");
        if request.contains("HTTP/1.0") {
            assert!(answer.head.starts_with("HTTP/1.0 200"));
            assert!(line.is_closed().await);
        }
    }
}

#[tokio::test]
async fn paths_and_methods_have_their_statuses() {
    let served = Served::new().await;
    for (request, status, words) in [
        ("GET /healthz", 200, "ok"),
        ("GET /healthz?from=balancer", 200, "ok"),
        ("HEAD /healthz", 200, ""),
        ("POST /healthz", 405, "MethodNotAllowed"),
        ("DELETE /healthz", 405, "MethodNotAllowed"),
        ("GET /api/messages", 405, "MethodNotAllowed"),
        ("HEAD /api/messages", 405, ""),
        ("OPTIONS /api/messages", 405, "MethodNotAllowed"),
        ("OPTIONS *", 404, "NotFound"),
        ("GET /", 404, "NotFound"),
        ("GET /api/messages/", 404, "NotFound"),
        ("GET /api%2Fmessages", 404, "NotFound"),
        ("GET //api/messages", 404, "NotFound"),
        ("GET /api/../api/messages", 404, "NotFound"),
        ("GET /API/messages", 404, "NotFound"),
    ] {
        let mut line = Line::to(served.address).await;
        line.say(format!(
            "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ))
        .await;
        let answer = if request.starts_with("HEAD") {
            line.answer_without_body().await
        } else {
            line.answer().await
        };
        assert_eq!(answer.status, status, "{request}");
        assert!(answer.body.contains(words), "{request}: {}", answer.body);
        assert!(line.is_closed().await, "{request}");
    }
}

#[tokio::test]
async fn heads_that_can_be_read_in_two_ways_are_not_read() {
    let served = Served::new().await;
    let body = activity("hello");
    let json = "Host: localhost\r\nContent-Type: application/json";
    for request in [
        post_with("Content-Length: 1\r\n", &body),
        post_with("Content-Length: +5\r\n", &body),
        post_with("Content-Length: 0x5\r\n", &body),
        format!("POST /api/messages HTTP/1.1\r\n{json}\r\nTransfer-Encoding: gzip\r\n\r\n{body}"),
        format!(
            "POST /api/messages HTTP/1.1\r\n{json}\r\nTransfer-Encoding: chunked, identity\r\n\r\n{body}"
        ),
        format!(
            "POST /api/messages HTTP/1.0\r\n{json}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        format!("POST /api/messages HTTP/1.1\r\n{json}\r\nContent-Length : 5\r\n\r\n{body}"),
        "POST /api/messages HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n".to_owned(),
        "POST /api/messages\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000)),
        format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(200)),
        format!(
            "POST /api/messages HTTP/1.1\r\n{json}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ),
    ] {
        let mut line = Line::to(served.address).await;
        line.say(&request).await;
        let shown: String = request.chars().take(200).collect();
        // HTTP/2 is not spoken, and its preface not answered.
        let answers = line.rest().await;
        let statuses: Vec<_> = answers
            .lines()
            .filter_map(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3))
            .collect();
        let refused = matches!(statuses[..], ["400" | "414" | "415" | "431"]);
        let ended = answers.is_empty() && request.starts_with("PRI");
        assert!(refused || ended, "{shown}: {answers}");
    }
    assert_eq!(served.endpoint.host().conversations(), 0);
}

#[tokio::test]
async fn a_body_in_chunks_hides_no_second_request() {
    let served = Served::new().await;
    let hidden = post(&activity("hidden"));
    let mut line = Line::to(served.address).await;
    // The length says that the second request belongs to the body, the chunks say that it does not.
    line.say(format!(
        "POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
        hidden.len() + 5,
    ))
    .await;
    // Chunks count (RFC 9112, 6.3), and an empty body is no activity.
    assert_eq!(line.answer().await.status, 400);
}

#[tokio::test]
async fn a_client_may_ask_before_it_sends_the_body() {
    let served = Served::new().await;
    let body = asking("hello");
    let request = post_with("Expect: 100-continue\r\n", &body);
    let (head, body) = request.split_at(request.len() - body.len());
    let mut line = Line::to(served.address).await;
    line.say(head).await;
    assert_eq!(line.answer().await.status, 100);
    line.say(body).await;
    assert_eq!(line.answer().await.status, 200);

    for (more, status) in [
        ("Content-Length: 99999999", 413),
        ("Content-Length: 5\r\nX-Forwarded-For: 1.2.3.4", 401),
    ] {
        let mut line = Line::to(served.address).await;
        line.say(format!(
            "POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n{more}\r\n\r\n"
        ))
        .await;
        assert_eq!(line.answer().await.status, status, "at once");
    }
}

#[tokio::test]
async fn who_sends_too_much_is_told_so() {
    let served = Served::new().await;
    let body = activity(&"x".repeat(4 * 1024 * 1024));
    let chunked = format!(
        "POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    for request in [post(&body), chunked] {
        let mut line = Line::to(served.address).await;
        // All of it, before anything is read.
        line.say(&request).await;
        let answer = line.answer().await;
        assert_eq!(answer.status, 413);
        assert!(answer.body.contains("MessageSizeTooBig"));
        line.say(post(&asking("hello"))).await;
        assert_eq!(line.answer().await.status, 200, "the line is still good");
    }
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_given_up() {
    let served = Served::with(|endpoint| endpoint.read_timeout(SHORT), |server| server).await;
    let request = post(&activity("hello"));
    let mut line = Line::to(served.address).await;
    line.say(&request[..request.len() - 1]).await;
    let answer = line.answer().await;
    assert_eq!(answer.status, 408);
    assert!(line.is_closed().await);
    let mut line = Line::to(served.address).await;
    line.say("POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n").await;
    assert_eq!(line.answer().await.status, 408);
}
