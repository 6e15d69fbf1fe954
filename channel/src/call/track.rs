//! What one party says, clip after clip.

use std::collections::VecDeque;

use crate::media::{FRAME_SAMPLES, Frame};

/// A queue of clips and the place in the first one. A clip begins at a frame and is heard to its end.
#[derive(Debug, Default)]
pub(crate) struct Track {
    clips: VecDeque<Clip>,
    next: u64,
    /// Something has been heard since there was nothing to be heard.
    talking: bool,
}

#[derive(Debug)]
struct Clip {
    id: u64,
    /// None while the voice still makes it: the clips behind it wait.
    samples: Option<Vec<i16>>,
    at: usize,
}

/// A clip that was not heard to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) id: u64,
    /// Samples that were heard.
    pub(crate) heard: u64,
    /// Samples that it has; none while the voice still makes it.
    pub(crate) planned: u64,
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

    /// The clip that is being heard, or the one that is about to be as soon as it has been made: from the first
    /// sample until there is nothing left, talk is one.
    pub(crate) fn talking(&self) -> Option<u64> {
        let clip = self.clips.front().filter(|_| self.talking)?;
        Some(clip.id)
    }

    /// Whether the clip waits or is being heard.
    pub(crate) fn has(&self, id: u64) -> bool {
        self.clips.iter().any(|clip| clip.id == id)
    }

    /// Drops everything that need not stay, and gives what was not heard to its end.
    pub(crate) fn cut(&mut self, stays: impl Fn(u64) -> bool) -> Vec<Cut> {
        let clips = std::mem::take(&mut self.clips);
        let (stay, go): (VecDeque<_>, VecDeque<_>) =
            clips.into_iter().partition(|clip| stays(clip.id));
        self.clips = stay;
        self.talking = false;
        go.iter().map(Clip::cut).collect()
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
            self.talking = true;
        }
        let rest = samples.get(*at..).unwrap_or_default();
        let frame = Frame::padded(rest);
        *at += FRAME_SAMPLES;
        if rest.len() <= FRAME_SAMPLES {
            cues.push(Cue::Ended(*id));
            self.clips.pop_front();
            self.talking = !self.clips.is_empty();
        }
        frame
    }
}

impl Clip {
    fn cut(&self) -> Cut {
        let planned = self.samples.as_ref().map_or(0, Vec::len);
        Cut {
            id: self.id,
            heard: self.at.min(planned) as u64,
            planned: planned as u64,
        }
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

    #[test]
    fn a_cut_says_how_much_was_heard() {
        let mut track = Track::default();
        let first = track.push(vec![1; 3 * FRAME_SAMPLES]);
        let second = track.push(vec![2; 5]);
        let notice = track.push(vec![3; 5]);
        let third = track.reserve();
        assert_eq!(track.talking(), None, "nothing was heard yet");
        track.frame(&mut Vec::new());
        assert_eq!(track.talking(), Some(first));
        let cut = |id, heard, planned| Cut { id, heard, planned };
        assert_eq!(
            track.cut(|id| id == notice),
            [
                cut(first, FRAME_SAMPLES as u64, 3 * FRAME_SAMPLES as u64),
                cut(second, 0, 5),
                cut(third, 0, 0)
            ]
        );
        assert!(track.has(notice) && !track.has(first));
        assert_eq!(track.talking(), None);
        assert_eq!(track.frame(&mut Vec::new()).samples()[0], 3);
    }

    #[test]
    fn talk_goes_on_while_the_next_clip_is_being_made() {
        let mut track = Track::default();
        track.push(vec![1; 5]);
        let second = track.reserve();
        track.frame(&mut Vec::new());
        assert_eq!(track.talking(), Some(second));
        track.fill(second, vec![2; 5]);
        track.frame(&mut Vec::new());
        assert_eq!(track.talking(), None);
    }
}
