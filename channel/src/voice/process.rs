use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::VoiceError;

/// What the engine may write: an hour at 22.05 kHz is 159 MB.
const OUTPUT_LIMIT: u64 = 160_000_000;

/// One run: the WAV file that the engine writes to its standard output.
pub(super) fn run(
    program: &Path,
    voice: &str,
    words_per_minute: u16,
    text: &str,
    time_limit: Duration,
) -> Result<Vec<u8>, VoiceError> {
    let engine = |error: std::io::Error| VoiceError::Engine(error.to_string());
    let deadline = Instant::now() + time_limit;
    let mut child = Command::new(program)
        .args(["--stdin", "--stdout", "-b", "1", "-v", voice])
        .args(["-s", &words_per_minute.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(engine)?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let text = text.replace('\0', " ");
    // Two threads, because the engine may want to write before it has read everything. They end with the child.
    std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(text.as_bytes())));
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut audio = Vec::new();
        let result = stdout.map(|stdout| stdout.take(OUTPUT_LIMIT + 1).read_to_end(&mut audio));
        // Nobody listens any more after a time-out.
        drop(sender.send(result.unwrap_or(Ok(0)).map(|_| audio)));
    });
    let audio = receiver.recv_timeout(time_limit);
    let result = match audio {
        Err(_) => Err(VoiceError::TimedOut(time_limit)),
        Ok(Err(error)) => Err(engine(error)),
        Ok(Ok(audio)) if audio.len() as u64 > OUTPUT_LIMIT => Err(VoiceError::TooLong),
        Ok(Ok(audio)) => ended_well(&mut child, deadline, time_limit).map(|()| audio),
    };
    if result.is_err() {
        // It may have ended by itself already, which is as well.
        drop(child.kill());
        drop(child.wait());
    }
    result
}

/// Waits for a child that has closed its output.
fn ended_well(
    child: &mut Child,
    deadline: Instant,
    time_limit: Duration,
) -> Result<(), VoiceError> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(VoiceError::Engine(status.to_string())),
            Ok(None) if Instant::now() > deadline => return Err(VoiceError::TimedOut(time_limit)),
            Ok(None) => std::thread::sleep(Duration::from_millis(2)),
            Err(error) => return Err(VoiceError::Engine(error.to_string())),
        }
    }
}
