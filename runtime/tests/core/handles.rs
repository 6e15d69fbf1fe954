//! A handle says and sends when its turn is over, in its place among the turns, and never waits for itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onhook::{
    Activity, ActivityType, BoxFuture, ConversationHandle, Error, Host, Outcome, RecordingStart,
    Refused, SendError, Turn,
};
use tokio::sync::{Semaphore, oneshot};

use crate::stub::{
    Answer, Call, StubBot, bot, in_call, in_conversation, open_ticket, result_of, until,
};

/// Longer than any test may take, in paused time: who waits for itself is found out.
const FOR_EVER: Duration = Duration::from_secs(3600);

type Handles = Arc<Mutex<Vec<ConversationHandle>>>;

/// A bot that keeps a handle of every turn, and then does this.
fn keeping_bot<F>(handles: &Handles, then: F) -> StubBot
where
    F: for<'t> Fn(&'t Turn) -> BoxFuture<'t, Answer> + Send + Sync + 'static,
{
    let handles = Arc::clone(handles);
    bot(move |turn| {
        handles.lock().unwrap().push(turn.conversation());
        then(turn)
    })
}

fn handled(_: &Turn) -> BoxFuture<'_, Answer> {
    Box::pin(async { Ok(Outcome::Handled) })
}

/// A call whose first turn is over, and the handle of it.
async fn left(then: fn(&Turn) -> BoxFuture<'_, Answer>) -> (Call, ConversationHandle) {
    let handles = Handles::default();
    let call = Call::new(keeping_bot(&handles, then));
    call.run(Activity::message("hello")).await.unwrap();
    let handle = handles.lock().unwrap()[0].clone();
    (call, handle)
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(FOR_EVER, future)
        .await
        .expect("it waits for itself")
}

fn send_error(error: &Error) -> &SendError {
    error.downcast_ref().expect("it could not be sent")
}

#[test]
fn a_handle_may_go_anywhere() {
    fn anywhere<T: Clone + Send + Sync + 'static>() {}
    anywhere::<ConversationHandle>();
}

#[tokio::test(start_paused = true)]
async fn it_speaks_when_the_turn_is_over() {
    let call = Call::new(bot(|turn| {
        Box::pin(async move {
            let conversation = turn.conversation();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(30)).await;
                conversation.say("Are you still there?").await.unwrap();
            });
            turn.say("Take your time.").await?;
            Ok(Outcome::Handled)
        })
    }));
    let mut hello = in_call(Activity::message("hold on"));
    hello.id = Some("1".to_owned());
    call.run(hello).await.unwrap();
    tokio::time::sleep(Duration::from_secs(29)).await;
    assert_eq!(call.outbox.spoken(), ["Take your time."]);
    assert_eq!(call.host.conversations(), 0, "a timer holds up nobody");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        call.outbox.spoken(),
        ["Take your time.", "Are you still there?"]
    );
    let sent = call.outbox.sent().remove(1);
    assert_eq!(sent.conversation_id(), Some("call-1"));
    assert_eq!(sent.from_id(), Some("bot"));
    assert_eq!(sent.reply_to_id.as_deref(), Some("1"));
}

#[tokio::test]
async fn it_sends_all_that_a_turn_sends() {
    let (call, handle) = left(handled).await;
    handle.send(Activity::typing()).await.unwrap();
    handle
        .start_recording(RecordingStart::new())
        .await
        .unwrap()
        .detach();
    handle.pause_recording().await.unwrap().detach();
    handle.resume_recording().await.unwrap().detach();
    handle.stop_recording().await.unwrap().detach();
    handle.transfer_to("+14255550123").await.unwrap();
    handle.end_call().await.unwrap();
    let sent = call.outbox.sent();
    let kinds: Vec<_> = sent.iter().map(|sent| sent.kind.as_str()).collect();
    let [command, event] = ["command", "event"];
    assert_eq!(
        kinds,
        [
            "typing",
            command,
            command,
            command,
            command,
            event,
            "endOfConversation"
        ]
    );
    assert_eq!(handle.id(), Some("call-1"));
    assert_eq!(handle.reference().channel_id.as_deref(), Some("telephony"));
}

#[tokio::test(start_paused = true)]
async fn in_its_own_turn_it_sends_at_once() {
    let call = Call::new(bot(|turn| {
        Box::pin(async move {
            let conversation = turn.conversation();
            assert!(!turn.responded());
            conversation.say("first").await?;
            assert!(turn.responded(), "the turn has said it");
            turn.say("second").await?;
            // Waited for by the turn, which is another task.
            let beside = tokio::spawn(async move { conversation.say("third").await });
            beside.await?.unwrap();
            Ok(Outcome::Handled)
        })
    }));
    soon(call.run(Activity::message("hello"))).await.unwrap();
    assert_eq!(call.outbox.spoken(), ["first", "second", "third"]);
    assert_eq!(call.host.conversations(), 0);
}

#[tokio::test(start_paused = true)]
async fn in_a_later_turn_it_sends_at_once() {
    let handles = Handles::default();
    let kept = Arc::clone(&handles);
    let call = Call::new(keeping_bot(&handles, move |turn| {
        let first = kept.lock().unwrap()[0].clone();
        Box::pin(async move {
            first.say(turn.activity().text.clone().unwrap()).await?;
            turn.say("and more").await?;
            Ok(Outcome::Handled)
        })
    }));
    for text in ["one", "two"] {
        soon(call.run(Activity::message(text))).await.unwrap();
    }
    assert_eq!(call.outbox.spoken(), ["one", "and more", "two", "and more"]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_continues_its_own_conversation_does_not_wait_for_itself() {
    let (host, theirs) = oneshot::channel::<Host<StubBot>>();
    let host_of = Mutex::new(Some(theirs));
    let outbox = onhook::testing::Outbox::new();
    let mine = outbox.clone();
    let call = Call::new(bot(move |turn| {
        let host = host_of.lock().unwrap().take();
        let outbox = mine.clone();
        Box::pin(async move {
            let Some(host) = host else {
                return Ok(Outcome::Handled);
            };
            let host = host.await?;
            let reference = turn.activity().conversation_reference();
            let proactive = host.continue_conversation(reference, outbox).await?;
            proactive.say("from within").await?;
            Ok(Outcome::Handled)
        })
    }));
    assert!(host.send(call.host.clone()).is_ok());
    soon(call.run(Activity::message("hello"))).await.unwrap();
    assert_eq!(outbox.spoken(), ["from within"]);
    assert_eq!(call.host.conversations(), 0);
}

/// A call in whose second turn the bot waits at a gate and then says "turn".
async fn busy() -> (Call, ConversationHandle, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let (handles, wait) = (Handles::default(), Arc::clone(&gate));
    let call = Call::new(keeping_bot(&handles, move |turn| {
        let wait = Arc::clone(&wait);
        Box::pin(async move {
            if turn.activity().text.as_deref() == Some("wait") {
                wait.acquire().await?.forget();
                turn.say("turn").await?;
            }
            Ok(Outcome::Handled)
        })
    }));
    call.run(Activity::message("hello")).await.unwrap();
    let handle = handles.lock().unwrap()[0].clone();
    (call, handle, gate)
}

#[tokio::test]
async fn it_has_its_place_among_the_turns() {
    let (call, handle, gate) = busy().await;
    let running = call.spawn(Activity::message("wait"));
    tokio::task::yield_now().await;
    let saying = tokio::spawn(async move { handle.say("handle").await });
    tokio::task::yield_now().await;
    let behind = call.spawn(Activity::message("wait"));
    tokio::task::yield_now().await;
    assert_eq!(call.outbox.spoken(), [""; 0]);
    gate.add_permits(2);
    running.await.unwrap().unwrap();
    saying.await.unwrap().unwrap();
    behind.await.unwrap().unwrap();
    assert_eq!(call.outbox.spoken(), ["turn", "handle", "turn"]);
    assert_eq!(call.host.conversations(), 0);
}

#[tokio::test]
async fn a_turn_of_its_own_keeps_the_others_waiting() {
    let (call, handle, gate) = busy().await;
    gate.add_permits(1);
    let turn = handle.turn().await.unwrap();
    let next = call.spawn(Activity::message("wait"));
    turn.say("one").await.unwrap();
    tokio::task::yield_now().await;
    turn.say("two").await.unwrap();
    drop(turn);
    next.await.unwrap().unwrap();
    assert_eq!(call.outbox.spoken(), ["one", "two", "turn"]);
}

#[tokio::test]
async fn a_turn_that_was_joined_is_followed_when_both_are_over() {
    let (give, given) = oneshot::channel();
    let give = Mutex::new(Some(give));
    let call = Call::new(bot(move |turn| {
        let give = give.lock().unwrap().take();
        Box::pin(async move {
            if let Some(give) = give {
                let joined = turn.conversation().turn().await?;
                assert!(give.send(joined).is_ok());
            } else {
                turn.say("next").await?;
            }
            Ok(Outcome::Handled)
        })
    }));
    call.run(Activity::message("hello")).await.unwrap();
    let joined = given.await.unwrap();
    let next = call.spawn(Activity::message("hello"));
    tokio::task::yield_now().await;
    joined.say("joined").await.unwrap();
    drop(joined);
    next.await.unwrap().unwrap();
    assert_eq!(call.outbox.spoken(), ["joined", "next"]);
    assert_eq!(call.host.conversations(), 0);
}

#[tokio::test]
async fn after_the_end_it_says_so() {
    let (call, handle) = left(handled).await;
    assert!(!handle.has_ended());
    let elsewhere = in_conversation(Activity::end_of_conversation(), "call-2");
    call.run(elsewhere).await.unwrap();
    handle.say("still there").await.unwrap();
    call.run(Activity::end_of_conversation()).await.unwrap();
    assert!(handle.has_ended());
    for error in [
        handle.say("hello").await.unwrap_err(),
        handle.pause_recording().await.unwrap_err(),
        handle.turn().await.unwrap_err(),
    ] {
        assert!(matches!(send_error(&error), SendError::Ended), "{error:?}");
    }
    assert_eq!(call.outbox.spoken(), ["still there"]);
}

#[tokio::test]
async fn an_end_that_comes_while_it_waits_is_one() {
    let (call, handle, gate) = busy().await;
    let running = call.spawn(Activity::message("wait"));
    tokio::task::yield_now().await;
    let saying = tokio::spawn(async move { handle.say("handle").await });
    tokio::task::yield_now().await;
    let end = call.spawn(Activity::end_of_conversation());
    gate.add_permits(1);
    running.await.unwrap().unwrap();
    let error = saying.await.unwrap().unwrap_err();
    assert!(matches!(send_error(&error), SendError::Ended));
    end.await.unwrap().unwrap();
    assert_eq!(call.outbox.spoken(), ["turn"]);
}

#[tokio::test]
async fn a_handle_of_the_last_turn_is_of_a_conversation_that_is_over() {
    let handles = Handles::default();
    let call = Call::new(keeping_bot(&handles, handled));
    call.run(Activity::end_of_conversation()).await.unwrap();
    let of_the_end = handles.lock().unwrap()[0].clone();
    let error = of_the_end.say("hello").await.unwrap_err();
    assert!(matches!(send_error(&error), SendError::Ended));
    // The conversation begins again under the same id.
    call.run(Activity::message("hello")).await.unwrap();
    let again = handles.lock().unwrap()[1].clone();
    again.say("hello again").await.unwrap();
    assert_eq!(call.outbox.spoken(), ["hello again"]);
}

#[tokio::test]
async fn what_the_channel_refuses_is_told() {
    let (call, handle) = left(handled).await;
    call.outbox.refuse("ConversationNotFound", "there is none");
    let error = handle.say("hello").await.unwrap_err();
    assert!(matches!(send_error(&error), SendError::Refused { .. }));
}

/// A bot that notes the results that come to its hook.
async fn hooked() -> (Call, ConversationHandle, Arc<Mutex<Vec<String>>>) {
    let hooked = Arc::new(Mutex::new(Vec::new()));
    let (handles, seen) = (Handles::default(), Arc::clone(&hooked));
    let call = Call::new(keeping_bot(&handles, move |turn| {
        if *turn.kind() == ActivityType::CommandResult {
            seen.lock().unwrap().push(turn.name().to_owned());
        }
        handled(turn)
    }));
    call.run(Activity::message("hello")).await.unwrap();
    let handle = handles.lock().unwrap()[0].clone();
    (call, handle, hooked)
}

#[tokio::test(start_paused = true)]
async fn a_result_is_for_whoever_has_the_receipt_and_holds_up_nobody() {
    for waits_first in [true, false] {
        let (call, handle, hooked) = hooked().await;
        let mut receipt = handle.command(open_ticket()).await.unwrap();
        let result = result_of(&call.first_sent().await, r#""data":{"number":7}"#);
        let arriving = call.spawn(result);
        if !waits_first {
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
        call.run(Activity::message("beside")).await.unwrap();
        assert_eq!(receipt.result().await.unwrap().number, 7);
        arriving.await.unwrap().unwrap();
        assert!(hooked.lock().unwrap().is_empty());
        drop(receipt);
        call.run(Activity::end_of_conversation()).await.unwrap();
        assert_eq!(call.host.conversations(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_whose_receipt_is_detached_is_the_hooks() {
    for arrives_first in [true, false] {
        let (call, handle, hooked) = hooked().await;
        let receipt = handle.command(open_ticket()).await.unwrap();
        let result = result_of(&call.first_sent().await, r#""data":{"number":7}"#);
        if arrives_first {
            let arriving = call.spawn(result);
            tokio::time::sleep(Duration::from_secs(1)).await;
            receipt.detach();
            arriving.await.unwrap().unwrap();
        } else {
            receipt.detach();
            call.run(result).await.unwrap();
        }
        assert_eq!(hooked.lock().unwrap().len(), 1, "{arrives_first}");
        assert_eq!(call.host.conversations(), 0);
    }
}

/// On two threads the turn of the result may begin before whoever sent the command has come to wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_that_comes_at_once_is_for_whoever_has_the_receipt() {
    let (call, handle, hooked) = hooked().await;
    for number in 0..500 {
        let answering = tokio::spawn({
            let call = call.clone();
            async move {
                until(|| call.outbox.sent().len() > number).await;
                let sent = call.outbox.sent().remove(number);
                call.run(result_of(&sent, r#""data":{"number":7}"#)).await
            }
        });
        let mut receipt = handle.command(open_ticket()).await.unwrap();
        assert_eq!(receipt.result().await.unwrap().number, 7);
        answering.await.unwrap().unwrap();
    }
    assert!(hooked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_full_mailbox_refuses_it() {
    let gate = Arc::new(Semaphore::new(0));
    let (handles, wait) = (Handles::default(), Arc::clone(&gate));
    let waiting = keeping_bot(&handles, move |_| {
        let wait = Arc::clone(&wait);
        Box::pin(async move {
            wait.acquire().await?.forget();
            Ok(Outcome::Handled)
        })
    });
    let call = Call::on(Host::builder(waiting).queue_limit(0).build());
    gate.add_permits(1);
    call.run(Activity::message("first")).await.unwrap();
    let running = call.spawn(Activity::message("second"));
    tokio::task::yield_now().await;
    let handle = handles.lock().unwrap()[0].clone();
    let error = handle.say("hello").await.unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&Refused::QueueFull(0)));
    gate.add_permits(1);
    running.await.unwrap().unwrap();
    handle.say("hello").await.expect("there is room again");
}

#[tokio::test]
async fn handles_keep_no_conversation_in_memory() {
    let handles = Handles::default();
    let call = Call::new(keeping_bot(&handles, handled));
    for id in 0..1_000 {
        let typing = Activity::new(ActivityType::Typing);
        let typing = in_conversation(typing, &format!("call-{id}"));
        call.run(typing).await.unwrap();
    }
    assert_eq!(handles.lock().unwrap().len(), 1_000);
    assert_eq!(call.host.conversations(), 0);
}

#[tokio::test]
async fn an_activity_without_a_conversation_has_a_handle_too() {
    let handles = Handles::default();
    let call = Call::new(keeping_bot(&handles, handled));
    let nowhere = Activity::message("hello");
    let running = call.host.accept(nowhere, call.outbox.clone()).unwrap();
    running.await.unwrap();
    let handle = handles.lock().unwrap()[0].clone();
    assert_eq!(handle.id(), None);
    handle.say("hello").await.unwrap();
    assert_eq!(call.outbox.spoken(), ["hello"]);
}
