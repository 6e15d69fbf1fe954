//! Why a request is not let in.

use http::StatusCode;

/// Why a request is not let in. No message contains any part of the token.
///
/// [`status`](AuthError::status) is 401 when there is no valid token, 403 when there is one that allows not this, and
/// 503 when it cannot be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The request has no `Authorization`.
    #[error("the request has no authorization header")]
    Missing,
    /// `Authorization` is not `Bearer`, one space and a token (RFC 6750, 2.1).
    #[error("the authorization header is not `Bearer` and a token")]
    Scheme,
    /// The token is not a signed JWT in its compact form (RFC 7515, 7.1), or longer than any that is issued.
    #[error("the token is malformed: {0}")]
    Malformed(&'static str),
    /// The token is signed with an algorithm that is not RS256, RS384 or RS512, or not the one of its key.
    #[error("the token's algorithm is not allowed")]
    Algorithm,
    /// No current key of the issuer has the token's `kid`.
    #[error("the token's key is not known")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("the token's signature is wrong")]
    Signature,
    /// The token was issued by someone who is not trusted, or in a tenant that is not.
    #[error("the token's issuer is not trusted")]
    Issuer,
    /// The token was issued for someone else.
    #[error("the token is for another audience")]
    Audience,
    /// The token has expired, more than five minutes ago.
    #[error("the token has expired")]
    Expired,
    /// The token becomes valid in more than five minutes.
    #[error("the token is not yet valid")]
    NotYetValid,
    /// A claim is missing, or not of its type.
    #[error("the token's claim `{0}` is missing or not of its type")]
    Claim(&'static str),
    /// `ver` is neither 1.0 nor 2.0.
    #[error("the token's version is not known")]
    Version,
    /// The caller is another bot, which is not among those that may call.
    #[error("the caller is not allowed to call this bot")]
    CallerNotAllowed,
    /// The token's key is not endorsed for the activity's channel.
    #[error("the token's key is not endorsed for the activity's channel")]
    Endorsement,
    /// The activity's `serviceUrl` is not the token's: answers would go elsewhere.
    #[error("the activity's service url is not that of the token")]
    ServiceUrl,
    /// The issuer's keys cannot be had: nothing is wrong with the token, as far as can be seen.
    #[error("the issuer's keys cannot be fetched; try again later")]
    Unavailable,
}

impl AuthError {
    /// The HTTP status to answer with: 401, 403 or 503.
    pub fn status(&self) -> StatusCode {
        match self {
            AuthError::CallerNotAllowed | AuthError::Endorsement | AuthError::ServiceUrl => {
                StatusCode::FORBIDDEN
            }
            AuthError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    /// A word for the error, for an error response, logs and counters.
    pub fn code(&self) -> &'static str {
        match self {
            AuthError::Missing => "MissingToken",
            AuthError::Scheme => "InvalidScheme",
            AuthError::Malformed(_) => "MalformedToken",
            AuthError::Algorithm => "AlgorithmNotAllowed",
            AuthError::UnknownKey => "UnknownKey",
            AuthError::Signature => "InvalidSignature",
            AuthError::Issuer => "InvalidIssuer",
            AuthError::Audience => "InvalidAudience",
            AuthError::Expired => "TokenExpired",
            AuthError::NotYetValid => "TokenNotYetValid",
            AuthError::Claim(_) => "InvalidClaim",
            AuthError::Version => "InvalidVersion",
            AuthError::CallerNotAllowed => "CallerNotAllowed",
            AuthError::Endorsement => "MissingEndorsement",
            AuthError::ServiceUrl => "ServiceUrlMismatch",
            AuthError::Unavailable => "KeysUnavailable",
        }
    }
}
