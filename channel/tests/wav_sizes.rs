//! Files whose header does not say how much audio there is: of programs that write into a pipe, of recorders that died,
//! and of those that do not know RF64. All are read up to their end, and nothing but audio is.

use std::io::{self, Read};
use std::time::Duration;

use onhook_channel::media::g711;
use onhook_channel::voice::MAX_SPEECH;
use onhook_channel::wav::{self, HEADER_BYTES, Header, MAX_SAMPLES, Storage, WavProblem, Writer};
use onhook_channel::{Utterance, UtteranceError};
use proptest::prelude::*;

/// Sizes that programs leave in a header that they cannot go back to, or that wrap.
const PLACEHOLDERS: [(u32, &str); 12] = [
    (0, "GStreamer, Asterisk and FreeSWITCH while they record"),
    (0xFFFF_FFFF, "ffmpeg and Twilio"),
    (0xFFFF_FFFE, "the largest even size"),
    (
        0xFFFF_FFFF - 36,
        "ffmpeg's size of the whole, less the header",
    ),
    (0xFFFF_FFD8, "the same with other chunks"),
    (0x7FFF_FFFF, "the largest signed size"),
    (0x7FFF_FFFE, "the same, even"),
    (0x7FFF_F000, "sox and espeak-ng"),
    (0x7FFF_F024, "the same with the header"),
    (0x8000_0000, "arecord"),
    (0x8000_0024, "the same with the header"),
    (0x7FFF_FFDB, "mpg123"),
];

fn chunk(id: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let size = u32::try_from(payload.len()).unwrap();
    let pad: &[u8] = if size % 2 == 1 { &[0] } else { &[] };
    [&id[..], &size.to_le_bytes(), payload, pad].concat()
}

fn format(tag: u16, channels: u16, bits: u16) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut payload = [tag.to_le_bytes(), channels.to_le_bytes()].concat();
    payload.extend(16_000_u32.to_le_bytes());
    payload.extend((16_000 * u32::from(block)).to_le_bytes());
    payload.extend([block.to_le_bytes(), bits.to_le_bytes()].concat());
    chunk(*b"fmt ", &payload)
}

/// A file whose `data` chunk claims a size.
fn file(before: &[Vec<u8>], claim: u32, audio: &[u8], behind: &[Vec<u8>]) -> Vec<u8> {
    let (before, behind) = (before.concat(), behind.concat());
    let parts: [&[u8]; 6] = [
        b"WAVE",
        &before,
        b"data",
        &claim.to_le_bytes(),
        audio,
        &behind,
    ];
    let body = parts.concat();
    let size = u32::try_from(body.len()).unwrap();
    [b"RIFF", &size.to_le_bytes()[..], &body].concat()
}

fn pcm(claim: u32, samples: &[i16], behind: &[Vec<u8>]) -> Vec<u8> {
    file(&[format(1, 1, 16)], claim, &bytes_of(samples), behind)
}

fn bytes_of(samples: &[i16]) -> Vec<u8> {
    let bytes = samples.iter().flat_map(|sample| sample.to_le_bytes());
    bytes.collect()
}

fn read(file: &[u8]) -> Vec<i16> {
    wav::read(file).unwrap().samples
}

/// So many samples, none of which is silence.
fn tone(count: usize) -> Vec<i16> {
    (0..count)
        .map(|n| i16::try_from(n * 37 % 20_000).unwrap() + 1)
        .collect()
}

fn info() -> Vec<u8> {
    chunk(*b"LIST", b"INFOISFT\x06\0\0\0Lavf60")
}

#[test]
fn a_placeholder_reads_up_to_the_end() {
    for count in [1, 3, 4_000, 60_000, 100_000] {
        let tone = tone(count);
        for (claim, who) in PLACEHOLDERS {
            let piped = pcm(claim, &tone, &[]);
            assert_eq!(
                read(&piped),
                tone,
                "{claim:#010x} of {who}, {count} samples"
            );
            // Notes that a program wrote when it was done are no sound.
            let noted = pcm(claim, &tone, &[info(), chunk(*b"id3 ", &[1, 2, 3])]);
            assert_eq!(
                read(&noted),
                tone,
                "{claim:#010x} of {who}, notes after {count} samples"
            );
        }
    }
}

#[test]
fn the_size_of_the_whole_does_not_matter() {
    let tone = tone(500);
    for (claim, _) in PLACEHOLDERS.into_iter().chain([(1_000, "right")]) {
        for riff in PLACEHOLDERS
            .map(|(size, _)| size)
            .into_iter()
            .chain([4, 36, 77, 1_036])
        {
            let mut piped = pcm(claim, &tone, &[]);
            piped[4..8].copy_from_slice(&riff.to_le_bytes());
            assert_eq!(read(&piped), tone, "{claim:#010x} in {riff:#010x}");
        }
    }
}

#[test]
fn every_coding_is_read_up_to_the_end() {
    let codes: Vec<u8> = (0..=255).collect();
    let mulaw: Vec<i16> = codes.iter().map(|code| g711::decode_mulaw(*code)).collect();
    let alaw: Vec<i16> = codes.iter().map(|code| g711::decode_alaw(*code)).collect();
    for (claim, who) in PLACEHOLDERS {
        for (tag, samples) in [(7, &mulaw), (6, &alaw)] {
            let piped = file(&[format(tag, 1, 8)], claim, &codes, &[]);
            assert_eq!(
                read(&piped),
                *samples,
                "{claim:#010x} of {who}, coding {tag}"
            );
        }
        let floats: Vec<u8> = [0.5_f32, -0.5].map(f32::to_le_bytes).concat();
        let piped = file(&[format(3, 1, 32)], claim, &floats, &[]);
        assert_eq!(read(&piped), [16_384, -16_384], "{claim:#010x} of {who}");
        let stereo = file(&[format(1, 2, 16)], claim, &bytes_of(&[1, 10, 2, 20]), &[]);
        let tracks = wav::read_channels(stereo.as_slice()).unwrap();
        assert_eq!(
            (&*tracks[0].samples, &*tracks[1].samples),
            (&[1, 2][..], &[10, 20][..])
        );
    }
}

/// A recorder that died: the size is that of its last update.
#[test]
fn a_size_that_is_too_small_reads_up_to_the_end() {
    let tone = tone(50_000);
    for claimed in [1, 2, 7, 400, 32_767, 32_768, 49_000, 49_999] {
        let claim = u32::try_from(2 * claimed).unwrap();
        assert_eq!(read(&pcm(claim, &tone, &[])), tone, "{claimed} samples");
        let noted = pcm(claim, &tone, &[info()]);
        assert_eq!(read(&noted), tone, "{claimed} samples, and notes");
        // It died in the middle of a sample.
        let mut cut = pcm(claim, &tone, &[]);
        cut.push(9);
        assert_eq!(read(&cut), tone, "{claimed} samples, and half of one");
    }
    // What the size cuts off may be silence, which is no chunk.
    let silence = vec![0_i16; 1_000];
    assert_eq!(read(&pcm(20, &silence, &[])).len(), 1_000);
    // The blocks of several channels stay together, wherever the size ends.
    for claim in 1..12 {
        let stereo = file(
            &[format(1, 2, 16)],
            claim,
            &bytes_of(&[1, 10, 2, 20, 3, 3_000]),
            &[],
        );
        let tracks = wav::read_channels(stereo.as_slice()).unwrap();
        assert_eq!(tracks[1].samples, [10, 20, 3_000], "{claim}");
    }
}

/// Beyond 4 GiB, programs that do not know RF64 write the size modulo 2³². Such files are longer than what is read at
/// once, and say so; they do not read as a short one.
#[test]
fn a_wrapped_size_is_not_taken_for_a_short_file() {
    let wrapped = u32::try_from((5_u64 << 30) % (1 << 32)).unwrap();
    let header = pcm(wrapped, &[], &[]);
    let whole = header.as_slice().chain(io::repeat(1).take(5 << 30));
    let error = wav::read_at_most(whole, 1_000_000).unwrap_err();
    assert!(
        matches!(error.problem, WavProblem::TooLong(1_000_000)),
        "{error}"
    );
    // The same, small: the size says 6 bytes.
    let header = pcm(6, &[], &[]);
    let whole = header.as_slice().chain(io::repeat(1).take(2_000));
    assert_eq!(wav::read(whole).unwrap().samples, [0x0101; 1_000]);
}

#[test]
fn what_follows_the_audio_is_left_out_if_it_is_chunks() {
    let tone = tone(300);
    let odd = file(&[format(7, 1, 8)], 3, &[1, 2, 3], &[]);
    let mulaw = [1, 2, 3].map(g711::decode_mulaw);
    let own = chunk(*b"Cntz", &[7; 21]);
    let far = chunk(*b"ovly", &vec![b'x'; 200_000]);
    for (what, file, samples) in [
        ("nothing", pcm(600, &tone, &[]), &tone[..]),
        ("notes", pcm(600, &tone, &[info()]), &tone),
        (
            "a chunk that nobody knows",
            pcm(600, &tone, std::slice::from_ref(&own)),
            &tone,
        ),
        (
            "several",
            pcm(600, &tone, &[own, info(), chunk(*b"cue ", &[0; 4])]),
            &tone,
        ),
        ("a long one", pcm(600, &tone, &[far]), &tone),
        (
            "notes that are cut off",
            pcm(600, &tone, &[info()[..13].to_vec()]),
            &tone,
        ),
        (
            "an ID3 tag",
            pcm(600, &tone, &[b"ID3\x04\0\0\0\0\0\x01x".to_vec()]),
            &tone,
        ),
        ("an odd size without a pad", odd.clone(), &mulaw),
        ("an odd size and a pad", [&odd[..], &[0]].concat(), &mulaw),
        (
            "an odd size, a pad, notes",
            [&odd[..], &[0], &info()].concat(),
            &mulaw,
        ),
        (
            "an odd size, no pad, notes",
            [&odd[..], &info()].concat(),
            &mulaw,
        ),
    ] {
        assert_eq!(read(&file), samples, "{what}");
    }
}

/// `fact` has the number of samples; nobody needs it.
#[test]
fn other_sizes_in_the_header_do_not_matter() {
    let tone = tone(100);
    for count in [0, 1, 100, u32::MAX] {
        let fact = chunk(*b"fact", &count.to_le_bytes());
        for claim in [0, 200, u32::MAX] {
            let before = [chunk(*b"JUNK", &[0; 27]), format(1, 1, 16), fact.clone()];
            assert_eq!(
                read(&file(&before, claim, &bytes_of(&tone), &[])),
                tone,
                "{count}"
            );
        }
    }
}

#[test]
fn rf64_with_placeholders_reads_up_to_the_end() {
    let tone = tone(1_000);
    for magic in [b"RF64", b"BW64", b"RIFF"] {
        for long in [0, 1, 500, 2_000, 1 << 33, u64::MAX >> 1, u64::MAX] {
            let sizes = [u64::MAX, long, 0].map(u64::to_le_bytes).concat();
            let ds64 = chunk(*b"ds64", &[sizes, vec![0; 4]].concat());
            for behind in [vec![], vec![info()]] {
                let before = [ds64.clone(), format(1, 1, 16)];
                let mut file = file(&before, u32::MAX, &bytes_of(&tone), &behind);
                file[..4].copy_from_slice(magic);
                assert_eq!(read(&file), tone, "{long:#x}, {behind:?}");
            }
        }
    }
}

/// A recording of ours whose writer was killed needs no repair to be read.
#[test]
fn a_recording_that_was_not_finished_is_read_as_a_whole() {
    let tone = tone(3_000);
    for stale in [0, 1, 1_000] {
        let mut writer = Writer::create(io::Cursor::new(Vec::new())).unwrap();
        writer.append(&tone[..stale]).unwrap();
        writer.refresh_header().unwrap();
        writer.append(&tone[stale..]).unwrap();
        let killed = writer.storage().get_ref().clone();
        assert_eq!(read(&killed), tone, "the header knows {stale}");
    }
    // The header of a long one, with sizes in `ds64` that are too small.
    let header = Header {
        data_bytes: u64::from(u32::MAX),
        channels: 1,
    }
    .encode();
    let mut killed = io::Cursor::new([&header[..], &bytes_of(&tone)].concat());
    killed.get_mut()[28..36].copy_from_slice(&4_000_u64.to_le_bytes());
    assert_eq!(read(killed.get_ref()), tone);
    killed.set_len(HEADER_BYTES).unwrap();
    assert_eq!(read(killed.get_ref()), [0_i16; 0]);
}

/// Where another reader takes the size at its word, we agree with it.
#[test]
fn hound_reads_the_same_where_sizes_are_right() {
    let tone = tone(2_000);
    for behind in [vec![], vec![info()]] {
        let file = pcm(4_000, &tone, &behind);
        let theirs: Result<Vec<i16>, _> =
            hound::WavReader::new(&*file).unwrap().samples().collect();
        assert_eq!(theirs.unwrap(), read(&file));
    }
}

#[test]
fn empty_is_only_what_has_no_audio() {
    for (what, file) in [
        ("a header and no more", pcm(0, &[], &[])),
        ("a placeholder and no more", pcm(u32::MAX, &[], &[])),
        ("notes behind no audio", pcm(0, &[], &[info()])),
        ("a placeholder, and notes", pcm(u32::MAX, &[], &[info()])),
    ] {
        assert_eq!(read(&file), [0_i16; 0], "{what}");
    }
    // An empty chunk in front of the one that has it.
    let audio = chunk(*b"data", &bytes_of(&[1, 2, 3]));
    assert_eq!(read(&pcm(0, &[], &[info(), audio])), [1, 2, 3]);
    let half = wav::read(&*file(&[format(1, 1, 16)], 0, &[7], &[])).unwrap_err();
    assert_eq!(
        half.to_string(),
        "the file ends inside of the first sample at byte 45"
    );
}

/// Somebody who plays a file wants it to be heard.
#[test]
fn a_caller_is_not_given_an_empty_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.wav");
    std::fs::write(&path, pcm(0, &[], &[])).unwrap();
    let error = Utterance::wav(&path, "hello").unwrap_err();
    assert!(matches!(error, UtteranceError::Empty), "{error}");
    std::fs::write(&path, pcm(0, &tone(50), &[])).unwrap();
    assert_eq!(Utterance::wav(&path, "hello").unwrap().text(), "hello");
}

/// Counts what is read of it.
struct Counted<R>(R, u64);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.0.read(buffer)?;
        self.1 += got as u64;
        Ok(got)
    }
}

#[test]
fn a_source_that_never_ends_is_read_up_to_the_limit() {
    for (what, header, bytes_per_sample) in [
        ("16 bit", pcm(u32::MAX, &[], &[]), 2),
        ("an empty chunk", pcm(0, &[], &[]), 2),
        ("a size that is too small", pcm(2_000, &[], &[]), 2),
        ("mu-law", file(&[format(7, 1, 8)], u32::MAX, &[], &[]), 1),
        (
            "8 channels",
            file(&[format(1, 8, 16)], u32::MAX, &[], &[]),
            16,
        ),
    ] {
        let mut endless = Counted(header.as_slice().chain(io::repeat(0x55)), 0);
        let error = wav::read_at_most(&mut endless, 100_000).unwrap_err();
        assert!(
            matches!(error.problem, WavProblem::TooLong(100_000)),
            "{what}: {error}"
        );
        assert!(
            error.to_string().contains("100000 samples, which are 6 s"),
            "{error}"
        );
        let most = 100_000 * bytes_per_sample + 256 * 1024;
        assert!(endless.1 < most, "{what}: {} bytes were read", endless.1);
    }
}

#[test]
fn a_header_that_never_ends_is_given_up() {
    let header = b"RIFF\xff\xff\xff\xffWAVE";
    let long = [&header[..], b"JUNK\xf0\xff\xff\xff"].concat();
    for (what, header) in [
        ("no chunk at all", &header[..]),
        ("a chunk of 4 GiB", &long),
    ] {
        let mut endless = Counted(header.chain(io::repeat(0)), 0);
        let error = wav::read(&mut endless).unwrap_err();
        assert!(
            matches!(error.problem, WavProblem::NoAudio(_)),
            "{what}: {error}"
        );
        assert!(
            endless.1 < 17 << 20,
            "{what}: {} bytes were read",
            endless.1
        );
    }
}

/// A caller's audio is bounded below what a recording may have.
#[test]
fn a_caller_that_never_ends_is_refused_with_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    let longest = Utterance::LONGEST.as_secs() * 16_000;
    assert!(Utterance::LONGEST < MAX_SPEECH && longest < MAX_SAMPLES);
    let mut long = std::fs::File::create(&path).unwrap();
    io::Write::write_all(&mut long, &pcm(u32::MAX, &[], &[])).unwrap();
    // Zeros that take no place on the disk.
    long.set_len(44 + 4 * longest).unwrap();
    let error = Utterance::wav(&path, "hello").unwrap_err().to_string();
    assert!(error.contains("which are 600 s"), "{error}");
    let error = Utterance::wav_at_most(&path, "hello", Duration::from_secs(2)).unwrap_err();
    assert!(error.to_string().contains("which are 2 s"), "{error}");
    std::fs::write(&path, pcm(u32::MAX, &tone(32_000), &[])).unwrap();
    let whole = Utterance::wav_at_most(&path, "hello", Duration::from_secs(2));
    assert!(whole.is_ok(), "{whole:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the size says, the audio is read, and all of it. (The last byte is none that fills up an odd size.)
    #[test]
    fn no_size_makes_a_difference(samples in prop::collection::vec(256..=i16::MAX, 1..2_000), claim in any::<u32>(), small in 0..4_000_u32) {
        for claim in [claim, small] {
            prop_assert_eq!(&read(&pcm(claim, &samples, &[])), &samples, "{:#010x}", claim);
        }
    }
}
