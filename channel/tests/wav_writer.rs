//! The WAV writer against another reader, and what a crash leaves of its files.

use std::io::{Cursor, Read, Result as IoResult, Seek, SeekFrom, Write};

use hound::{SampleFormat, WavSpec, WavWriter};
use onhook_channel::wav::{self, HEADER_BYTES, Header, Storage, WavProblem, Writer};
use proptest::prelude::*;

fn samples(file: &[u8]) -> Vec<i16> {
    wav::read(file).unwrap().samples
}

#[test]
fn the_header_is_right_after_each_refresh() {
    let mut writer = Writer::create(Cursor::new(Vec::new())).unwrap();
    let mut written = Vec::new();
    for piece in 0..20_i16 {
        let more: Vec<i16> = (0..piece * 7).collect();
        writer.append(&more).unwrap();
        written.extend(more);
        writer.refresh_header().unwrap();
        let file = writer.storage().get_ref().clone();
        let mut reader = hound::WavReader::new(file.as_slice()).unwrap();
        assert_eq!(
            reader.samples().collect::<Result<Vec<i16>, _>>().unwrap(),
            written,
            "{piece}"
        );
        assert_eq!(samples(&file), written, "{piece}");
        assert_eq!(
            (writer.samples(), writer.bytes()),
            (written.len() as u64, file.len() as u64)
        );
    }
    let mut writer = Writer::reopen(writer.finish().unwrap()).unwrap();
    writer.append(&[5]).unwrap();
    written.push(5);
    assert_eq!(samples(writer.finish().unwrap().get_ref()), written);
}

/// A file of any length of which only the header is kept.
struct Sparse {
    head: [u8; 80],
    length: u64,
    position: u64,
}

impl Sparse {
    fn of(data_bytes: u64) -> Self {
        Self {
            head: Header {
                data_bytes,
                channels: 1,
            }
            .encode(),
            length: HEADER_BYTES + data_bytes,
            position: 0,
        }
    }

    fn kept(&self) -> usize {
        usize::try_from(self.position).unwrap_or(80).min(80)
    }
}

impl Read for Sparse {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        let count = (&self.head[self.kept()..]).read(buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Write for Sparse {
    fn write(&mut self, buffer: &[u8]) -> IoResult<usize> {
        let kept = self.kept();
        (&mut self.head[kept..]).write_all(&buffer[..buffer.len().min(80 - kept)])?;
        self.position += buffer.len() as u64;
        self.length = self.length.max(self.position);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

impl Seek for Sparse {
    fn seek(&mut self, position: SeekFrom) -> IoResult<u64> {
        self.position = match position {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.length.checked_add_signed(by).unwrap(),
            SeekFrom::Current(by) => self.position.checked_add_signed(by).unwrap(),
        };
        Ok(self.position)
    }
}

impl Storage for Sparse {
    fn set_len(&mut self, bytes: u64) -> IoResult<()> {
        self.length = bytes;
        Ok(())
    }
}

#[test]
fn a_file_becomes_rf64_in_place_beyond_4_gib() {
    let mut writer = Writer::reopen(Sparse::of((1 << 32) - 1280)).unwrap();
    writer.append(&[1; 320]).unwrap();
    writer.refresh_header().unwrap();
    assert!(writer.storage().head.starts_with(b"RIFF"));
    writer.append(&[1; 320]).unwrap();
    let file = writer.finish().unwrap();
    assert!(file.head.starts_with(b"RF64\xFF\xFF\xFF\xFFWAVEds64"));
    assert_eq!(file.length, (1 << 32) + HEADER_BYTES);
    assert_eq!(Header::decode(&file.head).unwrap().data_bytes, 1 << 32);

    // A crash after 320 samples and a half, with the header of before.
    let mut crashed = Writer::reopen(file).unwrap().finish().unwrap();
    crashed.length += 641;
    let repaired = wav::repair(&mut crashed).unwrap();
    assert_eq!(
        (
            repaired.samples,
            repaired.cut_bytes,
            repaired.header_rewritten
        ),
        ((1 << 31) + 320, 1, true)
    );
    assert_eq!(Writer::reopen(crashed).unwrap().samples(), (1 << 31) + 320);
}

#[test]
fn only_a_whole_file_of_ours_is_reopened_and_any_of_ours_is_repaired() {
    let mut whole = Writer::create(Cursor::new(Vec::new())).unwrap();
    whole.append(&[1, 2, 3]).unwrap();
    let whole = whole.finish().unwrap().into_inner();
    let untouched = wav::repair(&mut Cursor::new(whole.clone())).unwrap();
    assert_eq!(
        (
            untouched.samples,
            untouched.cut_bytes,
            untouched.header_rewritten
        ),
        (3, 0, false)
    );

    for length in 0..whole.len() {
        let mut file = Cursor::new(whole[..length].to_vec());
        let error = Writer::reopen(file.clone()).unwrap_err();
        assert!(
            matches!(
                error.problem,
                WavProblem::Truncated(_) | WavProblem::Unfinished { .. }
            ),
            "{length}: {error}"
        );
        let kept = length.saturating_sub(80) / 2;
        assert_eq!(
            wav::repair(&mut file).unwrap().samples,
            kept as u64,
            "{length}"
        );
        assert_eq!(samples(file.get_ref()), [1, 2, 3][..kept], "{length}");
        Writer::reopen(file).unwrap();
    }
    let mut foreign = Cursor::new(Vec::new());
    let spec = WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut other = WavWriter::new(&mut foreign, spec).unwrap();
    (0..100_i16).for_each(|sample| other.write_sample(sample).unwrap());
    other.finalize().unwrap();
    let foreign = foreign.into_inner();
    let error = Writer::reopen(Cursor::new(foreign.clone())).unwrap_err();
    assert!(matches!(error.problem, WavProblem::Foreign), "{error}");
    for length in [10, 60, 244] {
        let mut file = Cursor::new(foreign[..length].to_vec());
        assert_eq!(wav::repair(&mut file).is_err(), length > 12, "{length}");
        assert!(
            length == 10 || file.into_inner() == foreign[..length],
            "{length}"
        );
    }
}

/// hound reads the channels as they were written, and a crash at any byte leaves whole samples of both.
#[test]
fn two_channels_stay_side_by_side() {
    let mut whole = Writer::with_channels(Cursor::new(Vec::new()), 2).unwrap();
    whole.append(&[1, -1, 2, -2, 3, -3]).unwrap();
    let uneven = whole.append(&[4]).unwrap_err();
    assert!(matches!(uneven.problem, WavProblem::Uneven(1, 2)));
    assert_eq!((whole.samples(), whole.channels()), (3, 2));
    let whole = whole.finish().unwrap().into_inner();
    let mut reader = hound::WavReader::new(whole.as_slice()).unwrap();
    assert_eq!(
        (
            reader.spec().channels,
            reader.spec().sample_rate,
            reader.duration()
        ),
        (2, 16_000, 3)
    );
    let all = reader.samples::<i16>().collect::<Result<Vec<_>, _>>();
    assert_eq!(all.unwrap(), [1, -1, 2, -2, 3, -3]);
    assert_eq!(samples(&whole), [0, 0, 0], "their mean");

    for length in 0..=whole.len() {
        let mut file = Cursor::new(whole[..length].to_vec());
        let repaired = wav::repair(&mut file).unwrap();
        let kept = length.saturating_sub(80) / 4;
        assert_eq!(repaired.samples, kept as u64, "{length}");
        let tracks = wav::read_channels(file.get_ref().as_slice()).unwrap();
        // Whoever makes a header of less than that anew must know how many there are.
        let known = length > 58;
        assert_eq!(tracks.len(), 1 + usize::from(known), "{length}");
        if known {
            assert_eq!(tracks[0].samples, [1, 2, 3][..kept], "{length}");
            assert_eq!(tracks[1].samples, [-1, -2, -3][..kept], "{length}");
        }
        Writer::reopen(file).unwrap();
    }
}

#[test]
fn many_channels_are_not_read_one_by_one() {
    let header = Header {
        data_bytes: 0,
        channels: 1,
    };
    let mut file = header.encode().to_vec();
    file[58..60].copy_from_slice(&65_u16.to_le_bytes());
    file[70 - 2..70].copy_from_slice(&130_u16.to_le_bytes());
    let error = wav::read_channels(file.as_slice()).unwrap_err();
    assert!(
        matches!(error.problem, WavProblem::ManyChannels(65)),
        "{error}"
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut file = Cursor::new(bytes);
        drop(Writer::reopen(file.clone()));
        drop(wav::repair(&mut file));
    }

    #[test]
    fn what_is_appended_is_read_back(pieces in prop::collection::vec(prop::collection::vec(any::<i16>(), 0..700), 0..8)) {
        let mut writer = Writer::create(Cursor::new(Vec::new())).unwrap();
        for piece in &pieces {
            writer.append(piece).unwrap();
        }
        let file = writer.finish().unwrap().into_inner();
        prop_assert_eq!(samples(&file), pieces.concat());
    }
}
