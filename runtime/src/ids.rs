//! The one source of identifiers.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// Where all ids come from: UUID version 7, random or from a seed.
///
/// Ids from one seed are the same in every run, so that a call can be replayed and compared.
///
/// ```
/// use onhook::Ids;
///
/// let (one, other) = (Ids::seeded(7), Ids::seeded(7));
/// assert_eq!(one.next(), other.next());
/// assert_ne!(one.next(), one.next());
/// ```
#[derive(Debug, Default)]
pub struct Ids {
    /// The seed and how many ids it has given; none for random ids.
    seeded: Option<(u64, AtomicU64)>,
}

impl Ids {
    /// Random ids that sort by time.
    pub fn random() -> Ids {
        Ids::default()
    }

    /// The sequence of ids that `seed` stands for. For tests and replay: these ids can be guessed.
    pub fn seeded(seed: u64) -> Ids {
        Ids {
            seeded: Some((seed, AtomicU64::new(0))),
        }
    }

    /// The next id: 36 characters, lower case.
    pub fn next(&self) -> String {
        let uuid = match &self.seeded {
            None => Uuid::now_v7(),
            Some((seed, count)) => {
                let count = count.fetch_add(1, Ordering::Relaxed);
                let [a, b] = [
                    mix(seed ^ mix(count)),
                    mix(seed.rotate_left(32) ^ mix(!count)),
                ];
                let mut random = [0; 10];
                random[..8].copy_from_slice(&a.to_be_bytes());
                random[8..].copy_from_slice(&b.to_be_bytes()[..2]);
                uuid::Builder::from_unix_timestamp_millis(count, &random).into_uuid()
            }
        };
        uuid.to_string()
    }
}

/// The finaliser of `SplitMix64`: every bit of the input moves every bit of the output.
pub(crate) fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn seeds_give_different_ids_of_version_7() {
        let [one, two] = [Ids::seeded(1).next(), Ids::seeded(2).next()];
        assert_ne!(one, two);
        for id in [one, two, Ids::random().next()] {
            let uuid: uuid::Uuid = id.parse().expect("a UUID");
            assert_eq!((uuid.get_version_num(), id.len()), (7, 36));
        }
    }
}
