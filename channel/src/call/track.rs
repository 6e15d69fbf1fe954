//! What one party says, clip after clip.

use std::collections::VecDeque;

use crate::media::{FRAME_SAMPLES, Frame};

/// A queue of clips and the place in the first one. A clip begins at a frame and is heard to its end.
#[derive(Debug, Default)]
pub(crate) struct Track {
    clips: VecDeque<Clip>,
    next: u64,
}

#[derive(Debug)]
struct Clip {
    id: u64,
    /// None while the voice still makes it: the clips behind it wait.
    samples: Option<Vec<i16>>,
    at: usize,
}

/// What happened to a clip while a frame was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cue {
    Began(u64),
    Ended(u64),
}

impl Track {
    /// Appends a clip that is still being made and gives its id.
    pub(crate) fn reserve(&mut self) -> u64 {
        self.next += 1;
        self.clips.push_back(Clip {
            id: self.next,
            samples: None,
            at: 0,
        });
        self.next
    }

    /// Appends a clip and gives its id.
    pub(crate) fn push(&mut self, samples: Vec<i16>) -> u64 {
        let id = self.reserve();
        self.fill(id, samples);
        id
    }

    /// The clip has been made; one that was dropped meanwhile is not missed.
    pub(crate) fn fill(&mut self, id: u64, samples: Vec<i16>) {
        if let Some(clip) = self.clips.iter_mut().find(|clip| clip.id == id) {
            clip.samples = Some(samples);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.clips.is_empty()
    }

    /// Drops everything and gives the ids of what was not heard to its end.
    pub(crate) fn clear(&mut self) -> Vec<u64> {
        self.clips.drain(..).map(|clip| clip.id).collect()
    }

    /// The next 20 ms, and what they began and ended.
    pub(crate) fn frame(&mut self, cues: &mut Vec<Cue>) -> Frame {
        let Some(Clip {
            id,
            samples: Some(samples),
            at,
        }) = self.clips.front_mut()
        else {
            return Frame::SILENCE;
        };
        if *at == 0 {
            cues.push(Cue::Began(*id));
        }
        let rest = samples.get(*at..).unwrap_or_default();
        let frame = Frame::padded(rest);
        *at += FRAME_SAMPLES;
        if rest.len() <= FRAME_SAMPLES {
            cues.push(Cue::Ended(*id));
            self.clips.pop_front();
        }
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_follow_each_other_and_wait_for_one_that_is_being_made() {
        let mut track = Track::default();
        let first = track.push(vec![1; FRAME_SAMPLES + 1]);
        let second = track.reserve();
        let third = track.push(vec![3; 1]);
        let mut cues = Vec::new();
        assert_eq!(track.frame(&mut cues).samples()[0], 1);
        assert_eq!(track.frame(&mut cues).samples()[..2], [1, 0]);
        assert_eq!(cues, [Cue::Began(first), Cue::Ended(first)]);
        assert!(track.frame(&mut cues).is_silence());
        track.fill(second, vec![2; FRAME_SAMPLES]);
        assert_eq!(track.frame(&mut cues).samples()[319], 2);
        assert_eq!(track.frame(&mut cues).samples()[..2], [3, 0]);
        assert_eq!(
            cues[2..],
            [
                Cue::Began(second),
                Cue::Ended(second),
                Cue::Began(third),
                Cue::Ended(third)
            ]
        );
        assert!(track.is_empty());
    }
}
