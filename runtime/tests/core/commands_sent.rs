//! What a command looks like when it leaves.

use onhook::prelude::*;
use onhook::testing::TestTurn;
use onhook::{ActivityType, Dialect, Host, Outcome, SendError};

use crate::stub::{Call, bot, command_id, open_ticket};

#[tokio::test]
async fn a10100_a_command_carries_its_id_and_its_data() {
    let turn = TestTurn::message("record");
    let start = RecordingStart::new().metadata("queue", "billing");
    let receipt = turn.start_recording(start).await.unwrap();
    let command = &turn.sent()[0];
    assert_eq!(command.kind, ActivityType::Command);
    assert_eq!(
        command.name.as_deref(),
        Some("channel/vnd.microsoft.telephony.recording.start")
    );
    assert_eq!(
        command.value.as_ref().unwrap().as_str(),
        format!(
            r#"{{"commandId":"{}","data":{{"metadata":{{"queue":"billing"}}}}}}"#,
            receipt.command_id()
        )
    );
    assert_eq!(receipt.activity_id(), Some("activity-1"));
}

#[tokio::test]
async fn a6321_a_command_without_data_still_has_a_value_with_an_id() {
    let turn = TestTurn::message("pause");
    for receipt in [
        turn.pause_recording()
            .await
            .unwrap()
            .command_id()
            .to_owned(),
        turn.resume_recording()
            .await
            .unwrap()
            .command_id()
            .to_owned(),
        turn.stop_recording().await.unwrap().command_id().to_owned(),
    ] {
        assert_eq!(receipt.len(), 36);
    }
    let ids: Vec<_> = turn.sent().iter().map(command_id).collect();
    assert!(
        ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2],
        "{ids:?}"
    );
}

#[tokio::test]
async fn each_dialect_has_its_names() {
    let host = |dialect| {
        let everything = bot(|turn| {
            Box::pin(async move {
                turn.start_recording(RecordingStart::new()).await?.detach();
                turn.pause_recording().await?.detach();
                turn.resume_recording().await?.detach();
                turn.stop_recording().await?.detach();
                turn.command(open_ticket()).await?.detach();
                Ok(Outcome::Handled)
            })
        });
        Call::on(Host::builder(everything).dialect(dialect).build())
    };
    for (dialect, names) in [
        (
            Dialect::Current,
            [
                "channel/vnd.microsoft.telephony.recording.start",
                "channel/vnd.microsoft.telephony.recording.pause",
                "channel/vnd.microsoft.telephony.recording.resume",
                "channel/vnd.microsoft.telephony.recording.stop",
                "application/vnd.contoso.open-ticket",
            ],
        ),
        (
            Dialect::Preview,
            [
                "recording_start_command",
                "recording_pause_command",
                "recording_resume_command",
                "recording_stop_command",
                "application/vnd.contoso.open-ticket",
            ],
        ),
    ] {
        let call = host(dialect);
        call.run(Activity::message("go")).await.unwrap();
        assert_eq!(call.outbox.commands(), names);
    }
}

#[tokio::test]
async fn metadata_beyond_the_limits_are_refused_before_anything_is_sent() {
    let turn = TestTurn::message("record");
    let keys = (0..65).fold(RecordingStart::new(), |start, key| {
        start.metadata(format!("key {key}"), "")
    });
    let bytes = RecordingStart::new().metadata("key", "x".repeat(16 * 1024));
    let unnamed = RecordingStart::new().metadata("", "x");
    for start in [keys, bytes, unnamed] {
        let error = turn.start_recording(start).await.unwrap_err();
        assert!(
            matches!(error.downcast_ref(), Some(SendError::Metadata(_))),
            "{error}"
        );
    }
    assert!(turn.sent().is_empty() && !turn.responded());
}

#[tokio::test]
async fn a_command_that_the_channel_refuses_is_an_error_and_waits_for_nothing() {
    let call = Call::new(bot(|turn| {
        Box::pin(async move {
            let error = turn.pause_recording().await.expect_err("refused");
            assert!(matches!(
                error.downcast_ref(),
                Some(SendError::Refused { .. })
            ));
            Ok(Outcome::Handled)
        })
    }));
    call.outbox.refuse("Forbidden", "no");
    call.run(Activity::message("pause")).await.unwrap();
    assert_eq!(call.host.conversations(), 0);
}
