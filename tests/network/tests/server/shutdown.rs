//! A server that is told to stop finishes what is under way.

use std::time::Duration;

use tokio::net::TcpStream;

use crate::line::Line;
use crate::served::{SHORT, Served, activity, asking, post};

#[tokio::test]
async fn the_turn_under_way_ends_and_its_answer_arrives() {
    let served = Served::new().await;
    let (address, porter) = (served.address, served.porter.clone());
    let mut waits = Line::to(address).await;
    waits.say(post(&asking("wait"))).await;
    porter.comes().await;
    // One has had its answer, one has said nothing yet.
    let mut idle = Line::to(address).await;
    idle.say(post(&asking("hello"))).await;
    assert_eq!(idle.answer().await.status, 200);
    let mut silent = Line::to(address).await;
    let stopping = served.stop();
    assert!(idle.is_closed().await);
    assert!(silent.is_closed().await);
    assert!(TcpStream::connect(address).await.is_err());
    assert!(!stopping.is_finished());
    porter.gate.add_permits(1);
    assert_eq!(waits.answer().await.status, 200);
    assert!(waits.is_closed().await);
    stopping.await.unwrap();
}

#[tokio::test]
async fn a_turn_that_nobody_waits_for_ends_too() {
    let served = Served::with(onhook::http::EndpointBuilder::answer_at_once, |server| {
        server
    })
    .await;
    let porter = served.porter.clone();
    let endpoint = served.endpoint.clone();
    let mut line = Line::to(served.address).await;
    line.say(post(&activity("wait"))).await;
    assert_eq!(line.answer().await.status, 202);
    porter.comes().await;
    let stopping = served.stop();
    assert!(line.is_closed().await);
    assert!(!stopping.is_finished());
    porter.gate.add_permits(1);
    stopping.await.unwrap();
    assert_eq!(endpoint.host().conversations(), 0);
}

#[tokio::test]
async fn turns_that_wait_for_another_end_too() {
    let served = Served::new().await;
    let (porter, endpoint) = (served.porter.clone(), served.endpoint.clone());
    let mut waits = Line::to(served.address).await;
    waits.say(post(&asking("wait"))).await;
    porter.comes().await;
    let mut accepted = Line::to(served.address).await;
    accepted.say(post(&activity("wait"))).await;
    assert_eq!(accepted.answer().await.status, 202);
    let stopping = served.stop();
    assert!(accepted.is_closed().await);
    porter.gate.add_permits(1);
    assert_eq!(waits.answer().await.status, 200);
    // The one that was accepted has begun, and is waited for.
    porter.comes().await;
    assert!(!stopping.is_finished());
    assert_eq!(endpoint.host().conversations(), 1);
    porter.gate.add_permits(1);
    stopping.await.unwrap();
    assert_eq!(endpoint.host().conversations(), 0);
}

#[tokio::test]
async fn who_has_only_begun_to_ask_is_not_waited_for() {
    let served = Served::new().await;
    let mut half = Line::to(served.address).await;
    half.say("POST /api/mess").await;
    // What comes after it has been answered: it has been accepted.
    let mut line = Line::to(served.address).await;
    line.say(post(&asking("hello"))).await;
    assert_eq!(line.answer().await.status, 200);
    let began = std::time::Instant::now();
    served.stop().await.unwrap();
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "half the idle time"
    );
}

#[tokio::test]
async fn a_turn_that_does_not_end_is_given_up() {
    let served = Served::with(|endpoint| endpoint, |server| server.shutdown_grace(SHORT)).await;
    let porter = served.porter.clone();
    let mut line = Line::to(served.address).await;
    line.say(post(&asking("wait"))).await;
    porter.comes().await;
    served.stop().await.unwrap();
}
