//! What else a turn sends: activities in order, corrections, signs, the end of the call.

use onhook::prelude::*;
use onhook::testing::TestTurn;
use onhook::{ActivityType, Error, SendError};

fn refused(error: &Error) -> Option<&SendError> {
    error.downcast_ref()
}

#[tokio::test]
async fn activities_leave_in_their_order_and_have_the_channel_s_ids() {
    let turn = TestTurn::message("hello");
    let sent = turn
        .send_all([
            Activity::message("one"),
            Activity::typing(),
            Activity::message("two"),
        ])
        .await
        .unwrap();
    let ids: Vec<_> = sent
        .iter()
        .map(|response| response.id.as_deref().unwrap())
        .collect();
    assert_eq!(ids, ["activity-1", "activity-2", "activity-3"]);
    assert_eq!(turn.spoken(), ["one", "two"]);
}

#[tokio::test]
async fn the_first_activity_that_fails_is_the_last_that_is_tried() {
    let turn = TestTurn::message("hello");
    turn.outbox().refuse("BadSyntax", "no");
    let activities = [Activity::message("one"), Activity::message("two")];
    let error = turn.send_all(activities).await.unwrap_err();
    assert!(
        matches!(refused(&error), Some(SendError::Refused { code, .. }) if code == "BadSyntax")
    );
    assert!(turn.sent().is_empty() && !turn.responded());
}

#[tokio::test]
async fn an_update_keeps_the_id_of_what_it_replaces() {
    let turn = TestTurn::message("hello");
    let mut better = Activity::message("better");
    better.id = Some("activity-7".into());
    turn.update(better).await.unwrap();
    let updated = turn.outbox().updated();
    assert_eq!(updated[0].id.as_deref(), Some("activity-7"));
    assert_eq!(updated[0].conversation_id(), Some("call-1"));
}

#[tokio::test]
async fn a_deletion_names_the_activity_and_the_conversation() {
    let turn = TestTurn::message("hello");
    turn.delete("activity-7").await.unwrap();
    assert_eq!(turn.outbox().deleted(), ["activity-7"]);
}

#[tokio::test]
async fn an_update_or_deletion_of_nothing_is_refused() {
    let turn = TestTurn::message("hello");
    for id in [None, Some(String::new())] {
        let mut update = Activity::message("better");
        update.id = id;
        let error = turn.update(update).await.unwrap_err();
        assert!(matches!(
            refused(&error),
            Some(SendError::NoActivityId("update"))
        ));
    }
    let error = turn.delete("").await.unwrap_err();
    assert!(matches!(
        refused(&error),
        Some(SendError::NoActivityId("delete"))
    ));
    assert!(turn.outbox().updated().is_empty() && turn.outbox().deleted().is_empty());
}

#[tokio::test]
async fn typing_is_an_activity() {
    let turn = TestTurn::message("hello");
    turn.typing().await.unwrap();
    assert_eq!(turn.sent()[0].kind, ActivityType::Typing);
}

#[tokio::test]
async fn hanging_up_is_an_end_of_conversation_that_succeeded() {
    let turn = TestTurn::message("bye");
    turn.end_call().await.unwrap();
    let end = &turn.sent()[0];
    assert_eq!(end.kind, ActivityType::EndOfConversation);
    assert_eq!(end.code.as_ref().unwrap().as_str(), "completedSuccessfully");
}

#[tokio::test]
async fn a_trace_is_no_response() {
    let turn = TestTurn::message("hello");
    turn.send(Activity::new(ActivityType::Trace)).await.unwrap();
    assert!(!turn.responded());
    turn.typing().await.unwrap();
    assert!(turn.responded());
}
