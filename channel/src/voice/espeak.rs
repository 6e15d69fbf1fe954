use std::path::PathBuf;
use std::time::Duration;

use super::process::run;
use super::{
    MAX_SPEECH, Party, Segment, Speaking, Speech, Voice, VoiceError, clamped, length_of, pause,
};
use crate::media::samples_in;

/// What one run of the engine may take, in real time.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The engine's own rate.
const WORDS_PER_MINUTE: u16 = 175;
/// What one text may hold, in bytes.
const TEXT_LIMIT: usize = 64 * 1024;

/// The `espeak-ng` program, run once for each piece of text.
///
/// Text goes in by standard input, never through a shell or the command line. The locale chooses the language,
/// the party a timbre. A run that takes more than 30 s is ended.
#[derive(Clone, Debug)]
pub struct EspeakVoice {
    program: PathBuf,
    time_limit: Duration,
}

impl EspeakVoice {
    /// The engine, if there is an `espeak-ng` on the `PATH`.
    pub fn find() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let name = format!("espeak-ng{}", std::env::consts::EXE_SUFFIX);
        let program = std::env::split_paths(&path)
            .map(|folder| folder.join(&name))
            .find(|file| file.is_file())?;
        Some(Self {
            program,
            time_limit: TIME_LIMIT,
        })
    }
}

impl Voice for EspeakVoice {
    fn speak<'a>(&'a self, speech: &'a Speech) -> Speaking<'a> {
        Box::pin(async move {
            let (engine, speech) = (self.clone(), speech.clone());
            // A blocking task also keeps tokio's paused clock from running ahead of the engine.
            let speaking = tokio::task::spawn_blocking(move || speak(&engine, &speech));
            speaking
                .await
                .map_err(|error| VoiceError::Engine(error.to_string()))?
        })
    }

    fn name(&self) -> &'static str {
        "espeak-ng"
    }
}

fn speak(engine: &EspeakVoice, speech: &Speech) -> Result<Vec<i16>, VoiceError> {
    let (voices, longest) = (voices(speech), samples_in(MAX_SPEECH));
    let mut samples = Vec::new();
    let mut speed = WORDS_PER_MINUTE;
    for segment in &speech.segments {
        match segment {
            Segment::Pause(duration) => pause(&mut samples, *duration)?,
            Segment::Rate(percent) => speed = WORDS_PER_MINUTE * clamped(*percent) / 100,
            Segment::Text(text) if text.trim().is_empty() => {}
            Segment::Text(text) if text.len() > TEXT_LIMIT => return Err(VoiceError::TooLong),
            Segment::Text(text) => {
                let mut result = Err(VoiceError::Engine("no voice".to_owned()));
                for voice in &voices {
                    let left = longest.saturating_sub(samples.len() as u64);
                    result = run(&engine.program, voice, speed, text, engine.time_limit, left);
                    // Only a voice that it does not have makes the engine end with an error.
                    if !matches!(result, Err(VoiceError::Engine(_))) {
                        break;
                    }
                }
                samples.append(&mut result?);
            }
        }
        if length_of(&samples) > MAX_SPEECH {
            return Err(VoiceError::TooLong);
        }
    }
    Ok(samples)
}

/// The engine's names of the voices to try, the best one first.
fn voices(speech: &Speech) -> Vec<String> {
    // The timbres `m3` and `f3` come with the engine.
    let timbre = match speech.party {
        Party::Bot => "f3",
        Party::Caller => "m3",
    };
    // An engine's voice can also be a path, so nothing but names of voices gets through.
    let safe = |name: &str| {
        (1..=64).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    let mut voices = Vec::new();
    if let Some(voice) = speech.voice.as_ref().filter(|voice| safe(voice)) {
        // A name of Azure's voices, `en-US-JennyNeural`, says at least the locale.
        let mut parts = voice.splitn(3, '-');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(language), Some(region), Some(_)) => {
                voices.push(format!("{language}-{region}+{timbre}").to_ascii_lowercase());
            }
            _ => voices.push(format!("{voice}+{timbre}")),
        }
    }
    if let Some(locale) = speech.locale.as_ref().filter(|locale| safe(locale)) {
        let locale = locale.replace('_', "-").to_ascii_lowercase();
        let language = locale.split('-').next().unwrap_or_default();
        voices.extend([format!("{locale}+{timbre}"), format!("{language}+{timbre}")]);
    }
    voices.push(format!("en-us+{timbre}"));
    voices.dedup();
    voices
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::level;

    fn engine() -> Option<EspeakVoice> {
        let engine = EspeakVoice::find();
        if engine.is_none() {
            eprintln!("skipped: espeak-ng is not on the PATH");
        }
        engine
    }

    fn speech(text: &str) -> Speech {
        Speech::text(Party::Bot, text)
    }

    #[tokio::test(start_paused = true)]
    async fn speaks_with_a_voice_for_each_party() {
        let Some(engine) = engine() else { return };
        let bot = engine.speak(&speech("Welcome to Contoso!")).await.unwrap();
        let caller = engine
            .speak(&Speech {
                party: Party::Caller,
                ..speech("Welcome to Contoso!")
            })
            .await
            .unwrap();
        assert!((10_000..64_000).contains(&bot.len()), "{}", bot.len());
        assert!(level(&bot) > -40.0 && bot != caller);
    }

    #[tokio::test]
    async fn pauses_and_text_follow_each_other() {
        let Some(engine) = engine() else { return };
        let one = engine.speak(&speech("yes")).await.unwrap();
        let pause = Segment::Pause(Duration::from_secs(1));
        let text = Segment::Text("yes".to_owned());
        let empty = Segment::Text(" \n".to_owned());
        let both = Speech {
            segments: vec![pause, text.clone(), empty, text],
            ..speech("")
        };
        let both = engine.speak(&both).await.unwrap();
        assert_eq!(both.len(), 16_000 + 2 * one.len());
        assert!(both[..16_000].iter().all(|s| *s == 0) && both[16_000..16_000 + one.len()] == one);
    }

    #[tokio::test]
    async fn a_rate_makes_it_longer_or_shorter() {
        let Some(engine) = engine() else { return };
        let mut lengths = Vec::new();
        for percent in [50, 80, 100, 150, 200] {
            let text = Segment::Text("Your balance is ninety dollars and ten cents.".to_owned());
            let segments = vec![Segment::Rate(percent), text];
            let speech = Speech {
                segments,
                ..speech("")
            };
            lengths.push(engine.speak(&speech).await.unwrap().len());
        }
        assert!(
            lengths.is_sorted_by(|slow, fast| slow * 10 > fast * 11),
            "{lengths:?}"
        );
    }

    #[tokio::test]
    async fn text_that_looks_like_options_markup_or_a_bomb_is_just_text() {
        let Some(engine) = engine() else { return };
        for text in [
            "--version",
            "$(reboot)",
            "<speak>",
            "a\0b",
            "[[x",
            "\u{202e}\u{1F4DE} ü",
            &"\u{fffd}".repeat(100),
        ] {
            let said = engine.speak(&speech(text)).await;
            assert!(said.is_ok(), "{text:?}: {said:?}");
        }
        let long = engine.speak(&speech(&"a ".repeat(TEXT_LIMIT))).await;
        assert!(matches!(long, Err(VoiceError::TooLong)), "{long:?}");
    }

    #[tokio::test]
    async fn an_engine_that_hangs_is_ended() {
        let Some(engine) = engine() else { return };
        let hurried = EspeakVoice {
            time_limit: Duration::from_nanos(1),
            ..engine
        };
        let said = hurried
            .speak(&speech(&"number 123456789. ".repeat(2000)))
            .await;
        assert!(matches!(said, Err(VoiceError::TimedOut(_))), "{said:?}");
    }

    #[tokio::test]
    async fn an_unknown_locale_or_voice_falls_back() {
        let Some(engine) = engine() else { return };
        let plain = engine.speak(&speech("hello")).await.unwrap();
        for (locale, voice) in [
            ("xx-YY", None),
            ("en-US", Some("en-US-JennyNeural")),
            ("../../etc", Some("-x")),
        ] {
            let speech = Speech {
                locale: Some(locale.to_owned()),
                voice: voice.map(str::to_owned),
                ..speech("hello")
            };
            assert!(
                engine.speak(&speech).await.unwrap() == plain,
                "{locale} {voice:?}"
            );
        }
        let german = Speech {
            locale: Some("de-DE".to_owned()),
            ..speech("hello")
        };
        assert_ne!(engine.speak(&german).await.unwrap(), plain);
    }

    #[test]
    fn only_names_of_voices_reach_the_command_line() {
        let wanted = |voice: &str, locale: &str| {
            voices(&Speech {
                voice: Some(voice.to_owned()),
                locale: Some(locale.to_owned()),
                ..speech("")
            })
        };
        assert_eq!(
            wanted("Alex", "pt_BR"),
            ["Alex+f3", "pt-br+f3", "pt+f3", "en-us+f3"]
        );
        for bad in [
            "",
            "-v",
            "../x",
            "/etc/passwd",
            "a b",
            "a\nb",
            "ü",
            &"x".repeat(65),
        ] {
            assert_eq!(wanted(bad, bad), ["en-us+f3"], "{bad:?}");
        }
    }
}
