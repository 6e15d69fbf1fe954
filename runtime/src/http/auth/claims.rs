//! What a token says.

use std::borrow::Cow;

use super::AuthError;
use super::object::{Mistyped, Object};

/// How far clocks may differ, in seconds: five minutes, as in all SDKs.
pub(super) const CLOCK_SKEW: i64 = 300;

/// The end of the year 9999, in seconds since 1970.
const LAST_SECOND: i64 = 253_402_300_799;

/// The claims of a token that are read, each of its type. `exp`, `nbf`, `iss` and `aud` are there: whoever signs
/// tokens for bots always says them, and a claim that is mistyped must not count as absent (CVE-2026-25537).
pub(super) struct Claims<'t> {
    pub(super) issuer: Cow<'t, str>,
    /// One text: Entra and the Bot Framework do not issue the list that RFC 7519 (4.1.3) allows.
    pub(super) audience: Cow<'t, str>,
    pub(super) lifetime: Lifetime,
    pub(super) version: Option<Cow<'t, str>>,
    /// The caller's app id in tokens of version 1.
    pub(super) appid: Option<Cow<'t, str>>,
    /// The caller's app id in tokens of version 2.
    pub(super) azp: Option<Cow<'t, str>>,
    pub(super) tenant: Option<Cow<'t, str>>,
    pub(super) service_url: Option<Cow<'t, str>>,
}

/// When a token is valid, in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lifetime {
    not_before: i64,
    expires: i64,
}

impl<'t> Claims<'t> {
    pub(super) fn read(payload: &'t [u8]) -> Result<Claims<'t>, AuthError> {
        let claims = Object::read(payload).ok_or(AuthError::Malformed(
            "its claims are not an object with distinct members",
        ))?;
        let text = |name| claims.text(name).map_err(mistyped);
        Ok(Claims {
            issuer: text("iss")?.ok_or(AuthError::Claim("iss"))?,
            audience: text("aud")?.ok_or(AuthError::Claim("aud"))?,
            lifetime: Lifetime {
                not_before: instant(&claims, "nbf")?,
                expires: instant(&claims, "exp")?,
            },
            version: text("ver")?,
            appid: text("appid")?,
            azp: text("azp")?,
            tenant: text("tid")?,
            service_url: text("serviceurl")?,
        })
    }
}

impl Lifetime {
    /// Checks that the token is valid at `now`, in seconds since 1970, on a clock that may differ.
    pub(super) fn check(self, now: i64) -> Result<(), AuthError> {
        if now >= self.expires + CLOCK_SKEW || self.expires < self.not_before {
            Err(AuthError::Expired)
        } else if now + CLOCK_SKEW < self.not_before {
            Err(AuthError::NotYetValid)
        } else {
            Ok(())
        }
    }
}

fn instant(claims: &Object<'_>, name: &'static str) -> Result<i64, AuthError> {
    match claims.integer(name).map_err(mistyped)? {
        Some(instant @ 0..=LAST_SECOND) => Ok(instant),
        _ => Err(AuthError::Claim(name)),
    }
}

fn mistyped(Mistyped(name): Mistyped) -> AuthError {
    AuthError::Claim(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_minutes_of_difference_are_allowed() {
        let hour = |not_before, expires| Lifetime {
            not_before,
            expires,
        };
        for (lifetime, now, expected) in [
            (hour(1000, 4600), 1000, Ok(())),
            (hour(1000, 4600), 700, Ok(())),
            (hour(1000, 4600), 699, Err(AuthError::NotYetValid)),
            (hour(1000, 4600), 4899, Ok(())),
            (hour(1000, 4600), 4900, Err(AuthError::Expired)),
            (hour(1001, 1000), 1000, Err(AuthError::Expired)),
            (hour(0, LAST_SECOND), LAST_SECOND, Ok(())),
        ] {
            assert_eq!(lifetime.check(now), expected, "{lifetime:?} at {now}");
        }
    }
}
