//! Authentication: who calls the bot, and as whom the bot calls.

mod cloud;
mod error;

mod authenticator;
mod builder;
mod caller;
mod identity;
mod key;
mod verified;

mod credentials;
mod token;

pub use authenticator::Authenticator;
pub use builder::{AuthenticatorBuilder, SetupError};
pub use caller::Caller;
pub use cloud::Cloud;
pub use credentials::Credentials;
pub use error::AuthError;
pub use identity::{CallerKind, Identity};
pub use token::{Token, TokenError, TokenProvider};
