//! What the data of a recording command ask for, and whether it can be had.

use std::time::Duration;

use onhook::CommandError;
use onhook::recording::{Action, ContentType, RecordingFormat, RecordingPause, RecordingStart};

use super::engine::Engine;
use crate::media::{Channels, samples_in};

/// The data of a recording command; those of other commands are as if left out.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) start: RecordingStart,
    pub(super) pause: RecordingPause,
}

/// How a session is to be recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format {
    pub(super) channels: Channels,
    /// The most samples that it may have.
    pub(super) limit: Option<u64>,
}

impl Arguments {
    pub(super) fn read(
        action: Action,
        data: Option<serde_json::Value>,
    ) -> Result<Arguments, CommandError> {
        fn read<T: serde::de::DeserializeOwned + Default>(
            data: Option<serde_json::Value>,
        ) -> Result<T, CommandError> {
            let Some(data) = data else {
                return Ok(T::default());
            };
            serde_json::from_value(data)
                .map_err(|error| CommandError::bad_argument(format!("`value.data`: {error}")))
        }
        let mut arguments = Arguments::default();
        match action {
            Action::Start => arguments.start = read(data)?,
            Action::Pause => arguments.pause = read(data)?,
            Action::Resume | Action::Stop => {}
        }
        arguments.start.check()?;
        Ok(arguments)
    }
}

impl Engine {
    /// How a start is to be recorded; what cannot be made is refused.
    pub(super) fn format(&self, start: &RecordingStart) -> Result<Format, CommandError> {
        if let Some(format) = start
            .format
            .filter(|format| *format != RecordingFormat::Wav)
        {
            let why = format!(
                "`recordingFormatType`: recordings are made as wav here, not as {}",
                format.as_str()
            );
            return Err(CommandError::bad_argument(why));
        }
        match start.content_type {
            // There is no video in a telephone call, so that its audio is all there is to be recorded. The sample of the
            // preview asks for both in every call.
            None | Some(ContentType::Audio | ContentType::AudioVideo) => {}
            Some(other) => return Err(unknown("recordingContentType", other.as_str())),
        }
        let channel_type = start.channel_type.unwrap_or(self.shared.channel_type);
        let channels = Channels::of_type(channel_type)
            .ok_or_else(|| unknown("recordingChannelType", channel_type.as_str()))?;
        let longest = self.shared.longest_recording;
        let millis = |duration: Duration| duration.as_millis();
        match (start.max_duration, longest) {
            (Some(Duration::ZERO), _) => {
                let why = "`maxDurationMs`: a recording of 0 ms cannot be made";
                return Err(CommandError::bad_argument(why));
            }
            (Some(asked), Some(longest)) if asked > longest => {
                let (asked, longest) = (millis(asked), millis(longest));
                let why = format!(
                    "`maxDurationMs`: recordings have at most {longest} ms here, not {asked}"
                );
                return Err(CommandError::bad_argument(why));
            }
            _ => {}
        }
        Ok(Format {
            channels,
            limit: start.max_duration.or(longest).map(samples_in),
        })
    }
}

fn unknown(field: &str, word: &str) -> CommandError {
    CommandError::bad_argument(format!("`{field}`: {word} cannot be recorded here"))
}
