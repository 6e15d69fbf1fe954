//! What the environment says of how a bot is served.

use std::env::{self, VarError};
use std::net::IpAddr;
use std::path::PathBuf;

use super::auth::{Authenticator, Credentials, SetupError, TokenError};

/// The settings of a bot, as its environment has them.
pub(super) struct Variables {
    pub(super) host: Option<IpAddr>,
    pub(super) port: Option<u16>,
    pub(super) authenticator: Option<Authenticator>,
    pub(super) credentials: Option<Credentials>,
    /// The file for conversations.
    pub(super) state: Option<PathBuf>,
}

/// Why a variable of the environment cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// `HOST` is no IP address.
    #[error("HOST must be an IP address such as 0.0.0.0, found `{0}`")]
    Host(String),
    /// `PORT` is no port.
    #[error("PORT must be a number up to 65535, found `{0}`")]
    Port(String),
    /// A variable is not Unicode.
    #[error("{0} is not Unicode")]
    NotUnicode(&'static str),
    /// The registration cannot be used to authenticate callers.
    #[error(transparent)]
    Authenticator(#[from] SetupError),
    /// The registration cannot be used to call.
    #[error(transparent)]
    Credentials(#[from] TokenError),
}

impl Variables {
    pub(super) fn read() -> Result<Variables, SettingError> {
        let credentials = Credentials::from_env()?;
        let authenticator = match &credentials {
            Some(credentials) => Some(credentials.authenticator().build()?),
            None => None,
        };
        let host = variable("HOST")?
            .map(|host| match host.as_str() {
                "localhost" => Ok(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)),
                _ => host.parse().map_err(|_| SettingError::Host(host)),
            })
            .transpose()?;
        let port = variable("PORT")?
            .map(|port| port.parse().map_err(|_| SettingError::Port(port)))
            .transpose()?;
        Ok(Variables {
            host,
            port,
            authenticator,
            credentials,
            state: variable("ONHOOK_STATE")?.map(PathBuf::from),
        })
    }
}

/// An empty variable is none.
fn variable(name: &'static str) -> Result<Option<String>, SettingError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(SettingError::NotUnicode(name)),
    }
}
