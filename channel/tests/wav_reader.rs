//! The WAV reader against files of other makes, and of bad make.

use std::io::{Cursor, Read};

use hound::{SampleFormat, WavSpec, WavWriter};
use onhook_channel::media::g711;
use onhook_channel::wav::{self, WavProblem};
use proptest::prelude::*;

fn chunk(id: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let size = u32::try_from(payload.len()).unwrap().to_le_bytes();
    let pad: &[u8] = if payload.len() % 2 == 1 { &[0] } else { &[] };
    [&id, &size[..], payload, pad].concat()
}

fn format(tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let block = channels * (bits / 8);
    let mut payload = [tag.to_le_bytes(), channels.to_le_bytes()].concat();
    payload.extend(rate.to_le_bytes());
    payload.extend(rate.wrapping_mul(block.into()).to_le_bytes());
    payload.extend([block.to_le_bytes(), bits.to_le_bytes()].concat());
    payload
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    let size = u32::try_from(body.len() + 4).unwrap().to_le_bytes();
    [b"RIFF", &size[..], b"WAVE", &body].concat()
}

fn bytes_of(samples: &[i16]) -> Vec<u8> {
    samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect()
}

fn simple(tag: u16, bits: u16, data: &[u8]) -> Vec<u8> {
    riff(&[
        chunk(*b"fmt ", &format(tag, 1, 16_000, bits)),
        chunk(*b"data", data),
    ])
}

fn samples(file: &[u8]) -> Vec<i16> {
    wav::read(file).unwrap().samples
}

#[test]
fn every_coding_is_read() {
    let extensible = |tag: u16, bits, data: &[u8]| {
        let mut payload = format(0xFFFE, 1, 16_000, bits);
        payload.extend([22, 0, 16, 0, 4, 0, 0, 0]);
        payload.extend(tag.to_le_bytes());
        payload.extend([0, 0, 0, 0, 16, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
        riff(&[chunk(*b"fmt ", &payload), chunk(*b"data", data)])
    };
    let floats = [0.0, 0.5, -1.0, 7.0, f32::NAN, f32::NEG_INFINITY];
    let floats: Vec<u8> = floats
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    for (what, file, wanted) in [
        (
            "8 bit",
            simple(1, 8, &[128, 0, 255, 129]),
            vec![0, -32_768, 32_512, 256],
        ),
        (
            "16 bit",
            simple(1, 16, &bytes_of(&[0, i16::MIN, i16::MAX])),
            vec![0, i16::MIN, i16::MAX],
        ),
        (
            "24 bit",
            simple(1, 24, &[0, 0, 0x80, 0x80, 1, 0, 0xFF, 0xFF, 0x7F]),
            vec![-32_768, 2, 32_767],
        ),
        (
            "32 bit",
            simple(1, 32, &[0, 0, 1, 0, 0, 0, 0, 0x80]),
            vec![1, -32_768],
        ),
        (
            "float",
            simple(3, 32, &floats),
            vec![0, 16_384, -32_768, 32_767, 0, -32_768],
        ),
        (
            "A-law",
            simple(6, 8, &[0xD5, 0x2A]),
            vec![g711::decode_alaw(0xD5), g711::decode_alaw(0x2A)],
        ),
        (
            "mu-law",
            simple(7, 8, &[0xFF, 0, 3]),
            vec![0, -32_124, g711::decode_mulaw(3)],
        ),
        (
            "extensible",
            extensible(1, 16, &bytes_of(&[5, -5])),
            vec![5, -5],
        ),
        ("extensible A-law", extensible(6, 8, &[0xD5]), vec![8]),
        ("nothing", simple(1, 16, &[]), vec![]),
        ("half a sample", simple(1, 16, &[1, 0, 2]), vec![1]),
    ] {
        assert_eq!(samples(&file), wanted, "{what}");
    }
}

#[test]
fn channels_are_mixed_down() {
    for (channels, interleaved, wanted) in [
        (
            2,
            vec![100, 200, i16::MAX, i16::MAX, -4, 0],
            vec![150, i16::MAX, -2],
        ),
        (3, vec![30, 60, 90, 1, 1], vec![60]),
        (9000, vec![9; 18_000], vec![9, 9]),
    ] {
        let fmt = chunk(*b"fmt ", &format(1, channels, 16_000, 16));
        let file = riff(&[fmt, chunk(*b"data", &bytes_of(&interleaved))]);
        assert_eq!(samples(&file), wanted, "{channels} channels");
    }
}

#[test]
fn files_by_another_writer_come_out_at_16_khz() {
    for (rate, bits, format) in [
        (8_000, 16, SampleFormat::Int),
        (11_025, 8, SampleFormat::Int),
        (16_000, 24, SampleFormat::Int),
        (22_050, 16, SampleFormat::Int),
        (44_100, 32, SampleFormat::Int),
        (48_000, 32, SampleFormat::Float),
    ] {
        let mut file = Cursor::new(Vec::new());
        let spec = WavSpec {
            channels: 2,
            sample_rate: rate,
            bits_per_sample: bits,
            sample_format: format,
        };
        let mut writer = WavWriter::new(&mut file, spec).unwrap();
        for _ in 0..2 * rate {
            match format {
                SampleFormat::Float => writer.write_sample(0.25_f32).unwrap(),
                SampleFormat::Int => writer.write_sample(1_i32 << (bits - 3)).unwrap(),
            }
        }
        writer.finalize().unwrap();
        let samples = samples(file.get_ref());
        assert_eq!(samples.len(), 16_000, "{rate} Hz");
        assert!(
            samples[200..15_800].iter().all(|sample| *sample == 8192),
            "{rate} Hz {bits} bit"
        );
    }
}

#[test]
fn other_chunks_are_passed_over_and_rf64_is_understood() {
    let data = chunk(*b"data", &bytes_of(&[1, 2]));
    let fmt = chunk(*b"fmt ", &format(1, 1, 16_000, 16));
    let long_fmt = chunk(*b"fmt ", &[format(1, 1, 16_000, 16), vec![0; 51]].concat());
    let list = chunk(*b"LIST", b"INFOISFT\x05\0\0\0odd!\0");
    assert_eq!(list.len() % 2, 0);
    for chunks in [
        vec![list.clone(), fmt.clone(), list.clone(), data.clone()],
        vec![long_fmt, data.clone(), list.clone()],
        vec![
            chunk(*b"JUNK", &[0; 28]),
            fmt.clone(),
            chunk(*b"fact", &[1]),
            data.clone(),
        ],
    ] {
        assert_eq!(samples(&riff(&chunks)), [1, 2]);
    }
    for magic in [b"RF64", b"BW64"] {
        let sizes = [0_u64, 4, 2]
            .iter()
            .flat_map(|size| size.to_le_bytes())
            .chain([0; 4])
            .collect::<Vec<u8>>();
        let mut file = riff(&[
            chunk(*b"ds64", &sizes),
            fmt.clone(),
            data.clone(),
            list.clone(),
        ]);
        file[..4].copy_from_slice(magic);
        let size = file.len() - list.len() - 8;
        file[size..size + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(samples(&file), [1, 2], "the size of ds64 counts");
    }
}

#[test]
fn errors_name_what_is_wrong_and_where() {
    let with = |payload: Vec<u8>| riff(&[chunk(*b"fmt ", &payload), chunk(*b"data", &[0; 8])]);
    let changed = |at: usize, byte: u8| {
        let mut payload = format(1, 1, 16_000, 16);
        payload[at] = byte;
        with(payload)
    };
    let whole = simple(1, 16, &[]);
    for (file, message) in [
        (vec![], "the file ends inside of the RIFF header at byte 0"),
        (
            b"RIFFxx".to_vec(),
            "the file ends inside of the RIFF header at byte 6",
        ),
        (
            b"OggS\0\0\0\0WAVE".to_vec(),
            "this is no WAVE file at byte 0",
        ),
        (
            b"RIFF\0\0\0\0AVI ".to_vec(),
            "this is no WAVE file at byte 8",
        ),
        (
            whole[..30].to_vec(),
            "the file ends inside of the format at byte 30",
        ),
        (
            whole[..whole.len() - 8].to_vec(),
            "the file ends inside of the chunks before the audio at byte 36",
        ),
        (
            riff(&[chunk(*b"data", &[0; 2])]),
            "there is no format before the audio at byte 12",
        ),
        (
            with(vec![1, 0, 1, 0]),
            "the fmt chunk has only 4 bytes at byte 20",
        ),
        (
            riff(&[chunk(*b"ds64", &[0; 8])]),
            "the ds64 chunk has only 8 bytes at byte 12",
        ),
        (
            changed(0, 0x55),
            "the coding 0x0055 is not supported at byte 20",
        ),
        (changed(2, 0), "there are no channels at byte 22"),
        (
            with(format(1, 1, 4_000, 16)),
            "a rate of 4000 Hz is not supported at byte 24",
        ),
        (
            with(format(1, 1, 96_000, 16)),
            "a rate of 96000 Hz is not supported at byte 24",
        ),
        (
            changed(12, 3),
            "blocks of 3 bytes do not fit 1 channels of 16 bits at byte 32",
        ),
        (
            with(format(1, 1, 16_000, 12)),
            "samples of 12 bits are not supported in coding 0x0001 at byte 34",
        ),
        (
            with(format(3, 1, 16_000, 64)),
            "samples of 64 bits are not supported in coding 0x0003 at byte 34",
        ),
    ] {
        assert_eq!(wav::read(file.as_slice()).unwrap_err().to_string(), message);
    }
}

#[test]
fn a_reader_takes_no_more_than_it_is_told() {
    let header = simple(1, 16, &[]);
    let endless = [&header[..header.len() - 4], &u32::MAX.to_le_bytes()].concat();
    let error =
        wav::read_at_most(endless.as_slice().chain(std::io::repeat(0)), 100_000).unwrap_err();
    assert!(
        matches!(error.problem, WavProblem::TooLong(100_000)) && error.at < 300_000,
        "{error}"
    );
    let exact = simple(1, 16, &[0; 2000]);
    assert_eq!(
        wav::read_at_most(exact.as_slice(), 1000)
            .unwrap()
            .samples
            .len(),
        1000
    );
    wav::read_at_most(exact.as_slice(), 999).unwrap_err();
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        drop(wav::read(bytes.as_slice()));
    }

    #[test]
    fn arbitrary_chunks_never_panic(
        ids in prop::collection::vec(prop::sample::select(vec![*b"fmt ", *b"data", *b"ds64", *b"LIST"]), 0..6),
        tag in prop::sample::select(vec![0_u16, 1, 3, 6, 7, 0xFFFE]),
        channels in 0_u16..4,
        rate in prop::sample::select(vec![0_u32, 8_000, 9_600, 16_000, 48_000, u32::MAX]),
        bits in prop::sample::select(vec![0_u16, 8, 16, 24, 32]),
        noise in prop::collection::vec(any::<u8>(), 0..100),
        change in any::<(u8, u8)>(),
    ) {
        let payload = |id: &[u8; 4]| match id {
            b"fmt " => [format(tag, channels, rate, bits), noise.clone()].concat(),
            _ => noise.clone(),
        };
        let chunks: Vec<Vec<u8>> = ids.iter().map(|id| chunk(*id, &payload(id))).collect();
        let mut file = riff(&chunks);
        let at = usize::from(change.0) % file.len();
        file[at] = change.1;
        drop(wav::read_at_most(file.as_slice(), 1_000_000));
    }
}
