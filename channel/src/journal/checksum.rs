//! CRC-32C (Castagnoli), the checksum of iSCSI (RFC 3720 B.4), eight bytes at a time.

/// The polynomial, lowest bit first.
const POLYNOMIAL: u32 = 0x82F6_3B78;

const TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let (mut byte, mut start) = (0, 0);
    while byte < 256 {
        let (mut sum, mut bit): (u32, _) = (start, 0);
        while bit < 8 {
            sum = (sum >> 1) ^ if sum & 1 == 1 { POLYNOMIAL } else { 0 };
            bit += 1;
        }
        tables[0][byte] = sum;
        (byte, start) = (byte + 1, start + 1);
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before: u32 = tables[table - 1][byte];
            tables[table][byte] = (before >> 8) ^ tables[0][(before & 0xFF) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
}

/// Goes on with a checksum; that of nothing is 0.
pub(super) fn crc32c(before: u32, bytes: &[u8]) -> u32 {
    let mut sum = !before;
    let mut eights = bytes.chunks_exact(8);
    for eight in &mut eights {
        let (Some(first), Some(last)) = (eight.first_chunk(), eight.last_chunk::<4>()) else {
            continue;
        };
        let first = (sum ^ u32::from_le_bytes(*first)).to_le_bytes();
        let both = first.iter().chain(last).zip(TABLES.iter().rev());
        sum = both.fold(0, |sum, (byte, table)| sum ^ table[usize::from(*byte)]);
    }
    for byte in eights.remainder() {
        let [low, ..] = (sum ^ u32::from(*byte)).to_le_bytes();
        sum = (sum >> 8) ^ TABLES[0][usize::from(low)];
    }
    !sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn agrees_with_rfc_3720() {
        let rising: Vec<u8> = (0..32).collect();
        for (bytes, sum) in [
            (&b""[..], 0),
            (b"123456789", 0xE306_9283),
            (&[0; 32], 0x8A91_36AA),
            (&[0xFF; 32], 0x62A8_AB43),
            (&rising, 0x46DD_794E),
        ] {
            assert_eq!(crc32c(0, bytes), sum, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn goes_on_where_it_was(bytes: Vec<u8>, at: prop::sample::Index) {
            let (head, tail) = bytes.split_at(at.index(bytes.len() + 1));
            prop_assert_eq!(crc32c(crc32c(0, head), tail), crc32c(0, &bytes));
        }
    }
}
