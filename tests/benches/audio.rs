//! The channel's audio: mixing, companding, resampling, and writing WAV, in hours of a call per second of one core.
//!
//! `cargo bench -p onhook-tests --bench audio`

#[path = "stopwatch.rs"]
mod stopwatch;

use std::hint::black_box;
use std::io::Cursor;

use onhook_channel::media::{FRAME_SAMPLES, Frame, SAMPLE_RATE, g711, level, mix, resample};
use onhook_channel::wav::Writer;
use stopwatch::Entrant;

/// Frames in one second of a call.
const FRAMES: usize = SAMPLE_RATE as usize / FRAME_SAMPLES;

const NAMES: [&str; 6] = [
    "mix two parties",
    "measure the level",
    "encode to µ-law",
    "resample to 8 kHz",
    "append to WAV in memory",
    "append to a WAV file",
];

fn main() {
    if !stopwatch::asked() {
        println!("skipped: run it with `cargo bench`");
        return;
    }
    let (caller, bot) = (second(440.0), second(554.0));
    let samples: Vec<i16> = caller
        .iter()
        .flat_map(|frame| frame.samples().iter().copied())
        .collect();
    let mut memory = Writer::create(Cursor::new(Vec::new())).expect("memory takes a header");
    let file = tempfile::tempfile().expect("a temporary file");
    let mut file = Writer::create(file).expect("the disk takes a header");

    let mut entrants = [
        Entrant::new(|| {
            for (caller, bot) in caller.iter().zip(&bot) {
                black_box(mix(caller, bot));
            }
        }),
        Entrant::new(|| level(&samples)),
        Entrant::new(|| {
            let codes = samples.iter().map(|sample| g711::encode_mulaw(*sample));
            codes.fold(0_u32, |sum, code| sum.wrapping_add(u32::from(code)))
        }),
        Entrant::new(|| resample(&samples, SAMPLE_RATE, 8_000)),
        Entrant::new(|| {
            if memory.samples() > 1 << 26 {
                memory = Writer::create(Cursor::new(Vec::new())).expect("memory takes a header");
            }
            memory.append(&samples).expect("memory takes samples");
        }),
        Entrant::new(|| {
            if file.samples() > 1 << 27 {
                let fresh = tempfile::tempfile().expect("a temporary file");
                file = Writer::create(fresh).expect("the disk takes a header");
            }
            file.append(&samples).expect("the disk takes samples");
        }),
    ];
    println!("one second of 16 kHz mono      µs   hours per second");
    for (name, nanoseconds) in NAMES.iter().zip(stopwatch::race(&mut entrants)) {
        let hours = 1e9 / nanoseconds / 3_600.0;
        println!("{name:<26} {:>8.2} {hours:>12.1}", nanoseconds / 1e3);
    }
}

/// One second of a tone.
fn second(hertz: f64) -> Vec<Frame> {
    let samples: Vec<i16> = (0..FRAMES * FRAME_SAMPLES)
        .map(|index| {
            #[expect(clippy::cast_precision_loss, reason = "there are 16,000 of them")]
            let phase = index as f64 * hertz / f64::from(SAMPLE_RATE) * std::f64::consts::TAU;
            #[expect(clippy::cast_possible_truncation, reason = "within ±12,000")]
            let sample = (phase.sin() * 12_000.0) as i16;
            sample
        })
        .collect();
    onhook_channel::media::frames(&samples).collect()
}
