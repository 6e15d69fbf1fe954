//! A handler waits for the result of its command, which comes by another request.

use serde_json::{Value, json};

use crate::channel::{endpoint_with, message, post};
use crate::desk::Desk;

async fn ticket(answer: impl FnOnce(&Value) -> Value) -> (u16, u16, Vec<String>) {
    // A single place, taken by the turn that waits: the result has its own.
    let (endpoint, channel) = endpoint_with(Desk::new(), |builder| builder.turn_limit(1));
    let asking = tokio::spawn({
        let endpoint = endpoint.clone();
        async move {
            post(&endpoint, &message("ticket", Value::Null))
                .await
                .status
        }
    });
    channel.next().await;
    let command = channel.sent()[0].body.clone();
    assert_eq!(command["name"], "application/vnd.contoso.open-ticket");
    assert!(!asking.is_finished());
    let result = message("", answer(&command));
    let told = post(&endpoint, &result).await.status;
    (asking.await.unwrap(), told, channel.texts())
}

#[tokio::test(start_paused = true)]
async fn a_result_reaches_the_handler_that_waits_for_it() {
    let (asked, told, texts) = ticket(|command| {
        let id = &command["value"]["commandId"];
        json!({
            "type": "commandResult",
            "id": "r-1",
            "name": "application/vnd.contoso.open-ticket",
            "value": {"commandId": id, "data": {"number": 7}},
        })
    })
    .await;
    assert_eq!((asked, told), (200, 202));
    assert_eq!(texts, ["ticket 7"]);
}

#[tokio::test(start_paused = true)]
async fn a_result_without_a_command_id_is_known_by_what_it_replies_to() {
    let (asked, told, texts) = ticket(|_| {
        json!({
            "type": "commandResult",
            "replyToId": "sent-1",
            "name": "application/vnd.contoso.open-ticket",
            "value": {"data": {"number": 8}},
        })
    })
    .await;
    assert_eq!((asked, told), (200, 202));
    assert_eq!(texts, ["ticket 8"]);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_says_no_fails_the_turn_that_waits() {
    let (asked, told, texts) = ticket(|command| {
        json!({
            "type": "commandResult",
            "name": "application/vnd.contoso.open-ticket",
            "value": {
                "commandId": command["value"]["commandId"],
                "error": {"code": "NotSupported", "message": "no"},
            },
        })
    })
    .await;
    assert_eq!((asked, told), (500, 202));
    assert_eq!(texts, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_conversation_ends_the_waiting() {
    let (asked, told, _) = ticket(|_| json!({"type": "endOfConversation"})).await;
    assert_eq!((asked, told), (500, 202));
}
