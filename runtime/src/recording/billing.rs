//! What recorded content costs.

use std::fmt;

/// The preview's rate, $0.01 per minute of recorded content, in micro-dollars.
const MICRO_USD_PER_MINUTE: u64 = 10_000;
const MS_PER_MINUTE: u64 = 60_000;
/// 60,000 ms cost 10,000 micro-dollars, so 6 ms cost one.
const MS_PER_MICRO_USD: u64 = MS_PER_MINUTE / MICRO_USD_PER_MINUTE;

/// How recorded milliseconds become money. The rounding is not documented by the service, so it is a choice.
///
/// ```
/// use onhook::recording::{BillingPolicy, MicroUsd};
///
/// let cost = BillingPolicy::ProRata.micro_usd(31_200);
/// assert_eq!(MicroUsd(cost).to_string(), "$0.0052");
/// assert_eq!(BillingPolicy::StartedMinute.micro_usd(60_001), 20_000);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BillingPolicy {
    /// By the millisecond, the total rounded half up to a micro-dollar.
    #[default]
    ProRata,
    /// Every minute that was begun costs a whole one.
    StartedMinute,
}

impl BillingPolicy {
    /// The price in micro-dollars. Sum the milliseconds first: the rounding is meant to happen once.
    pub const fn micro_usd(self, billable_ms: u64) -> u64 {
        match self {
            Self::ProRata => {
                let half_or_more = billable_ms % MS_PER_MICRO_USD >= MS_PER_MICRO_USD / 2;
                billable_ms / MS_PER_MICRO_USD + half_or_more as u64
            }
            Self::StartedMinute => billable_ms
                .div_ceil(MS_PER_MINUTE)
                .saturating_mul(MICRO_USD_PER_MINUTE),
        }
    }
}

/// An amount in millionths of a dollar, printed as `$0.0052`: two places at least, six at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MicroUsd(pub u64);

impl fmt::Display for MicroUsd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut fraction, mut places) = (self.0 % 1_000_000, 6);
        while places > 2 && fraction % 10 == 0 {
            fraction /= 10;
            places -= 1;
        }
        write!(formatter, "${}.{fraction:0places$}", self.0 / 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cent_a_minute_by_either_policy() {
        // milliseconds, pro rata, by started minutes
        for (ms, pro_rata, started) in [
            (0, 0, 0),
            (1, 0, 10_000),
            (2, 0, 10_000),
            (3, 1, 10_000),
            (8, 1, 10_000),
            (9, 2, 10_000),
            (31_200, 5_200, 10_000),
            (59_999, 10_000, 10_000),
            (60_000, 10_000, 10_000),
            (60_001, 10_000, 20_000),
            (60_003, 10_001, 20_000),
            (7_200_000, 1_200_000, 1_200_000),
            (u64::MAX, u64::MAX / 6 + 1, 3_074_457_345_618_260_000),
        ] {
            assert_eq!(
                BillingPolicy::ProRata.micro_usd(ms),
                pro_rata,
                "{ms} ms pro rata"
            );
            assert_eq!(
                BillingPolicy::StartedMinute.micro_usd(ms),
                started,
                "{ms} ms by started minutes"
            );
        }
    }

    #[test]
    fn amounts_have_two_to_six_places() {
        for (micro, printed) in [
            (0, "$0.00"),
            (1, "$0.000001"),
            (5_200, "$0.0052"),
            (10_000, "$0.01"),
            (1_200_000, "$1.20"),
            (1_234_560, "$1.23456"),
            (3_000_000, "$3.00"),
        ] {
            assert_eq!(MicroUsd(micro).to_string(), printed);
        }
    }
}
