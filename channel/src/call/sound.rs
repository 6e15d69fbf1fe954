//! The sound of a call: what both parties hear in 20 ms, and where it ends.

use super::engine::Engine;
use super::track::Cue;
use super::transcript::{EndedBy, Event};
use crate::media::{FRAME_SAMPLES, Sound};
use crate::voice::Party;

impl Engine {
    /// 20 ms pass.
    pub(super) fn tick(&mut self) {
        let mut callers = Vec::new();
        let caller = self.caller.frame(&mut callers);
        for cue in &callers {
            if let Cue::Began(clip) = *cue {
                self.begins(Party::Caller, clip);
            }
        }
        self.hide_in_pause();
        // Before the bot's part of these 20 ms is taken: none of it is heard.
        self.listen_for_barge_in(&callers, &caller);
        let mut bots = Vec::new();
        let bot = self.bot.frame(&mut bots);
        for cue in &bots {
            if let Cue::Began(clip) = *cue {
                self.begins(Party::Bot, clip);
            }
        }
        self.follow_the_bot();
        let notice = self.notice();
        self.recording.hear(&Sound {
            caller,
            bot,
            notice,
        });
        self.position += FRAME_SAMPLES as u64;
        for (party, cues) in [(Party::Caller, callers), (Party::Bot, bots)] {
            for cue in cues {
                if let Cue::Ended(clip) = cue {
                    self.ends(party, clip);
                }
            }
        }
        self.interrupt();
        self.end_at_limit();
        self.tell_by(self.position);
        self.look_after_the_bot();
        self.decide_transfer();
        if self.position >= self.shared.longest_call {
            self.hang_up(EndedBy::Channel);
        }
    }

    /// The call's audio ends here. What was asked before is still carried out; then the recording is sealed.
    pub(super) fn hang_up(&mut self, by: EndedBy) {
        if self.hung_up.is_some() {
            return;
        }
        // What was said to the end is recognised all the same.
        self.tell_by(u64::MAX);
        self.hung_up = Some(by);
        self.interruption = None;
        self.give_up_transfer();
        for cut in self.bot.cut(|_| false) {
            self.cut_off(cut);
        }
        self.caller.cut(|_| false);
        self.write_down_caller();
        self.spoken.clear();
        self.note(Event::Ended(by));
        self.controls.end(by, self.recording.media_is_up);
    }
}
