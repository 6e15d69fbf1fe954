use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::VoiceError;
use crate::wav::{self, Audio, WavError, WavProblem};

/// What the engine may write behind the audio; then it is no longer listened to.
const REST: u64 = 1024 * 1024;

/// One run: the audio that the engine writes to its standard output as a WAV file, of at most so many samples. It is
/// decoded as it comes, so that an engine that never stops costs no more memory than these.
pub(super) fn run(
    program: &Path,
    voice: &str,
    words_per_minute: u16,
    text: &str,
    time_limit: Duration,
    longest: u64,
) -> Result<Vec<i16>, VoiceError> {
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
        let audio = stdout.map(|stdout| read(stdout, longest));
        // Nobody listens any more after a time-out.
        drop(sender.send(audio.unwrap_or_else(|| Ok(Audio::default()))));
    });
    let result = match receiver.recv_timeout(time_limit) {
        Err(_) => Err(VoiceError::TimedOut(time_limit)),
        Ok(Err(error)) if matches!(error.problem, WavProblem::TooLong(_)) => {
            Err(VoiceError::TooLong)
        }
        // How the engine ended says more than what it did not write.
        Ok(audio) => ended_well(&mut child, deadline, time_limit).and_then(|()| Ok(audio?.samples)),
    };
    if result.is_err() {
        // It may have ended by itself already, which is as well.
        drop(child.kill());
        drop(child.wait());
    }
    result
}

/// The audio of the file, and then what is behind it: an engine whose output is closed early fails.
fn read(mut file: impl Read, longest: u64) -> Result<Audio, WavError> {
    let audio = wav::read_at_most(&mut file, longest)?;
    drop(std::io::copy(&mut file.take(REST), &mut std::io::sink()));
    Ok(audio)
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// An engine that runs this script instead of speaking, and the folder that has it.
    fn engine(script: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("engine");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&program, mode).unwrap();
        (folder, program)
    }

    /// The header that espeak-ng writes into a pipe, at 16 kHz.
    const HEADER: &str = r"printf 'RIFF\044\360\377\177WAVEfmt \020\0\0\0\001\0\001\0\200\076\0\0\0\175\0\0\002\0\020\0data\0\360\377\177'";

    fn speak(script: &str, longest: u64) -> Result<Vec<i16>, VoiceError> {
        let (_folder, program) = engine(script);
        run(
            &program,
            "en",
            175,
            "hello",
            Duration::from_secs(20),
            longest,
        )
    }

    #[test]
    fn an_engine_that_never_stops_is_ended_at_the_limit() {
        let said = speak(&format!("{HEADER}; exec cat /dev/zero"), 100_000);
        assert!(matches!(said, Err(VoiceError::TooLong)), "{said:?}");
    }

    #[test]
    fn an_engine_that_never_begins_is_ended_too() {
        let said = speak("printf 'RIFF\\0\\0\\0\\0WAVE'; exec cat /dev/zero", 100_000);
        assert!(said.is_err(), "{said:?}");
    }

    #[test]
    fn the_placeholder_of_a_pipe_is_read_to_the_end() {
        let said = speak(&format!("{HEADER}; printf 'abcd'"), 100);
        assert_eq!(said.unwrap(), [0x6261, 0x6463]);
    }

    #[test]
    fn an_engine_that_fails_says_so_whatever_it_wrote() {
        for script in [
            "exit 3".to_owned(),
            format!("{HEADER}; printf 'abcd'; exit 3"),
        ] {
            let said = speak(&script, 100);
            assert!(matches!(said, Err(VoiceError::Engine(_))), "{said:?}");
        }
    }
}
