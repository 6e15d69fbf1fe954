//! Tokens as they come: three parts in base64url.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::AuthError;
use super::algorithm::Algorithm;
use super::object::Object;

/// The longest token that is read, in bytes. Those of the Bot Framework have about 1.5 KiB; servers bound all
/// headers together to 8 to 64 KiB.
pub(super) const MAX_TOKEN: usize = 16 * 1024;

/// A signature of the longest key: 8,192 bits.
const MAX_SIGNATURE: usize = 1024;

const MAX_KEY_ID: usize = 256;

/// A signed JWT in its compact form (RFC 7515, 7.1), parsed but not verified.
pub(super) struct Jws<'t> {
    /// What is signed: the first two parts.
    pub(super) signed: &'t str,
    pub(super) algorithm: Algorithm,
    /// Names the key.
    pub(super) key_id: String,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl<'t> Jws<'t> {
    /// Parses `token`. Of the header only `alg`, `kid`, `typ`, `crit` and `b64` are read: a key that comes with the
    /// token (`jwk`, `jku`, `x5c`, `x5u`) is never looked at.
    pub(super) fn parse(token: &'t str) -> Result<Jws<'t>, AuthError> {
        if token.len() > MAX_TOKEN {
            return Err(AuthError::Malformed("it is longer than 16 KiB"));
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(NOT_THREE_PARTS)?;
        let (header, payload) = signed.split_once('.').ok_or(NOT_THREE_PARTS)?;
        if payload.contains('.') {
            return Err(NOT_THREE_PARTS);
        }

        let header = decode(header)?;
        let header = Object::read(&header).ok_or(AuthError::Malformed(
            "its header is not an object with distinct members",
        ))?;
        let (algorithm, key_id) = read_header(&header)?;

        let payload = decode(payload)?;
        let signature = decode(signature)?;
        if signature.is_empty() || signature.len() > MAX_SIGNATURE {
            return Err(AuthError::Signature);
        }
        Ok(Jws {
            signed,
            algorithm,
            key_id,
            payload,
            signature,
        })
    }
}

const NOT_THREE_PARTS: AuthError = AuthError::Malformed("it has not three parts");

fn read_header(header: &Object<'_>) -> Result<(Algorithm, String), AuthError> {
    let mistyped = |_| AuthError::Malformed("its header has a member of the wrong type");

    // RFC 7515, 4.1.11: what must be understood and is not makes a token invalid. `b64` (RFC 7797) changes what is
    // signed.
    if header.has("crit") || header.has("b64") {
        return Err(AuthError::Malformed("its header asks for extensions"));
    }
    // RFC 8725, 3.11: a token of another kind is none of ours.
    if let Some(kind) = header.text("typ").map_err(mistyped)?
        && !["JWT", "at+jwt", "application/at+jwt"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&kind))
    {
        return Err(AuthError::Malformed("it is not a JWT"));
    }
    let algorithm = header.text("alg").map_err(mistyped)?;
    let algorithm = algorithm
        .and_then(|name| Algorithm::from_name(&name))
        .ok_or(AuthError::Algorithm)?;
    let key_id = header.text("kid").map_err(mistyped)?;
    match key_id {
        Some(key_id) if !key_id.is_empty() && key_id.len() <= MAX_KEY_ID => {
            Ok((algorithm, key_id.into_owned()))
        }
        _ => Err(AuthError::UnknownKey),
    }
}

/// Base64url as RFC 7515 (2) has it: no padding, no white space, and no bits that mean nothing, so that each token
/// has one form only.
fn decode(part: &str) -> Result<Vec<u8>, AuthError> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| AuthError::Malformed("a part is not base64url"))
}
