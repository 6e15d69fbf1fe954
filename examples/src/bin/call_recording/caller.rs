//! The caller: a play from WAV files, or a person at the keyboard.

use std::io::{self, Cursor, IsTerminal, Write};
use std::time::Duration;

use onhook::Result;
use onhook_channel::{Call, CallReport, Utterance, wav};

use crate::print;

/// What the caller says: the sound, and what the bot is told of it.
const PLAY: [(&[u8], &str); 3] = [
    (
        include_bytes!("../../../audio/caller-pay-bill-8k-ulaw.wav"),
        "Hello. I would like to pay my electricity bill, please.",
    ),
    (
        include_bytes!("../../../audio/caller-card.wav"),
        "4, 1, 1, 1. 1, 1, 1, 1. 1, 1, 1, 1. 1, 1, 1, 1.",
    ),
    (
        include_bytes!("../../../audio/caller-thanks.wav"),
        "That was all. Thank you, good bye.",
    ),
];

/// A person takes a moment before answering.
const MOMENT: Duration = Duration::from_millis(700);

/// Plays the caller from WAV files until the bot hangs up.
pub(crate) async fn plays(call: Call) -> Result<CallReport> {
    for (file, text) in PLAY {
        call.listens().await;
        tokio::time::sleep(MOMENT).await;
        let audio = wav::read(Cursor::new(file))?;
        call.says(Utterance::audio(audio, text)).await?;
    }
    Ok(call.ended().await)
}

/// Has a person be the caller, line by line.
pub(crate) async fn types(call: Call) -> Result<CallReport> {
    print::line("You are the caller. Say something, press keys with `/press 12#`, or `/hangup`.\n");
    loop {
        call.listens().await;
        let Some(line) = next_line().await? else {
            return Ok(call.hangs_up().await);
        };
        // An error says that the bot hung up before.
        let over = match Act::of(&line) {
            Act::Nothing => false,
            Act::Say(words) => call.says(words).await.is_err(),
            Act::Press(keys) => call.presses(keys).await.is_err(),
            Act::HangUp => return Ok(call.hangs_up().await),
        };
        if over {
            return Ok(call.ended().await);
        }
    }
}

/// A line from the keyboard; none at the end of the input.
async fn next_line() -> Result<Option<String>> {
    // While a blocking task runs, paused time stands still: the call waits for the typist.
    let read = tokio::task::spawn_blocking(|| -> io::Result<Option<String>> {
        if io::stdin().is_terminal() {
            print!("> ");
            io::stdout().flush()?;
        }
        let mut line = String::new();
        Ok((io::stdin().read_line(&mut line)? > 0).then_some(line))
    });
    Ok(read.await??)
}

/// What a typed line means.
#[derive(Debug, PartialEq, Eq)]
enum Act<'l> {
    Nothing,
    Say(&'l str),
    Press(&'l str),
    HangUp,
}

impl Act<'_> {
    fn of(line: &str) -> Act<'_> {
        let line = line.trim();
        if line.is_empty() {
            Act::Nothing
        } else if line == "/hangup" {
            Act::HangUp
        } else if let Some(keys) = line.strip_prefix("/press ") {
            Act::Press(keys)
        } else if let Some(keys) = line.strip_prefix('#').filter(|keys| !keys.is_empty()) {
            Act::Press(keys)
        } else {
            Act::Say(line)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Act;

    #[test]
    fn lines_are_said_unless_they_say_otherwise() {
        for (line, act) in [
            ("pay my bill\n", Act::Say("pay my bill")),
            ("/press 12#\n", Act::Press("12#")),
            ("#12\n", Act::Press("12")),
            ("/hangup", Act::HangUp),
            ("  \n", Act::Nothing),
        ] {
            assert_eq!(Act::of(line), act, "{line:?}");
        }
    }
}
