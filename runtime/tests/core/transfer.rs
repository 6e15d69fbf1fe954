//! Transfers: the number is E.164, and is personal data.

use onhook::SendError;
use onhook::testing::TestTurn;

#[tokio::test]
async fn a_transfer_is_a_handoff_to_the_number() {
    let turn = TestTurn::message("agent");
    turn.transfer_to("+14255550100").await.unwrap();
    let handoff = &turn.sent()[0];
    assert_eq!(handoff.name.as_deref(), Some("handoff.initiate"));
    assert_eq!(
        handoff.value.as_ref().unwrap().as_str(),
        r#"{"TargetPhoneNumber":"+14255550100"}"#
    );
}

#[tokio::test]
async fn what_is_no_number_is_refused_and_not_repeated() {
    let turn = TestTurn::message("agent");
    for number in [
        "425-555-0100",
        "+1-425-555-0100",
        "+0425",
        "Ada Lovelace",
        "",
    ] {
        let error = turn.transfer_to(number).await.unwrap_err();
        assert!(
            matches!(error.downcast_ref(), Some(SendError::PhoneNumber(_))),
            "{number}"
        );
        let texts = [format!("{error:#}"), format!("{error:?}")];
        assert!(
            number.is_empty() || texts.iter().all(|text| !text.contains(number)),
            "{texts:?}"
        );
    }
    assert!(turn.sent().is_empty());
}
