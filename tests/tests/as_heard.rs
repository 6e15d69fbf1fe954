//! The transcript and the recording tell the same of what was heard, however the caller interrupts: from the lines of
//! the transcript alone the whole recording is made again, sample by sample.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use onhook::prelude::*;
use onhook::{Activity, InputHint};
use onhook_channel::media::{dtmf, samples_in};
use onhook_channel::voice::{Party, ToneVoice};
use onhook_channel::{CallReport, Channel, Dial, Event, Notice};
use onhook_tests::recorded::samples;
use proptest::prelude::*;
use tempfile::TempDir;

const WORDS: [&str; 4] = ["a", "apple pie", "one two three four", "pomegranate"];

/// A message: what is said, and its hint.
type Message = (usize, usize);

/// What the caller does: waits so many hundredths of a second, then speaks or presses a key.
type Act = (u64, Option<usize>);

fn hint(number: usize) -> Option<InputHint> {
    let hints = [
        InputHint::AcceptingInput,
        InputHint::ExpectingInput,
        InputHint::IgnoringInput,
        InputHint::IgnoringNonSpeechInput,
        InputHint::IgnoringSpeechInput,
    ];
    hints.get(number).cloned()
}

/// Answers everything with the next messages of its script.
struct Reader(Mutex<VecDeque<Vec<Message>>>);

#[bot]
impl Reader {
    #[on_members_added]
    async fn record(&self, turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await.map(drop)
    }

    #[on_message]
    async fn read(&self, turn: &Turn) -> Result<()> {
        let messages = self.0.lock().unwrap().pop_front().unwrap_or_default();
        for (words, number) in messages {
            let mut message = Activity::message(WORDS[words]);
            message.input_hint = hint(number);
            turn.send(message).await?;
        }
        Ok(())
    }
}

async fn play(folder: &TempDir, script: Vec<Vec<Message>>, acts: &[Act]) -> CallReport {
    let channel = Channel::builder(Reader(Mutex::new(script.into())))
        .recordings(folder.path())
        .notice(Notice::Announcement("this is recorded".to_owned()))
        .build();
    let call = channel.dial(Dial::new());
    for (wait, words) in acts {
        tokio::time::sleep(Duration::from_millis(10 * wait)).await;
        match words {
            Some(words) => call.says(WORDS[*words]).await.unwrap(),
            None => call.presses("7").await.unwrap(),
        }
    }
    call.hangs_up().await
}

fn sample(at: Duration) -> usize {
    usize::try_from(samples_in(at)).unwrap()
}

/// The sound of the call, from nothing but its transcript.
fn sound(report: &CallReport) -> Vec<i16> {
    let mut bot: Vec<(usize, Vec<i16>)> = Vec::new();
    let mut caller = Vec::new();
    for line in &report.transcript.lines {
        let at = sample(line.at);
        match &line.what {
            Event::BotSays(text) | Event::ChannelSays(text) => {
                bot.push((at, ToneVoice::say(text, Party::Bot)));
            }
            Event::CallerSays(text) => {
                let text = text.as_deref().unwrap();
                caller.push((at, ToneVoice::say(text, Party::Caller)));
            }
            Event::CallerPresses(key) => caller.push((at, dtmf::tone(key.unwrap()).unwrap())),
            Event::BargeIn {
                played, planned, ..
            }
            | Event::BotCutOff {
                played, planned, ..
            } => {
                let (begun, clip) = bot.last_mut().unwrap();
                assert_eq!(clip.len(), sample(*planned), "{}", report.transcript);
                assert_eq!(*begun + sample(*played), at, "{}", report.transcript);
                clip.truncate(sample(*played));
            }
            _ => {}
        }
    }
    let mut sound = vec![0_i16; sample(report.duration)];
    for (begun, clip) in caller.into_iter().chain(bot) {
        for (slot, sample) in sound.iter_mut().skip(begun).zip(clip) {
            *slot = slot.saturating_add(sample);
        }
    }
    sound
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_recording_can_be_made_again_from_the_transcript(
        script in prop::collection::vec(prop::collection::vec((0..WORDS.len(), 0..6_usize), 0..4), 0..8),
        acts in prop::collection::vec((0..200_u64, prop::option::of(0..WORDS.len())), 1..8),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let folder = TempDir::new().unwrap();
        let report = runtime.block_on(play(&folder, script, &acts));
        let recorded = samples(&report.recordings[0].content);
        prop_assert!(recorded == sound(&report), "{}", report.transcript);
        // Who hangs up cuts off what is being said; nothing else is lost without a line.
        let said = |line: &&onhook_channel::Line| matches!(line.what, Event::CallerSays(_) | Event::CallerPresses(_));
        prop_assert_eq!(report.transcript.lines.iter().filter(said).count(), acts.len());
    }
}
