//! The paths on which a server answers.

use bytes::Buf;
use http::{Method, Request, Response, StatusCode, header};
use http_body::Body;

use super::endpoint::Endpoint;
use super::intake::BoxError;
use super::problem::Problem;
use super::reply::ReplyBody;
use super::{authority, wire};
use crate::bot::Bot;

/// The path of the messages endpoint, by convention of all SDKs.
const MESSAGES: &str = "/api/messages";

/// The paths of a bot.
pub(super) async fn route<B, R>(endpoint: &Endpoint<B>, request: Request<R>) -> Response<ReplyBody>
where
    B: Bot + 'static,
    R: Body<Data: Buf, Error: Into<BoxError>>,
{
    let mut checked = wire::check(&request);
    // The endpoint looks for itself.
    if request.uri().path() != MESSAGES {
        checked = checked.and(authority::of(request.uri(), request.headers()).map(drop));
    }
    if let Err(problem) = checked {
        return endpoint.refuse(problem, request).await;
    }
    match request.uri().path() {
        MESSAGES => endpoint.answer(request).await,
        "/healthz" if matches!(*request.method(), Method::GET | Method::HEAD) => {
            ReplyBody::text(StatusCode::OK, "ok\n")
        }
        "/healthz" => Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "health is asked for with GET",
        )
        .with_header(header::ALLOW, "GET, HEAD")
        .into_response(),
        _ => Problem::new(
            StatusCode::NOT_FOUND,
            "NotFound",
            "the bot is at /api/messages",
        )
        .into_response(),
    }
}
