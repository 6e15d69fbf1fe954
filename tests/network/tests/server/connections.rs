//! What clients do with their connections.

use std::time::{Duration, Instant};

use crate::line::Line;
use crate::served::{SHORT, Served, asking, post};

#[tokio::test]
async fn requests_in_a_row_are_answered_in_a_row() {
    let served = Served::new().await;
    let mut line = Line::to(served.address).await;
    line.say(
        [
            post(&asking("wait")),
            post(&asking("2")),
            post(&asking("3")),
        ]
        .concat(),
    )
    .await;
    served.porter.comes().await;
    assert!(!line.has_more());
    served.porter.gate.add_permits(1);
    for text in ["activities\":[]", "\"text\":\"2\"", "\"text\":\"3\""] {
        let answer = line.answer().await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains(text), "{text}: {}", answer.body);
    }
}

#[tokio::test]
async fn half_a_head_does_not_keep_a_connection() {
    let served = Served::with(|endpoint| endpoint, |server| server.idle_timeout(SHORT)).await;
    for beginning in [
        "",
        "POST /api/mess",
        "POST /api/messages HTTP/1.1\r\nX: y\r\n",
    ] {
        let mut line = Line::to(served.address).await;
        line.say(beginning).await;
        assert!(line.is_closed().await, "{beginning}");
    }
    // Nor does one that has had its answer.
    let mut line = Line::to(served.address).await;
    line.say(post(&asking("hello"))).await;
    assert_eq!(line.answer().await.status, 200);
    assert!(line.is_closed().await);
}

#[tokio::test]
async fn who_has_said_all_still_gets_the_answer() {
    let served = Served::new().await;
    let mut line = Line::to(served.address).await;
    line.say(post(&asking("wait"))).await;
    line.close_half().await;
    served.porter.comes().await;
    served.porter.gate.add_permits(1);
    assert_eq!(line.answer().await.status, 200);
    assert!(line.is_closed().await);
}

#[tokio::test]
async fn who_hangs_up_does_not_end_the_turn() {
    let served = Served::new().await;
    let mut line = Line::to(served.address).await;
    line.say(post(&asking("wait"))).await;
    served.porter.comes().await;
    drop(line);
    assert_eq!(served.endpoint.host().conversations(), 1);
    served.porter.gate.add_permits(1);
    served.endpoint.idle().await;
    assert_eq!(served.endpoint.host().conversations(), 0);
}

#[tokio::test]
async fn more_connections_than_allowed_wait() {
    let served = Served::with(|endpoint| endpoint, |server| server.connection_limit(2)).await;
    let mut first = Line::to(served.address).await;
    let mut second = Line::to(served.address).await;
    for line in [&mut first, &mut second] {
        line.say(post(&asking("hello"))).await;
        assert_eq!(line.answer().await.status, 200);
    }
    let mut third = Line::to(served.address).await;
    third.say(post(&asking("hello"))).await;
    for line in [&mut first, &mut second] {
        line.say(post(&asking("hello"))).await;
        assert_eq!(line.answer().await.status, 200);
    }
    assert!(!third.has_more());
    drop(first);
    assert_eq!(third.answer().await.status, 200);
}

/// Long enough for what is bounded by a second or so, and shorter than what is not.
const SOON: Duration = Duration::from_secs(20);

/// Asks for a long answer.
fn long(text: &str) -> String {
    asking("hello").replace("\"text\":\"hello\"", &format!("\"text\":\"{text}\""))
}

async fn is_answered(line: &mut Line) -> bool {
    line.say(post(&asking("hello"))).await;
    line.answer().await.status == 200
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for_as_long_as_who_has() {
    let served = Served::with(
        |endpoint| endpoint,
        |server| server.first_request_timeout(SHORT),
    )
    .await;
    let began = Instant::now();
    let mut has = Line::to(served.address).await;
    assert!(is_answered(&mut has).await);
    for beginning in [
        "",
        "P",
        "POST /api/messages HTTP/1.1\r\nHost: localhost\r\nX: ",
    ] {
        let mut line = Line::to(served.address).await;
        line.say(beginning).await;
        assert!(line.is_closed().await, "{beginning}");
    }
    assert!(began.elapsed() < SOON);
    assert!(is_answered(&mut has).await);
}

#[tokio::test]
async fn a_body_has_its_own_time() {
    let served = Served::with(
        |endpoint| endpoint,
        |server| server.first_request_timeout(SHORT),
    )
    .await;
    let mut line = Line::to(served.address).await;
    let request = post(&asking("hello"));
    let (first, rest) = request.split_at(request.len() - 5);
    line.say(first).await;
    // Another is closed for its silence meanwhile.
    assert!(Line::to(served.address).await.is_closed().await);
    line.say(rest).await;
    assert_eq!(line.answer().await.status, 200);
}

#[tokio::test]
async fn idle_connections_keep_nobody_out() {
    let served = Served::with(|endpoint| endpoint, |server| server.connection_limit(5)).await;
    let began = Instant::now();
    let mut waits = Line::to(served.address).await;
    waits.say(post(&asking("wait"))).await;
    served.porter.comes().await;
    let mut silent = Vec::new();
    for _ in 0..2 {
        silent.push(Line::to(served.address).await);
    }
    let mut said = Vec::new();
    for _ in 0..2 {
        let mut line = Line::to(served.address).await;
        assert!(is_answered(&mut line).await);
        said.push(line);
    }
    for _ in 0..4 {
        let mut line = Line::from([127, 0, 0, 2], served.address).await;
        assert!(is_answered(&mut line).await);
        said.push(line);
    }
    assert!(began.elapsed() < SOON);
    // They made room; who waits for an answer did not.
    for mut line in silent {
        assert!(line.is_closed().await);
    }
    served.porter.gate.add_permits(1);
    assert_eq!(waits.answer().await.status, 200);
}

#[tokio::test]
async fn one_peer_has_no_more_than_its_share() {
    let served = Served::with(
        |endpoint| endpoint,
        |server| server.connection_limit_per_peer(2),
    )
    .await;
    let began = Instant::now();
    let mut busy = Vec::new();
    for text in ["1", "2"] {
        let mut line = Line::to(served.address).await;
        let wait = asking("wait").replace("call-wait", text);
        line.say(post(&wait)).await;
        served.porter.comes().await;
        busy.push(line);
    }
    assert!(Line::to(served.address).await.is_closed().await);
    served.porter.gate.add_permits(2);
    for line in &mut busy {
        assert_eq!(line.answer().await.status, 200);
    }
    // Now one of its own makes room when it has been idle for a while.
    loop {
        let mut line = Line::to(served.address).await;
        line.say(post(&asking("hello"))).await;
        if line.rest_has("200 OK").await {
            break;
        }
        assert!(began.elapsed() < SOON);
    }
    assert!(busy[0].is_closed().await);
    assert!(is_answered(&mut busy[1]).await);
}

#[tokio::test]
async fn who_has_hung_up_takes_no_place() {
    for reset in [false, true] {
        let served = Served::with(|endpoint| endpoint, |server| server.connection_limit(1)).await;
        let began = Instant::now();
        let mut line = Line::to(served.address).await;
        line.say(post(&asking("wait"))).await;
        served.porter.comes().await;
        if reset {
            line.reset();
        } else {
            drop(line);
        }
        let mut other = Line::to(served.address).await;
        assert!(is_answered(&mut other).await, "reset: {reset}");
        assert!(began.elapsed() < SOON);
        // And the turn goes on.
        assert_eq!(served.endpoint.host().conversations(), 1);
        served.porter.gate.add_permits(1);
        served.endpoint.idle().await;
    }
}

#[tokio::test]
async fn who_has_said_all_gets_a_long_answer_too() {
    let served = Served::with(|endpoint| endpoint, |server| server.connection_limit(1)).await;
    let text = "x".repeat(200_000);
    for mode in ["expectReplies", "stream"] {
        let mut line = Line::to(served.address).await;
        line.say(post(&long(&text).replace("expectReplies", mode)))
            .await;
        line.close_half().await;
        let rest = line.rest().await;
        assert!(rest.contains(&text), "{mode}: {} bytes", rest.len());
    }
}

#[tokio::test]
async fn a_server_that_stops_does_not_cut_an_answer() {
    let served = Served::new().await;
    let text = "x".repeat(200_000);
    let mut line = Line::to(served.address).await;
    line.say(post(&long(&text))).await;
    // The answer has begun; the rest is still to come.
    line.begins().await;
    let stopping = served.stop();
    assert!(line.answer().await.body.contains(&text));
    assert!(line.is_closed().await);
    stopping.await.unwrap();
}
