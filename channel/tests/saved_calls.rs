//! Calls of tests that are saved and played to a bot again.

use std::time::Duration;

use onhook::CommandError;
use onhook::prelude::*;
use onhook_channel::testing::{Fault, SavedCall, TestCall};
use onhook_channel::wav::Audio;
use onhook_channel::{CommandFailed, Dial, Event, RecogniserStyle, Transfer};
use serde::{Deserialize, Serialize};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Takes card numbers, and does not record them.
#[derive(Clone, Copy)]
struct Shop {
    greeting: &'static str,
}

const SHOP: Shop = Shop {
    greeting: "Welcome to the shop.",
};

#[bot]
impl Shop {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await?.detach();
        turn.say(self.greeting).await
    }

    #[on_message(text = "card")]
    async fn card(&self, turn: &Turn) -> Result<()> {
        turn.pause_recording().await?.detach();
        turn.say("Your number, please.").await
    }

    #[on_dtmf('#')]
    async fn taken(&self, turn: &Turn) -> Result<()> {
        turn.resume_recording().await?.detach();
        turn.say("Thank you.").await
    }

    #[on_message(text = "bye")]
    async fn bye(&self, turn: &Turn) -> Result<()> {
        turn.say("Goodbye.").await?;
        turn.end_call().await
    }

    #[on_message]
    async fn other(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(format!("You want {text}.")).await
    }
}

/// The call of most tests.
async fn pay() -> onhook_channel::testing::EndedCall {
    let mut call = TestCall::dial(SHOP);
    call.says("card").await;
    call.presses("4929#").await;
    call.says("flowers").await;
    call.says("bye").await;
    call.is_hung_up_on().await
}

#[tokio::test(start_paused = true)]
async fn a_call_is_replayed_to_the_bit() {
    let call = pay().await;
    let saved = call.saved().to_string();
    let saved: SavedCall = saved.parse().unwrap();
    assert_eq!(saved, call.saved());
    for _ in 0..3 {
        let replay = saved.replay(SHOP).await;
        replay.assert_same();
        let again = replay.call().saved();
        assert_eq!(
            saved.to_string().lines().last(),
            again.to_string().lines().last()
        );
        assert_eq!(replay.call().recording().audio, call.recording().audio);
    }
}

#[test]
fn a_saved_call_that_cannot_be_read_says_where() {
    let header = r#"{"form":"onhook.call/1","from":"","to":"","locale":"","conversationId":"","ringsForMs":0}"#;
    for (text, error) in [
        (String::new(), "the saved call is empty"),
        (
            header.replace("/1", "/9"),
            "a call saved in the form `onhook.call/9` is unknown here",
        ),
        ("{}".to_owned(), "line 1 of the saved call cannot be read: "),
        (
            format!("{header}\n{{\"at\":0}}\n{{\"at\":-1}}"),
            "line 3 of the saved call cannot be read: ",
        ),
    ] {
        let said = text.parse::<SavedCall>().unwrap_err().to_string();
        assert!(said.starts_with(error), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn faults_pauses_and_audio_are_replayed_too() {
    let bot = SHOP;
    let fault = Fault::ResultLate("recording_start", seconds(3));
    let mut call = TestCall::builder(bot).fault(fault).dial();
    call.says("flowers into the greeting").await;
    call.advance(Duration::from_millis(1234)).await;
    let samples = vec![1000; 4321];
    call.plays(Audio { samples }, "nuts").await;
    call.suffers(Fault::StoreFull);
    call.advance(seconds(5)).await;
    call.heals();
    call.says("card").await;
    tokio::time::sleep(Duration::from_millis(777)).await;
    call.presses("1#").await;
    let call = call.hangs_up_at_once().await;
    let saved: SavedCall = call.saved().to_string().parse().unwrap();
    saved.replay(bot).await.assert_same();
}

#[tokio::test(start_paused = true)]
async fn a_replay_shows_what_is_different() {
    let saved = pay().await.saved();
    let shop = Shop {
        greeting: "Welcome back.",
    };
    let replay = saved.replay(shop).await;
    assert!(!replay.is_same());
    assert_eq!(
        replay.differences(),
        "\
what the bot sent:
      0.000  command channel/vnd.microsoft.telephony.recording.start value={\"commandId\":\"00000000-0000-78b4-bda8-c892b50e8db3\",\"data\":{}}
  -   0.000  message “Welcome to the shop.”
  +   0.000  message “Welcome back.”
      0.300  command channel/vnd.microsoft.telephony.recording.pause value={\"commandId\":\"00000000-0001-79fd-a049-d65af21e22ef\",\"data\":{}}
      0.300  message “Your number, please.”
"
    );
}

/// Tries two numbers, and is told of neither what it did not ask for.
#[derive(Clone, Copy)]
struct Operator;

#[bot]
impl Operator {
    #[on_message]
    async fn connect(&self, turn: &Turn) -> Result<()> {
        turn.transfer_to("+14255550111").await
    }

    #[on_event("handoff.status")]
    async fn status(&self, turn: &Turn) -> Result<()> {
        turn.say("Nobody there.").await
    }
}

/// How transfers go and what the recogniser needs is a matter of the line, not of the bot.
#[tokio::test(start_paused = true)]
async fn transfers_and_the_delay_of_the_recogniser_are_replayed() {
    let failed = Transfer::Failed("out of order".to_owned());
    let outcomes = [Transfer::NoAnswer, failed, Transfer::Accepted];
    let line = move |dial: Dial| {
        dial.transfers(outcomes)
            .transfer_rings_for(Duration::from_millis(7_250))
            .recogniser_delay(Duration::from_micros(432_500))
    };
    let mut call = TestCall::builder(Operator).dialling(line).dial();
    for _ in 0..2 {
        call.says("operator").await;
        call.hears("Nobody there.").await;
    }
    call.says("operator").await;
    let call = call.is_transferred().await;
    let saved: SavedCall = call.saved().to_string().parse().unwrap();
    let replay = saved.replay(Operator).await;
    replay.assert_same();
    let transcript = &replay.call().report().transcript;
    assert_eq!(transcript, &call.report().transcript);
    let failures = transcript.lines.iter().filter_map(|line| match &line.what {
        Event::Transfer { failure, .. } => Some(failure.as_deref()),
        _ => None,
    });
    let expected = [Some("no answer"), Some("out of order"), None];
    assert_eq!(failures.collect::<Vec<_>>(), expected);
}

/// Says by which id it was told, and more or less beside.
#[derive(Clone, Copy)]
struct Clerk {
    is_talkative: bool,
}

#[bot]
impl Clerk {
    #[on_message]
    async fn file(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        if self.is_talkative {
            turn.say("One moment.").await?;
            turn.start_recording(RecordingStart::new()).await?.detach();
        }
        let id = turn.activity().id.as_deref().unwrap_or_default();
        turn.say(format!("{text} {id}")).await
    }
}

/// A bot that says and asks for more is still told the same under the same ids.
#[tokio::test(start_paused = true)]
async fn what_the_bot_does_moves_no_id_of_what_the_caller_does() {
    let mut filed = Vec::new();
    for is_talkative in [false, true] {
        let mut call = TestCall::dial(Clerk { is_talkative });
        for word in ["one", "two", "three"] {
            call.says(word).await;
            call.listens().await;
        }
        let mut said = call.transcript().bot().join("\n");
        said = said.replace("One moment.\n", "");
        filed.push(said);
        if is_talkative {
            // The first start is carried out, the others are refused: a result for each.
            assert_eq!(call.results().len(), 3);
        }
    }
    assert_eq!(filed[0].lines().count(), 3);
    assert_eq!(filed[0], filed[1]);
}

#[derive(Command, Serialize, Deserialize, Debug, PartialEq)]
#[command(name = "application/vnd.contoso.lookup", result = u32)]
struct Lookup {
    stock: String,
}

#[derive(Clone, Copy)]
struct Storekeeper;

#[bot]
impl Storekeeper {
    #[on_command(Lookup)]
    async fn look(&self, turn: &Turn, asked: CommandValue<Lookup>) -> Result<CommandReply> {
        let metadata = RecordingStart::new().metadata("stock", &asked.data.stock);
        turn.start_recording(metadata).await?.detach();
        turn.command(Lookup {
            stock: "nails".to_owned(),
        })
        .await?
        .detach();
        Ok(match asked.data.stock.as_str() {
            "nuts" => CommandReply::success(&17)?,
            _ => CommandReply::failure(CommandError::new("OutOfStock", "There is none")),
        })
    }
}

/// What the bot asks of the channel can be looked at, and what the channel asks of the bot is part of the test.
#[tokio::test(start_paused = true)]
async fn commands_go_both_ways_and_are_replayed() {
    let lookup = |stock: &str| Lookup {
        stock: stock.to_owned(),
    };
    let mut call = TestCall::dial(Storekeeper);
    assert_eq!(call.sends_command(&lookup("nuts")).await.unwrap(), 17);
    let refused = call.sends_command(&lookup("bolts")).await.unwrap_err();
    assert!(
        matches!(&refused, CommandFailed::Refused(error) if error.code == "OutOfStock"),
        "{refused}"
    );
    call.listens().await;
    let start = "channel/vnd.microsoft.telephony.recording.start";
    let lookup_name = "application/vnd.contoso.lookup";
    let names = [start, lookup_name, start, lookup_name];
    assert_eq!(call.commands(), names);
    let starts = ["nuts", "bolts"].map(|stock| RecordingStart::new().metadata("stock", stock));
    assert_eq!(call.commands_of::<RecordingStart>(), starts);
    let call = call.hangs_up().await;
    assert_eq!(call.commands(), names);
    let nails = [lookup("nails"), lookup("nails")];
    assert_eq!(call.commands_of::<Lookup>(), nails);

    let saved: SavedCall = call.saved().to_string().parse().unwrap();
    let replay = saved.replay(Storekeeper).await;
    replay.assert_same();
    assert_eq!(replay.call().commands(), names);
}

/// A bot that does not answer fails the test, and not for ever.
#[tokio::test(start_paused = true)]
async fn a_command_without_a_result_is_given_up() {
    #[on_command(Lookup)]
    async fn ponder(_asked: CommandValue<Lookup>) -> Result<CommandReply> {
        std::future::pending().await
    }
    let test = tokio::spawn(async {
        let mut call = TestCall::dial(handlers![ponder]);
        let stock = "nuts".to_owned();
        let answer = call.sends_command(&Lookup { stock }).await;
        drop(answer);
    });
    let panic = test.await.unwrap_err().into_panic();
    let message = panic.downcast_ref::<String>().unwrap();
    let first = "expected that the bot answers application/vnd.contoso.lookup\nbut      it has not after ten minutes\n";
    assert!(message.starts_with(first), "{message}");
}

/// A recogniser that writes sentences, as that of a telephone does: texts match all the same, and the replay has it too.
#[tokio::test(start_paused = true)]
async fn a_recogniser_that_punctuates() {
    let mut call = TestCall::builder(SHOP)
        .recogniser_style(RecogniserStyle::Punctuated)
        .dial();
    call.hears("Welcome to the shop.").await;
    call.says("card").await;
    call.hears("Your number, please.").await;
    call.presses("#").await;
    call.hears("Thank you.").await;
    call.says("where are my flowers").await;
    call.hears("You want Where are my flowers?.").await;
    call.says("bye").await;
    let call = call.is_hung_up_on().await;
    let transcript = call.report().transcript.to_string();
    assert!(
        transcript.contains("“where are my flowers”"),
        "{transcript}"
    );

    let saved = call.saved().to_string();
    assert!(
        saved.contains(r#""recogniserStyle":"punctuated""#),
        "{saved}"
    );
    assert!(saved.contains(r#""text":"Card.""#), "{saved}");
    let saved: SavedCall = saved.parse().unwrap();
    saved.replay(SHOP).await.assert_same();
    // A call that says nothing of it is to the letter.
    assert!(!pay().await.saved().to_string().contains("recogniserStyle"));
}
