//! Authentication: who calls the bot, and as whom the bot calls.

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
