//! What a handler takes, as a constant: how `handlers![…]` finds duplicates.

/// The kinds of keys; within one, a key is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the hook of its name")]
pub enum KeyKind {
    Nothing,
    Message,
    Dtmf,
    MessageUpdate,
    MessageDelete,
    MembersAdded,
    MembersRemoved,
    ConversationUpdate,
    ReactionsAdded,
    ReactionsRemoved,
    Event,
    Invoke,
    Command,
    CommandResult,
    InstallationAdd,
    InstallationRemove,
    EndOfConversation,
    Typing,
    Activity,
    BeforeTurn,
    AfterTurn,
    Error,
}

impl KeyKind {
    const fn attribute(self) -> &'static str {
        match self {
            KeyKind::Nothing => "",
            KeyKind::Message => "on_message",
            KeyKind::Dtmf => "on_dtmf",
            KeyKind::MessageUpdate => "on_message_update",
            KeyKind::MessageDelete => "on_message_delete",
            KeyKind::MembersAdded => "on_members_added",
            KeyKind::MembersRemoved => "on_members_removed",
            KeyKind::ConversationUpdate => "on_conversation_update",
            KeyKind::ReactionsAdded => "on_reactions_added",
            KeyKind::ReactionsRemoved => "on_reactions_removed",
            KeyKind::Event => "on_event",
            KeyKind::Invoke => "on_invoke",
            KeyKind::Command => "on_command",
            KeyKind::CommandResult => "on_command_result",
            KeyKind::InstallationAdd => "on_installation_add",
            KeyKind::InstallationRemove => "on_installation_remove",
            KeyKind::EndOfConversation => "on_end_of_conversation",
            KeyKind::Typing => "on_typing",
            KeyKind::Activity => "on_activity",
            KeyKind::BeforeTurn => "before_turn",
            KeyKind::AfterTurn => "after_turn",
            KeyKind::Error => "on_error",
        }
    }
}

/// A kind, and a name (wire name, normal form of a text, digit) where the handler is narrowed to one.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub(crate) kind: KeyKind,
    /// Empty: everything of the kind that no narrower key takes.
    pub(crate) name: &'static str,
    pub(crate) aliases: &'static [&'static str],
    /// The digest of an activity that has the name, where there is but one.
    pub(crate) digest: Option<u64>,
}

/// A handler of a list: its place, its key, and its path as it is written. Generated code names this type,
/// because `str` may mean something else where a list stands.
pub type Row = (usize, Key, &'static str);

impl Key {
    /// The key that matches nothing.
    pub const NOTHING: Key = Key::new(KeyKind::Nothing, "", &[]);

    /// A key.
    pub const fn new(kind: KeyKind, name: &'static str, aliases: &'static [&'static str]) -> Key {
        use KeyKind::{Command, CommandResult, Event, Invoke};
        let named = matches!(kind, Event | Invoke | Command | CommandResult);
        Key {
            kind,
            name,
            aliases,
            digest: if named && !name.is_empty() && aliases.is_empty() {
                Some(digest(kind, name))
            } else {
                None
            },
        }
    }

    /// A key whose name is a constant of the user's: it cannot be seen at expansion.
    ///
    /// # Panics
    /// On an empty name, at compile time.
    #[track_caller]
    pub const fn named(kind: KeyKind, name: &'static str, aliases: &'static [&'static str]) -> Key {
        assert!(!name.is_empty(), "the name of a handler is empty");
        Key::new(kind, name, aliases)
    }

    /// The name, or empty.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Whether it is narrowed to this name.
    pub fn is_named(self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }

    /// Fails to compile if one of `taken` shares a name with `key`; called from constants only.
    ///
    /// # Panics
    /// On a duplicate, which is the point.
    #[track_caller]
    pub const fn claim(taken: &[(Key, &'static str)], key: Key) {
        let mut index = 0;
        while index < taken.len() {
            let (other, handler) = taken[index];
            if let Some(name) = key.shared(other) {
                Duplicate::of(key.kind, name, handler).report();
            }
            index += 1;
        }
    }

    /// Fails to compile if a handler before `index` shares a name with the one at it; called from constants
    /// only. A handler that is listed twice is another mistake.
    ///
    /// # Panics
    /// On a duplicate, which is the point.
    #[track_caller]
    pub const fn claim_at(table: &[Row], index: usize) {
        let mut row = table.len();
        while row > 0 {
            row -= 1;
            if table[row].0 == index {
                break;
            }
        }
        let (_, key, name) = table[row];
        let mut earlier = 0;
        while earlier < row {
            let (_, other, handler) = table[earlier];
            if let Some(shared) = key.shared(other)
                && !same(name, handler)
            {
                Duplicate::of(key.kind, shared, handler).report();
            }
            earlier += 1;
        }
    }

    /// Fails to compile if one of the rows shares a name with `key`; called from constants only.
    ///
    /// # Panics
    /// On a duplicate, which is the point.
    #[track_caller]
    pub(crate) const fn claim_among(rows: &[Row], key: Key) {
        let mut index = 0;
        while index < rows.len() {
            let (_, other, handler) = rows[index];
            if let Some(shared) = key.shared(other) {
                Duplicate::of(key.kind, shared, handler).report();
            }
            index += 1;
        }
    }

    /// The name that both keys have; empty if both take everything of their kind.
    const fn shared(self, other: Key) -> Option<&'static str> {
        if self.kind as u8 != other.kind as u8 || matches!(self.kind, KeyKind::Nothing) {
            return None;
        }
        // Texts are in their normal form.
        let mut i = 0;
        while i <= self.aliases.len() {
            let mut j = 0;
            while j <= other.aliases.len() {
                if same(self.nth(i), other.nth(j)) {
                    return Some(self.nth(i));
                }
                j += 1;
            }
            i += 1;
        }
        None
    }

    const fn nth(self, index: usize) -> &'static str {
        if index == 0 {
            self.name
        } else {
            self.aliases[index - 1]
        }
    }
}

/// A number for a kind and a name. Two of them may share it: a match is compared in full.
///
/// One multiplication for eight bytes, as in `FxHash`.
pub(crate) const fn digest(kind: KeyKind, name: &str) -> u64 {
    const fn mix(digest: u64, word: u64) -> u64 {
        (digest.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
    let mut bytes = name.as_bytes();
    let mut digest = kind as u64;
    while let Some((word, rest)) = bytes.split_first_chunk::<8>() {
        digest = mix(digest, u64::from_le_bytes(*word));
        bytes = rest;
    }
    // The length tells names apart that end in zeros.
    let mut last = name.len() as u64;
    while let Some((byte, rest)) = bytes.split_first() {
        last = last << 8 | *byte as u64;
        bytes = rest;
    }
    mix(digest, last)
}

pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// The text of a compile error, put together by the compiler: constants cannot format.
struct Duplicate {
    text: [u8; 256],
    length: usize,
}

impl Duplicate {
    const fn of(kind: KeyKind, name: &str, handler: &str) -> Duplicate {
        let text = Duplicate {
            text: [0; 256],
            length: 0,
        };
        let text = text.push("duplicate handler: `");
        let text = if name.is_empty() {
            text.push("#[").push(kind.attribute()).push("]")
        } else {
            text.push(name)
        };
        text.push("` is already handled by `")
            .push(handler)
            .push("`")
    }

    const fn push(mut self, part: &str) -> Duplicate {
        let part = part.as_bytes();
        let mut index = 0;
        // Names are ASCII where they are long; a text that does not fit is cut and still says enough.
        while index < part.len() && self.length < self.text.len() {
            self.text[self.length] = part[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    #[track_caller]
    const fn report(&self) {
        let (text, _) = self.text.split_at(self.length);
        match std::str::from_utf8(text) {
            Ok(text) => panic!("{}", text),
            Err(_) => panic!("duplicate handler"),
        }
    }
}
