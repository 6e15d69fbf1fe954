//! What is done while the recording is paused, and what becomes of the recording however that ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use onhook::recording::{ErrorCode, RecordingStatus};
use onhook::testing::TestTurn;
use onhook::{
    CommandError, Error, NotPaused, NotResumed, RecordingPause, RecordingResume, Result,
    ResultError, SendError,
};

const PAUSE: &str = "channel/vnd.microsoft.telephony.recording.pause";
const RESUME: &str = "channel/vnd.microsoft.telephony.recording.resume";

type Answer = Result<RecordingStatus, CommandError>;

const OK: fn() -> Answer = || Ok(RecordingStatus::default());

#[derive(Debug, thiserror::Error)]
#[error("the bank says no")]
struct Declined;

#[tokio::test(start_paused = true)]
async fn it_is_paused_done_and_resumed() {
    let turn = TestTurn::message("pay");
    turn.answer::<RecordingPause>(OK());
    turn.answer::<RecordingResume>(OK());
    let commands = || turn.commands();
    let card = turn.while_paused(async {
        assert_eq!(commands(), [PAUSE], "and its result is there");
        turn.say("Please read me your card number.").await?;
        Ok("4111".to_owned())
    });
    assert_eq!(card.await.unwrap(), "4111");
    assert_eq!(turn.commands(), [PAUSE, RESUME]);
    assert!(turn.responded());
}

/// What the pause is answered with, whether the body runs, and what is sent.
#[tokio::test(start_paused = true)]
async fn the_body_runs_only_if_nothing_is_recorded() {
    for (answer, runs, commands) in [
        (Some(OK()), true, &[PAUSE, RESUME][..]),
        // Whoever paused it resumes it.
        (
            Some(Err(CommandError::recording_already_paused())),
            true,
            &[PAUSE],
        ),
        (
            Some(Err(CommandError::recording_not_started())),
            false,
            &[PAUSE],
        ),
        (
            Some(Err(CommandError::recording_storage_failed())),
            false,
            &[PAUSE],
        ),
        (
            Some(Err(CommandError::conversation_ended())),
            false,
            &[PAUSE],
        ),
        // It may be paused after all.
        (None, false, &[PAUSE, RESUME]),
    ] {
        let turn = TestTurn::message("pay");
        match answer.clone() {
            Some(answer) => turn.answer::<RecordingPause>(answer),
            None => turn.leave_unanswered::<RecordingPause>(),
        }
        turn.answer::<RecordingResume>(OK());
        let ran = turn.while_paused(async { turn.say("card?").await }).await;
        assert_eq!(ran.is_ok(), runs, "{answer:?}");
        assert_eq!(turn.spoken().len(), usize::from(runs), "{answer:?}");
        assert_eq!(turn.commands(), commands, "{answer:?}");
        let Err(error) = ran else { continue };
        let not_paused: &NotPaused = error.downcast_ref().expect("it says so");
        let refused = not_paused.command_error();
        assert_eq!(refused, answer.clone().and_then(Result::err).as_ref());
        let late = matches!(
            not_paused.error().downcast_ref(),
            Some(ResultError::TimedOut(_))
        );
        assert_eq!(late, answer.is_none());
    }
}

#[tokio::test]
async fn a_bot_can_tell_that_nothing_is_recorded_anyway() {
    let turn = TestTurn::message("pay");
    turn.answer::<RecordingPause>(Err(CommandError::recording_not_started()));
    let error = turn.while_paused(async { Ok(()) }).await.unwrap_err();
    let not_paused: &NotPaused = error.downcast_ref().unwrap();
    let code = not_paused.command_error().and_then(CommandError::known);
    assert_eq!(code, Some(ErrorCode::RecordingNotStarted));
    assert_eq!(
        error.to_string(),
        "the recording could not be paused, so nothing was done: \
         RecordingNotStarted: Recording has not started"
    );
}

#[tokio::test]
async fn a_pause_that_is_not_sent_is_not_resumed() {
    let turn = TestTurn::message("pay");
    turn.outbox()
        .refuse("ConversationNotFound", "there is none");
    let error = turn.while_paused(async { Ok(()) }).await.unwrap_err();
    let not_paused: &NotPaused = error.downcast_ref().unwrap();
    let sending = not_paused.error().downcast_ref();
    assert!(matches!(sending, Some(SendError::Refused { .. })));
    assert!(turn.commands().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_error_of_the_body_is_returned_as_it_is() {
    for resumed in [OK(), Err(CommandError::recording_storage_failed())] {
        let turn = TestTurn::message("pay");
        turn.answer::<RecordingPause>(OK());
        turn.answer::<RecordingResume>(resumed);
        let ran = turn.while_paused(async { Err::<(), _>(Error::from(Declined)) });
        let error = ran.await.unwrap_err();
        assert!(error.downcast_ref::<Declined>().is_some(), "{error:?}");
        assert_eq!(turn.commands(), [PAUSE, RESUME]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_body_gave_is_there_if_the_recording_is_not_resumed() {
    for answer in [
        Some(Err(CommandError::recording_storage_failed())),
        // Somebody else has resumed it, and the body may have been recorded.
        Some(Err(CommandError::recording_already_in_progress())),
        None,
    ] {
        let turn = TestTurn::message("pay");
        turn.answer::<RecordingPause>(OK());
        if let Some(answer) = answer.clone() {
            turn.answer::<RecordingResume>(answer);
        }
        let paid = turn.while_paused(async { Ok("receipt 4711".to_owned()) });
        let error = paid.await.unwrap_err();
        assert!(!format!("{error:?} {error:#}").contains("4711"));
        let not_resumed: &NotResumed<String> = error.downcast_ref().expect("it says so");
        assert!(not_resumed.error().downcast_ref::<ResultError>().is_some());
        assert_eq!(not_resumed.take().as_deref(), Some("receipt 4711"));
        assert_eq!(not_resumed.take(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn of_nested_pauses_the_outer_one_resumes() {
    let turn = TestTurn::message("pay");
    turn.answer::<RecordingPause>(OK());
    turn.answer::<RecordingPause>(Err(CommandError::recording_already_paused()));
    turn.answer::<RecordingResume>(OK());
    let outer = turn.while_paused(async {
        let inner = turn.while_paused(async { turn.say("inner").await });
        inner.await?;
        assert_eq!(turn.commands(), [PAUSE, PAUSE], "the outer one goes on");
        turn.say("outer").await
    });
    outer.await.unwrap();
    assert_eq!(turn.spoken(), ["inner", "outer"]);
    assert_eq!(turn.commands(), [PAUSE, PAUSE, RESUME]);
}

#[tokio::test(start_paused = true)]
async fn of_pauses_side_by_side_the_last_one_resumes() {
    let turn = TestTurn::message("pay");
    turn.answer::<RecordingPause>(OK());
    turn.answer::<RecordingPause>(Err(CommandError::recording_already_paused()));
    turn.answer::<RecordingResume>(OK());
    let over = AtomicBool::new(false);
    let long = turn.while_paused(async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert_eq!(turn.commands(), [PAUSE, PAUSE]);
        over.store(true, Ordering::SeqCst);
        Ok(())
    });
    let short = turn.while_paused(async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(())
    });
    let (long, short) = tokio::join!(long, short);
    long.unwrap();
    short.unwrap();
    assert!(over.load(Ordering::SeqCst));
    assert_eq!(turn.commands(), [PAUSE, PAUSE, RESUME]);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_dropped_is_followed_by_a_resume() {
    let turn = TestTurn::message("pay");
    turn.answer::<RecordingPause>(OK());
    let never = turn.while_paused(std::future::pending::<Result<()>>());
    let limit = Duration::from_secs(5);
    tokio::time::timeout(limit, never).await.unwrap_err();
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(turn.commands(), [PAUSE, RESUME]);
}

/// Also one that is dropped while nobody knows yet whether it is paused.
#[tokio::test(start_paused = true)]
async fn a_pause_that_is_dropped_is_followed_by_a_resume() {
    let turn = TestTurn::message("pay");
    turn.leave_unanswered::<RecordingPause>();
    let never = turn.while_paused(async { turn.say("card?").await });
    let limit = Duration::from_secs(5);
    tokio::time::timeout(limit, never).await.unwrap_err();
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(turn.commands(), [PAUSE, RESUME]);
    assert!(turn.spoken().is_empty());
}

/// A pause after it finds the recording as the dropped one has left it: resumed.
#[tokio::test(start_paused = true)]
async fn after_a_dropped_body_the_next_one_pauses_anew() {
    let turn = TestTurn::message("pay");
    turn.answer::<RecordingPause>(OK());
    let never = turn.while_paused(std::future::pending::<Result<()>>());
    let limit = Duration::from_secs(5);
    tokio::time::timeout(limit, never).await.unwrap_err();
    tokio::time::sleep(Duration::from_millis(1)).await;
    turn.answer::<RecordingPause>(OK());
    turn.answer::<RecordingResume>(OK());
    turn.while_paused(async { Ok(()) }).await.unwrap();
    assert_eq!(turn.commands(), [PAUSE, RESUME, PAUSE, RESUME]);
}

#[test]
fn a_runtime_that_ends_takes_the_body_with_it() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let turn = Arc::new(TestTurn::message("pay"));
    turn.answer::<RecordingPause>(OK());
    let paying = Arc::clone(&turn);
    let began = Arc::new(AtomicBool::new(false));
    let begins = Arc::clone(&began);
    runtime.block_on(async {
        tokio::spawn(async move {
            let body = async {
                begins.store(true, Ordering::SeqCst);
                std::future::pending::<Result<()>>().await
            };
            paying.while_paused(body).await
        });
        while !began.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
    });
    drop(runtime);
    assert_eq!(turn.commands(), [PAUSE]);
}
