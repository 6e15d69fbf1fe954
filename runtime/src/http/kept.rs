//! Where a bot that the environment sets up keeps its conversations.

use std::fmt;
use std::path::PathBuf;

use super::server::ServeError;
use crate::bot::Bot;
use crate::host::HostBuilder;

/// The file unless `ONHOOK_STATE` names another.
#[cfg(feature = "state-redb")]
const FILE: &str = "onhook-state.redb";

/// Where conversations are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// The bot has neither dialogs nor state.
    Nothing,
    /// In a store that the bot has set.
    Store,
    /// In this process.
    Memory,
    /// In this file.
    #[cfg(feature = "state-redb")]
    File(PathBuf),
}

/// Whether the bot has anything to keep.
fn keeps<B: Bot>() -> bool {
    B::DIALOGS || B::STATE.any()
}

impl Kept {
    /// Gives the host a file for its conversations, if its bot has any; `path` in place of the default.
    #[cfg(feature = "state-redb")]
    pub(super) fn in_file<B: Bot>(
        host: HostBuilder<B>,
        path: Option<PathBuf>,
    ) -> Result<(HostBuilder<B>, Kept), ServeError> {
        if !keeps::<B>() {
            return Ok((host, Kept::Nothing));
        }
        let path = path.unwrap_or_else(|| PathBuf::from(FILE));
        match crate::state::RedbStore::open(&path) {
            Ok(store) => Ok((host.state(store), Kept::File(path))),
            Err(error) => Err(ServeError::State(path, error)),
        }
    }

    /// Without a store for files, conversations stay in memory.
    #[cfg(not(feature = "state-redb"))]
    pub(super) fn in_file<B: Bot>(
        host: HostBuilder<B>,
        _path: Option<PathBuf>,
    ) -> Result<(HostBuilder<B>, Kept), ServeError> {
        Ok((host, Kept::of::<B>(false)))
    }

    /// Where the conversations of a bot are that was set up in code.
    pub(super) fn of<B: Bot>(has_store: bool) -> Kept {
        match (keeps::<B>(), has_store) {
            (false, _) => Kept::Nothing,
            (true, true) => Kept::Store,
            (true, false) => Kept::Memory,
        }
    }

    /// Says it, when the server starts.
    pub(super) fn announce(&self) {
        match self {
            Kept::Nothing | Kept::Store => {}
            Kept::Memory => tracing::warn!(target: "onhook::http", "{self}"),
            #[cfg(feature = "state-redb")]
            Kept::File(_) => tracing::info!(target: "onhook::http", "{self}"),
        }
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kept::Nothing => f.write_str("the bot has no state"),
                    Kept::Store => f.write_str("conversations are kept in the store that the bot has set"),
                    Kept::Memory => f.write_str(
                "conversations are kept in memory: calls do not survive this process. Enable the feature `state-redb`, or set a store",
            ),
            #[cfg(feature = "state-redb")]
            Kept::File(path) => write!(f, "conversations are kept in {}", path.display()),
        }
    }
}

#[cfg(all(test, feature = "state-redb"))]
mod tests {
    use super::*;
    use crate::host::Host;
    use crate::outcome::Outcome;
    use crate::scopes::Scopes;
    use crate::turn::Turn;

    struct Bare<const STATE: bool>;

    impl<const STATE: bool> Bot for Bare<STATE> {
        const HOOKS: crate::HookTable = crate::HookTable::of(&[]);
        const STATE: Scopes = Scopes {
            conversation: STATE,
            user: false,
        };

        async fn dispatch(&self, _turn: &Turn) -> crate::Result<Outcome> {
            Ok(Outcome::Unhandled)
        }
    }

    #[tokio::test]
    async fn only_a_bot_with_something_to_keep_has_a_file() {
        let folder = std::env::temp_dir().join(format!("onhook-kept-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("conversations.redb");

        let host = Host::builder(Bare::<false>);
        let (_, kept) = Kept::in_file(host, Some(path.clone())).unwrap();
        assert_eq!(kept, Kept::Nothing);
        assert!(!path.exists());

        let host = Host::builder(Bare::<true>);
        let (host, kept) = Kept::in_file(host, Some(path.clone())).unwrap();
        assert_eq!(
            kept.to_string(),
            format!("conversations are kept in {}", path.display())
        );
        assert!(path.exists());

        // A second process on the same file is told which file it is.
        let error = Kept::in_file(Host::builder(Bare::<true>), Some(path.clone())).unwrap_err();
        assert!(error.to_string().contains("conversations.redb"), "{error}");
        drop(host);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn memory_is_warned_of() {
        assert_eq!(Kept::of::<Bare<true>>(false), Kept::Memory);
        assert_eq!(Kept::of::<Bare<true>>(true), Kept::Store);
        assert_eq!(Kept::of::<Bare<false>>(false), Kept::Nothing);
        let said = Kept::Memory.to_string();
        assert!(said.contains("do not survive this process"), "{said}");
    }
}
