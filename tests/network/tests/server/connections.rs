//! What clients do with their connections.

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
