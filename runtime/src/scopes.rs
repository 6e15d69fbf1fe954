//! Which state the handlers of a bot use.

/// The scopes of state that handlers take, as a constant: a bot that takes none never asks its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes {
    pub(crate) conversation: bool,
    pub(crate) user: bool,
}

impl Scopes {
    /// No state.
    pub const NONE: Scopes = Scopes {
        conversation: false,
        user: false,
    };

    /// Both scopes' uses together.
    #[must_use]
    pub const fn and(self, other: Scopes) -> Scopes {
        Scopes {
            conversation: self.conversation || other.conversation,
            user: self.user || other.user,
        }
    }

    /// All uses together.
    #[must_use]
    pub const fn all(scopes: &[Scopes]) -> Scopes {
        let (mut all, mut index) = (Scopes::NONE, 0);
        while index < scopes.len() {
            all = all.and(scopes[index]);
            index += 1;
        }
        all
    }

    /// Whether there is any.
    pub const fn any(self) -> bool {
        self.conversation || self.user
    }
}
