//! Recordings as others read them: hound and symphonia for the audio, a plain JSON tree for the metadata.

use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use onhook_channel::media::find_all;
use onhook_channel::voice::{Party, ToneVoice};
use serde_json::Value;
use sha2::{Digest, Sha512};
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

/// Samples in a millisecond of a recording.
pub const PER_MS: u64 = 16;

/// The samples of a recording, which two independent readers must agree on.
pub fn samples(path: &Path) -> Vec<i16> {
    let samples = by_hound(path);
    assert_eq!(samples, by_symphonia(path), "{}", path.display());
    samples
}

/// The samples as hound reads them; it takes the length from the header and refuses a file that is shorter.
pub fn by_hound(path: &Path) -> Vec<i16> {
    let reader = hound::WavReader::open(path);
    let mut reader = reader.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let spec = reader.spec();
    assert_eq!(
        (spec.channels, spec.sample_rate, spec.bits_per_sample),
        (1, 16_000, 16)
    );
    reader.samples().map(Result::unwrap).collect()
}

fn by_symphonia(path: &Path) -> Vec<i16> {
    let source = MediaSourceStream::new(
        Box::new(File::open(path).unwrap()),
        MediaSourceStreamOptions::default(),
    );
    let (format, metadata) = (FormatOptions::default(), MetadataOptions::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), source, format, metadata)
        .unwrap();
    let track = format.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap();
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .unwrap();
    let (mut samples, mut packet_samples) = (Vec::new(), Vec::<i16>::new());
    while let Some(packet) = format.next_packet().unwrap() {
        let packet = decoder.decode(&packet).unwrap();
        packet.copy_to_vec_interleaved(&mut packet_samples);
        samples.append(&mut packet_samples);
    }
    samples
}

/// The metadata of a recording.
pub fn metadata(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Where a word that `party` said begins, in milliseconds, each time it is heard; rounded down.
pub fn heard(samples: &[i16], word: &str, party: Party) -> Vec<u64> {
    let found = find_all(samples, &ToneVoice::word(word, party));
    found.into_iter().map(|at| at as u64 / PER_MS).collect()
}

/// Every file under the folder, in order of the path.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The SHA-512 of a file in lower-case hexadecimal.
pub fn sha512(path: &Path) -> String {
    let digest = Sha512::digest(fs::read(path).unwrap());
    digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
