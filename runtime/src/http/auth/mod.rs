//! Authentication: who calls the bot, and as whom the bot calls.
//!
//! # Who calls
//!
//! Every request comes with a signed JWT in its `Authorization` header. The [`Authenticator`] checks it before the
//! body is read, and [`Caller::admit`] holds it against the activity:
//!
//! ```no_run
//! # use onhook::Activity;
//! # use onhook::http::auth::{AuthError, Authenticator, Identity};
//! # async fn doc(request: http::Request<()>, activity: Activity) -> Result<Identity, Box<dyn std::error::Error>> {
//! let authenticator = Authenticator::builder("00000000-0000-0000-0000-000000000000")
//!     .tenant("11111111-1111-1111-1111-111111111111")
//!     .build()?;
//!
//! let caller = authenticator.verify(request.headers().get("authorization")).await?;
//! let identity = caller.admit(&activity)?;
//! # Ok(identity)
//! # }
//! ```
//!
//! Whose token it is, its issuer says; which issuers there are is fixed when the authenticator is built, and nothing
//! that comes with a token adds to them.
//!
//! | | a channel | the Emulator | another bot |
//! |---|---|---|---|
//! | `iss` | the [cloud](Cloud)'s channel service | Entra, in a trusted tenant, version 1 or 2 | as the Emulator |
//! | `tid` | | the tenant of the issuer, if it is there | as the Emulator |
//! | key | of the channel service | of Entra, and for this tenant if the key says for which | as the Emulator |
//! | key's endorsements | contain the activity's `channelId` | | |
//! | signature | RS256, RS384 or RS512, with RSA of 2,048 bits or more; the key's own algorithm if it names one | the same | the same |
//! | `aud` | the bot's app id | the same | the same |
//! | `nbf`, `exp` | whole seconds, both there; five minutes of skew | the same | the same |
//! | `serviceurl` | the activity's `serviceUrl`, whole, but for the case of ASCII letters | | |
//! | `ver` | | absent, empty, `1.0` or `2.0` | `1.0`, `2.0` or empty |
//! | `appid` (version 1), `azp` (version 2) | | the bot's app id | among [those that may call](AuthenticatorBuilder::allow_caller) |
//! | is answered with a token for | the cloud's channels | the cloud's channels | the caller's app id |
//!
//! This is what the Bot Framework SDK for .NET checks (`ParameterizedBotFrameworkAuthentication`,
//! `JwtTokenExtractor`) and [Microsoft's description](https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication)
//! asks for. It is stricter where these leave a choice: claims that are there twice or of another type are refused, as
//! are lists of audiences, extensions (`crit`, `b64`), activities without `channelId` or `serviceUrl` from a channel,
//! tenants that were not named, and tokens longer than 16 KiB. A key that comes with the token (`jwk`, `jku`, `x5c`,
//! `x5u`) is never looked at. The rules for keys of a single tenant are
//! [Entra's](https://learn.microsoft.com/entra/identity-platform/claims-validation).
//!
//! Keys are fetched when the first token comes, kept for 24 hours, and then renewed while the old ones serve. While
//! their issuer is out of reach they serve for five days; after that, and when there never were any, requests are
//! answered with [`AuthError::Unavailable`] (503). A `kid` that is not known makes the keys be fetched, once an hour.
//! One fetch is under way however many requests wait, and after one that failed there is a pause, of two seconds at
//! first and of five minutes at last. Up to 1,024 verified tokens are remembered by their SHA-256, so that a signature is
//! not computed again; lifetime, keys and activity are checked each time.
//!
//! # As whom the bot calls
//!
//! [`Credentials`] get tokens from Entra and keep them; anything else that has tokens is a [`TokenProvider`].

mod cloud;
mod error;

mod object;

mod algorithm;
mod claims;
mod jws;

mod freshness;
mod key;
mod key_set;
mod key_source;
mod metadata;

mod authenticator;
mod builder;
mod caller;
mod identity;
mod verified;

mod certificate;
mod credentials;
mod environment;
mod grant;
mod managed_identity;
mod proof;
mod purse;
mod secret;
mod teller;
mod token;

pub use authenticator::Authenticator;
pub use builder::{AuthenticatorBuilder, SetupError};
pub use caller::Caller;
pub use cloud::Cloud;
pub use credentials::Credentials;
pub use error::AuthError;
pub use identity::{CallerKind, Identity};
pub use token::{Token, TokenError, TokenProvider};
