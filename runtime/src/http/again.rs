//! An activity that came before, and how its sender is answered.

use http::Response;
use tokio::sync::oneshot;

use super::answer::Answer;
use super::outgoing::Mode;
use super::problem::Problem;
use super::reply::ReplyBody;
use super::room::Place;
use super::started::{Limits, accepted, late};

/// An activity that came before.
#[derive(Debug)]
pub(super) struct Again {
    pub(super) mode: Mode,
    pub(super) needs_answer: bool,
    pub(super) answer: Earlier,
}

/// What is known of the answer to the first.
#[derive(Debug)]
pub(super) enum Earlier {
    /// It was 202, and the turn is under way.
    Accepted,
    Answered(Answer),
    /// It will come.
    UnderWay(oneshot::Receiver<Answer>, Place),
}

impl Again {
    pub(super) async fn answered(self, limits: &Limits) -> Result<Response<ReplyBody>, Problem> {
        let answer = match self.answer {
            Earlier::Accepted => return Ok(accepted()),
            Earlier::Answered(answer) => answer,
            Earlier::UnderWay(answer, _place) => {
                let time = limits.answering;
                match tokio::time::timeout(time, answer).await {
                    // Without an answer the turn was given up.
                    Ok(answer) => answer.unwrap_or_else(|_given_up| Answer::failed()),
                    Err(_late) if self.needs_answer => return Err(late(time)),
                    Err(_late) => return Ok(accepted()),
                }
            }
        };
        answer.response(self.mode)
    }
}
