//! A bot on the network that records calls as it is told to: `start`, `pause`, `resume`, `stop`; `bye` hangs up,
//! `crash` fails, and everything else is an echo. Listens on `PORT`, 3978 unless set.

use onhook::activity::Json;
use onhook::prelude::*;
use serde::Deserialize;

pub(crate) struct Recorder;

#[bot]
impl Recorder {
    #[on_members_added]
    async fn welcome(&self, turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await?.detach();
        turn.say("Hello and welcome.").await
    }

    #[on_message(text = "start")]
    async fn start(&self, turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await.map(drop)
    }

    #[on_message(text = "pause")]
    async fn pause(&self, turn: &Turn) -> Result<()> {
        turn.pause_recording().await.map(drop)
    }

    #[on_message(text = "resume")]
    async fn resume(&self, turn: &Turn) -> Result<()> {
        turn.resume_recording().await.map(drop)
    }

    #[on_message(text = "stop")]
    async fn stop(&self, turn: &Turn) -> Result<()> {
        turn.stop_recording().await.map(drop)
    }

    #[on_message(text = "bye")]
    async fn bye(&self, turn: &Turn) -> Result<()> {
        turn.end_call().await
    }

    #[on_message(text = "crash")]
    async fn crash(&self) -> Result<()> {
        Err(onhook::Error::msg("told to crash"))
    }

    /// A message without a text, a picture say, has no echo.
    #[on_message]
    async fn echo(&self, turn: &Turn, text: Option<Text<'_>>) -> Result<()> {
        match text {
            Some(text) => turn.say(format!("Echo: {text}")).await,
            None => Ok(()),
        }
    }

    #[on_command_result]
    async fn report(&self, turn: &Turn, name: Name<'_>, result: Value<Outcome>) -> Result<()> {
        let outcome = result.error.as_ref().map_or("ok".to_owned(), explain);
        turn.say(format!("result {name} {outcome}")).await
    }

    #[on_error]
    async fn apologise(&self, turn: &Turn, error: &onhook::Error) -> Result<()> {
        eprintln!("{error:#}");
        turn.say("The bot encountered an error or bug.").await
    }
}

/// The result of any command, whatever its data are.
#[derive(Deserialize)]
struct Outcome {
    /// `null` is none, an empty object is one.
    error: Option<Json>,
}

/// The error's message, else its code.
fn explain(error: &Json) -> String {
    #[derive(Default, Deserialize)]
    struct Error {
        message: Option<Json>,
        code: Option<Json>,
    }
    let Error { message, code } = error.parse().unwrap_or_default();
    [message, code]
        .iter()
        .flatten()
        .filter_map(|words| words.parse::<String>().ok())
        .find(|words| !words.is_empty())
        .unwrap_or_else(|| "error".to_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), onhook::http::ServeError> {
    onhook::serve(Recorder).await
}
