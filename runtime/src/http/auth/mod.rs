//! Authentication: who calls the bot, and as whom the bot calls.

mod token;

pub use token::{Token, TokenError, TokenProvider};
