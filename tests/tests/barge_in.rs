//! Barge-in, as the channel's documents have it: a test for each sentence.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onhook::prelude::*;
use onhook::{Activity, InputHint};
use onhook_channel::voice::{Party, ToneVoice};
use onhook_channel::{CallReport, Channel, Dial, EndedBy, Event, Utterance};
use onhook_tests::recorded::{PER_MS, heard, metadata, samples};
use tempfile::TempDir;

/// 12 letters: 540 ms and a gap of 80 ms.
const LONG: &str = "hippopotamus";

/// Says four long words with a hint, then another message; and remembers what the caller said.
#[derive(Clone)]
struct Teller {
    hint: Option<InputHint>,
    next: Option<InputHint>,
    heard: Arc<Mutex<Vec<String>>>,
    hangs_up: bool,
}

impl Teller {
    fn new(hint: Option<InputHint>) -> Teller {
        Teller {
            hint,
            next: None,
            heard: Arc::default(),
            hangs_up: false,
        }
    }
}

fn message(text: &str, hint: Option<&InputHint>) -> Activity {
    let mut message = Activity::message(text);
    message.input_hint = hint.cloned();
    message
}

fn story() -> String {
    [LONG, "badger", "cormorant", "dormouse"].join(" ")
}

#[bot]
impl Teller {
    #[on_members_added]
    async fn record(&self, turn: &Turn) -> Result<()> {
        let mut recording = turn.start_recording(RecordingStart::new()).await?;
        recording.result().await?;
        Ok(())
    }

    #[on_message(text = "tell")]
    async fn tell(&self, turn: &Turn) -> Result<()> {
        turn.send(message(&story(), self.hint.as_ref())).await?;
        turn.send(message("elephant", self.next.as_ref())).await?;
        if self.hangs_up {
            turn.end_call().await?;
        }
        Ok(())
    }

    #[on_message]
    async fn listen(&self, text: Text<'_>) {
        self.heard.lock().unwrap().push(text.to_string());
    }
}

/// What the caller does while the bot speaks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Input {
    Speech,
    Key,
}

/// The caller asks for the story, and does something after so much of the answer.
async fn call(folder: &TempDir, bot: Teller, after: Duration, input: Input) -> CallReport {
    let channel = Channel::builder(bot).recordings(folder.path()).build();
    let call = channel.dial(Dial::new());
    call.says("tell").await.unwrap();
    tokio::time::sleep(after).await;
    // An error says that the bot hung up upon it.
    let _over = match input {
        Input::Speech => call.says("stop").await,
        Input::Key => call.presses("7").await,
    };
    call.listens().await;
    call.hangs_up().await
}

fn barge_ins(report: &CallReport) -> Vec<(Duration, Duration)> {
    let lines = report.transcript.lines.iter();
    lines
        .filter_map(|line| match &line.what {
            Event::BargeIn {
                played, planned, ..
            } => Some((*played, *planned)),
            _ => None,
        })
        .collect()
}

const SECOND: Duration = Duration::from_secs(1);

/// `ignoringInput` turns barge-in off, `ignoringNonSpeechInput` leaves it to speech, `ignoringSpeechInput` to keys;
/// any other hint, and none, leave it on. What does not interrupt is still told to the bot.
#[tokio::test(start_paused = true)]
async fn the_hint_says_what_interrupts() {
    for (hint, speech, keys) in [
        (None, true, true),
        (Some(InputHint::AcceptingInput), true, true),
        (Some(InputHint::ExpectingInput), true, true),
        (Some(InputHint::IgnoringInput), false, false),
        (Some(InputHint::IgnoringNonSpeechInput), true, false),
        (Some(InputHint::IgnoringSpeechInput), false, true),
    ] {
        for (input, interrupts, said) in [(Input::Speech, speech, "stop"), (Input::Key, keys, "7")]
        {
            let (folder, bot) = (TempDir::new().unwrap(), Teller::new(hint.clone()));
            let report = call(&folder, bot.clone(), SECOND, input).await;
            let case = format!("{hint:?}, {input:?}:\n{}", report.transcript);
            assert_eq!(barge_ins(&report).len(), usize::from(interrupts), "{case}");
            let heard_all = report.transcript.bot() == [story().as_str(), "elephant"];
            assert_eq!(heard_all, !interrupts, "{case}");
            assert_eq!(*bot.heard.lock().unwrap(), [said], "{case}");
        }
    }
}

/// A barge-in "stops playback and dequeues queued messages".
#[tokio::test(start_paused = true)]
async fn a_barge_in_stops_playback_and_drops_what_is_queued() {
    let folder = TempDir::new().unwrap();
    let report = call(&folder, Teller::new(None), SECOND, Input::Speech).await;
    assert_eq!(report.transcript.bot(), [story()]);
    let unheard = Event::BotUnheard("elephant".to_owned());
    let lines = &report.transcript.lines;
    assert!(
        lines.iter().any(|line| line.what == unheard),
        "{}",
        report.transcript
    );

    // What was really heard is kept: the transcript, the timeline and the audio agree to the frame.
    let planned = 540 + 80 + (60 + 240) + 80 + (60 + 360) + 80 + (60 + 320) + 80;
    let [(played, of)] = barge_ins(&report)[..] else {
        panic!("{}", report.transcript)
    };
    assert_eq!(of, Duration::from_millis(planned));
    assert!(played <= SECOND && played + Duration::from_millis(60) > SECOND);
    let recording = &report.recordings[0];
    let audio = samples(&recording.content);
    for (word, is_heard) in [(LONG, true), ("cormorant", false), ("elephant", false)] {
        let found = heard(&audio, word, Party::Bot);
        assert_eq!(!found.is_empty(), is_heard, "{word}");
    }
    let begun = heard(&audio, LONG, Party::Bot)[0];
    let stop = heard(&audio, "stop", Party::Caller)[0];
    let played_ms = u64::try_from(played.as_millis()).unwrap();
    assert_eq!(stop - begun, played_ms, "the caller is heard alone at once");
    let timeline = metadata(&recording.metadata)["onhook"]["timeline"].clone();
    let timeline = timeline.as_array().unwrap();
    let entry = timeline.iter().find(|entry| entry["event"] == "bargeIn");
    let entry = entry.unwrap();
    assert_eq!(
        (&entry["playedMs"], &entry["plannedMs"], &entry["offsetMs"]),
        (&played_ms.into(), &planned.into(), &stop.into())
    );
    // "stop" and its gap: nothing of the bot stands behind it.
    let rest = &audio[usize::try_from((stop + 300) * PER_MS).unwrap()..];
    assert!(rest.iter().all(|sample| *sample == 0));
}

/// "The hint covers only that message's playback."
#[tokio::test(start_paused = true)]
async fn the_hint_covers_only_its_own_message() {
    let mut bot = Teller::new(Some(InputHint::IgnoringInput));
    let folder = TempDir::new().unwrap();
    // The story lasts 1,960 ms; "elephant" is played afterwards and can be interrupted.
    let later = Duration::from_millis(2_100);
    let report = call(&folder, bot.clone(), later, Input::Key).await;
    assert_eq!(report.transcript.bot(), [story().as_str(), "elephant"]);
    assert_eq!(barge_ins(&report).len(), 1, "{}", report.transcript);

    (bot.hint, bot.next) = (None, Some(InputHint::IgnoringInput));
    let report = call(&folder, bot, later, Input::Key).await;
    assert_eq!(barge_ins(&report).len(), 0, "{}", report.transcript);
}

/// Who speaks while the bot is silent interrupts nothing, and drops nothing that the bot is about to say.
#[tokio::test(start_paused = true)]
async fn a_bot_that_has_not_begun_is_not_interrupted() {
    let folder = TempDir::new().unwrap();
    let report = call(&folder, Teller::new(None), Duration::ZERO, Input::Speech).await;
    assert_eq!(report.transcript.bot(), [story().as_str(), "elephant"]);
    assert_eq!(barge_ins(&report).len(), 0, "{}", report.transcript);
}

/// A bot that says farewell and hangs up is heard to the end, or until the caller barges in.
#[tokio::test(start_paused = true)]
async fn a_hang_up_waits_until_the_farewell_was_heard_or_interrupted() {
    for (hint, heard_all) in [(Some(InputHint::IgnoringInput), true), (None, false)] {
        let folder = TempDir::new().unwrap();
        let mut bot = Teller::new(hint.clone());
        (bot.next, bot.hangs_up) = (hint, true);
        let report = call(&folder, bot, SECOND, Input::Speech).await;
        assert_eq!(report.ended_by, EndedBy::Bot, "{}", report.transcript);
        let said = report.transcript.bot();
        assert_eq!(said == [story().as_str(), "elephant"], heard_all);
        assert_eq!(barge_ins(&report).is_empty(), heard_all);
    }
}

/// A recording of the caller that begins with silence interrupts where the first sound is heard, and one in which
/// nothing is heard does not interrupt.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_heard_does_not_interrupt() {
    let silence = vec![0; 300 * usize::try_from(PER_MS).unwrap()];
    let sound = [silence.clone(), ToneVoice::say("stop", Party::Caller)].concat();
    for (spoken, interrupts_after) in [(sound, Some(300)), (silence, None)] {
        let folder = TempDir::new().unwrap();
        let wav = folder.path().join("caller.wav");
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 16_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = hound::WavWriter::create(&wav, spec).unwrap();
        for sample in spoken {
            file.write_sample(sample).unwrap();
        }
        file.finalize().unwrap();

        let channel = Channel::builder(Teller::new(None))
            .recordings(folder.path())
            .build();
        let call = channel.dial(Dial::new());
        call.says("tell").await.unwrap();
        call.says(Utterance::wav(&wav, "stop").unwrap())
            .await
            .unwrap();
        // The bot began to speak in the frame after the caller's recording, and is interrupted if that is heard later.
        call.listens().await;
        call.says("tell").await.unwrap();
        tokio::time::sleep(SECOND).await;
        call.says(Utterance::wav(&wav, "stop").unwrap())
            .await
            .unwrap();
        call.listens().await;
        let report = call.hangs_up().await;
        let lines = report.transcript.lines.iter();
        let begun: Vec<Duration> = lines
            .filter(|line| line.what == Event::CallerSays(Some("stop".to_owned())))
            .map(|line| line.at)
            .collect();
        let lines = report.transcript.lines.iter();
        let interrupted: Vec<Duration> = lines
            .filter(|line| matches!(line.what, Event::BargeIn { .. }))
            .map(|line| line.at)
            .collect();
        let expected = begun.iter().filter_map(|begun| {
            interrupts_after.map(|after| *begun + Duration::from_millis(after))
        });
        assert_eq!(
            interrupted,
            expected.collect::<Vec<_>>(),
            "{}",
            report.transcript
        );
    }
}

/// A call that ends while the bot speaks keeps how much of it was heard.
#[tokio::test(start_paused = true)]
async fn a_call_that_ends_keeps_how_much_was_heard() {
    let folder = TempDir::new().unwrap();
    let channel = Channel::builder(Teller::new(None))
        .recordings(folder.path())
        .build();
    let call = channel.dial(Dial::new());
    call.says("tell").await.unwrap();
    tokio::time::sleep(SECOND).await;
    let report = call.hangs_up().await;
    let cut_off = |what: &Event| match what {
        Event::BotCutOff { played, .. } => Some(*played),
        _ => None,
    };
    let lines = report.transcript.lines.iter();
    let [played] = lines
        .filter_map(|line| cut_off(&line.what))
        .collect::<Vec<_>>()[..]
    else {
        panic!("{}", report.transcript)
    };
    assert!(played <= SECOND && played + Duration::from_millis(60) > SECOND);
    let unheard = Event::BotUnheard("elephant".to_owned());
    let mut lines = report.transcript.lines.iter();
    assert!(lines.any(|line| line.what == unheard));
}
