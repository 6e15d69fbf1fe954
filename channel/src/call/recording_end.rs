//! The end of a recording that no command asked for: the storage failed, or the call is over.

use onhook::recording::EndReason;
use onhook::{Activity, Json};

use super::engine::Engine;
use super::recording::{Purpose, seal};
use super::transcript::Event;
use crate::media::millis_of;
use crate::recorder::{RecorderError, Step};
use crate::store::metadata::{SessionRecord, SessionState, TimelineEvent};

impl Engine {
    pub(super) fn trouble(&self, failure: &RecorderError) {
        let what = format!("the recording could not be stored: {failure}");
        self.note(Event::Trouble(what));
    }

    /// Audio could not be written: the session is closed with what it has, the bot is told, the call goes on.
    pub(super) fn recorder_failed(&mut self, failure: &RecorderError) {
        self.trouble(failure);
        let position = self.position;
        self.recording.close_tap(position);
        if self.recording.machine.fail().is_none() {
            return;
        }
        self.note(Event::Recording("failed".to_owned()));
        self.tell_state();
        if !self.recording.is_busy() {
            self.salvage();
        }
    }

    /// Saves what can be saved of the session.
    pub(super) fn salvage(&mut self) {
        let (at, reason) = (self.now(), EndReason::StorageFailed.as_str().to_owned());
        self.write_down_key();
        let recording = &mut self.recording;
        let event = TimelineEvent::End {
            reason: reason.clone(),
        };
        recording.mark(at, event);
        let Some(session) = &mut recording.session else {
            return;
        };
        session.state = SessionState::Partial;
        session.session_end_reason = Some(reason);
        let session = session.clone();
        recording.step(Step::Close, session, Purpose::Salvage);
        self.controls.busy = true;
    }

    /// Ends a session that has as much audio as it may have. A command that is under way comes first.
    pub(super) fn end_at_limit(&mut self) {
        let (position, at) = (self.position, self.now());
        let recording = &mut self.recording;
        if !recording.tap.is_full() || recording.is_busy() {
            return;
        }
        let reason = EndReason::MaxDurationExceeded;
        if recording.machine.close(reason.clone()).is_none() {
            return;
        }
        self.write_down_key();
        let recording = &mut self.recording;
        recording.close_tap(position);
        let reason = reason.as_str().to_owned();
        let event = TimelineEvent::End {
            reason: reason.clone(),
        };
        recording.mark(at, event);
        let Some(session) = &mut recording.session else {
            return;
        };
        session.state = SessionState::Stopped;
        session.session_end_reason = Some(reason);
        let session = session.clone();
        recording.step(Step::Close, session, Purpose::Limit);
        self.controls.busy = true;
    }

    /// The session has ended at its limit, and the disk has it; if it could not be closed, the end of the call tries again.
    pub(super) fn ended_at_limit(&mut self, stored: Option<SessionRecord>) {
        if let Some(stored) = stored {
            self.recording.learn(stored);
        }
        let session = self.recording.session.as_ref();
        let session = session.map_or(0, |session| session.id.session());
        let what = format!("reached its longest duration (session {session})");
        self.note(Event::Recording(what));
        self.tell_state();
    }

    /// Tells the bot of a change that none of its commands has made.
    fn tell_state(&mut self) {
        let mut event = Activity::event("recordingStateChanged");
        event.value = Json::of(&self.recording.machine.state().phase()).ok();
        self.deliver(event);
    }

    /// The call is over: closes what is open and seals it, then tells the bot.
    pub(super) fn seal(&mut self, reason: &EndReason) {
        let (position, at) = (self.position, self.now());
        let recording = &mut self.recording;
        let closes = recording.machine.end(reason.clone()).is_some();
        recording.close_tap(position);
        recording
            .ledger
            .end(std::time::Duration::from_millis(millis_of(position)));
        let event = TimelineEvent::End {
            reason: reason.as_str().to_owned(),
        };
        recording.mark(at, event);
        let (samples, delete_after) = (recording.tap.samples(), recording.kept_until(at));
        let Some(session) = &mut recording.session else {
            return self.part();
        };
        seal(session, samples, delete_after);
        if closes {
            session.session_end_reason = Some(reason.as_str().to_owned());
        }
        let session = session.clone();
        // Closes as well what could not be closed when it failed.
        recording.step(Step::Finish, session, Purpose::Seal);
        self.controls.busy = true;
    }

    /// The audio could not be closed: the metadata say that what is there is not all.
    pub(super) fn seal_broken(&mut self) {
        self.recording.set_state(SessionState::Partial);
        let Some(session) = self.recording.session.clone() else {
            return self.part();
        };
        (self.recording).step(Step::Describe, session, Purpose::SealBroken);
        self.controls.busy = true;
    }

    /// The recording is over for good.
    pub(super) fn sealed(&mut self, stored: Option<SessionRecord>) {
        let how = if stored.is_some() { "sealed" } else { "failed" };
        if let Some(stored) = stored {
            self.recording.learn(stored);
        }
        self.note(Event::Recording(how.to_owned()));
        let recording = &mut self.recording;
        recording.sealed.extend(recording.session.take());
        self.part();
    }
}
