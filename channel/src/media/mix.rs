use super::{FRAME_SAMPLES, Frame};

/// What both parties of a call hear together: the sum, held at the limits of 16 bits instead of wrapping.
///
/// Two loud legs distort for a moment, and no leg is ever made quieter by the other being silent.
pub fn mix(caller: &Frame, bot: &Frame) -> Frame {
    let mut sum = [0; FRAME_SAMPLES];
    for ((sum, caller), bot) in sum.iter_mut().zip(caller.samples()).zip(bot.samples()) {
        *sum = caller.saturating_add(*bot);
    }
    Frame::new(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_and_saturates() {
        for (caller, bot, both) in [
            (0, 0, 0),
            (100, -30, 70),
            (30_000, 30_000, i16::MAX),
            (i16::MIN, -1, i16::MIN),
            (i16::MIN, i16::MAX, -1),
        ] {
            let mixed = mix(
                &Frame::new([caller; FRAME_SAMPLES]),
                &Frame::new([bot; FRAME_SAMPLES]),
            );
            assert_eq!(mixed, Frame::new([both; FRAME_SAMPLES]), "{caller} + {bot}");
        }
    }
}
