//! A key of an issuer.

use std::fmt;

use aws_lc_rs::signature::{ParsedPublicKey, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::AuthError;
use super::algorithm::Algorithm;

const MIN_BITS: usize = 2048;
const MAX_BITS: usize = 8192;

/// A public RSA key of an issuer, for signatures, of 2,048 to 8,192 bits.
pub(super) struct Key {
    id: String,
    /// The only algorithm that the key is for, if the issuer says so.
    algorithm: Option<Algorithm>,
    /// Parsed once for each of [`Algorithm::ALL`]: what is left is the computation.
    parsed: Vec<(Algorithm, ParsedPublicKey)>,
    endorsements: Vec<String>,
    issuer: Option<String>,
}

/// A key as an issuer publishes it (RFC 7517), with the members that the Bot Framework (`endorsements`) and Entra
/// (`issuer`) add.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    n: String,
    e: String,
    #[serde(default)]
    endorsements: Vec<String>,
    issuer: Option<String>,
}

impl Key {
    /// Reads a key. `None` if it is of another kind or for another purpose, too short, or malformed: it is then not
    /// there, and the issuer's other keys are.
    pub(super) fn read(json: &str) -> Option<Key> {
        let jwk: Jwk = serde_json::from_str(json).ok()?;
        if jwk.kty != "RSA" || jwk.purpose.is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let algorithm = match jwk.alg {
            Some(name) => Some(Algorithm::from_name(&name)?),
            None => None,
        };
        let modulus = magnitude(&jwk.n)?;
        let exponent = magnitude(&jwk.e)?;
        if !(MIN_BITS..=MAX_BITS).contains(&bits(&modulus)) || !is_sound_exponent(&exponent) {
            return None;
        }
        let components = RsaPublicKeyComponents {
            n: modulus,
            e: exponent,
        };
        let mut parsed = Vec::with_capacity(Algorithm::ALL.len());
        for algorithm in Algorithm::ALL {
            let key = components.to_parsed_public_key(algorithm.parameters());
            parsed.push((algorithm, key.ok()?));
        }
        Some(Key {
            id: jwk.kid,
            algorithm,
            parsed,
            endorsements: jwk.endorsements,
            issuer: jwk.issuer,
        })
    }

    /// Its `kid`.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Whose tokens it signs, if the issuer says so: an issuer with `{tenantid}` in it, or one of a single tenant.
    pub(super) fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// Whether tokens of this key are good for `channel`. Ids of channels are compared as they are.
    pub(super) fn endorses(&self, channel: &str) -> bool {
        self.endorsements.iter().any(|endorsed| endorsed == channel)
    }

    /// Checks that `signature` is this key's over `signed`.
    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        signed: &str,
        signature: &[u8],
    ) -> Result<(), AuthError> {
        if self.algorithm.is_some_and(|only| only != algorithm) {
            return Err(AuthError::Algorithm);
        }
        let (_, key) = self
            .parsed
            .iter()
            .find(|(known, _)| *known == algorithm)
            .ok_or(AuthError::Algorithm)?;
        key.verify_sig(signed.as_bytes(), signature)
            .map_err(|_| AuthError::Signature)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A number in base64url, most significant byte first, without leading zeros (RFC 7518, 6.3.1; some issuers write
/// one all the same).
fn magnitude(text: &str) -> Option<Vec<u8>> {
    let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.drain(..zeros);
    Some(bytes)
}

fn bits(magnitude: &[u8]) -> usize {
    let Some(first) = magnitude.first() else {
        return 0;
    };
    magnitude.len() * 8 - first.leading_zeros() as usize
}

/// Odd, from 3 to 32 bits: with 1, every message would be its own signature.
fn is_sound_exponent(exponent: &[u8]) -> bool {
    let is_odd = exponent.last().is_some_and(|last| last % 2 == 1);
    is_odd && exponent != [1] && bits(exponent) <= 32
}
