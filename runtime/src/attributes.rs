//! The attribute macros, with their documentation: here their examples can use what they generate.

/// Binds the handlers of an inherent `impl` block and implements [`Bot`](crate::Bot) for its type.
///
/// ```
/// use onhook::prelude::*;
/// use onhook::testing::TestTurn;
///
/// struct Contoso { company: &'static str }
///
/// #[bot]
/// impl Contoso {
///     /// Welcomes whoever calls.
///     #[on_members_added]
///     async fn greet(&self, turn: &Turn, joined: MembersAdded<'_>) -> Result<()> {
///         for _caller in joined.others() {
///             turn.say(format!("Welcome to {}!", self.company)).await?;
///         }
///         Ok(())
///     }
///
///     #[on_message(text = ["agent", "human"])]
///     async fn transfer(&self, turn: &Turn) -> Result<()> {
///         turn.say("One moment, please.").await
///     }
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let turn = TestTurn::members_added(["caller"]);
/// turn.run(&Contoso { company: "Contoso" }).await.unwrap();
/// assert_eq!(turn.spoken(), ["Welcome to Contoso!"]);
/// # }
/// ```
///
/// # Handlers
/// A handler is an `async fn` under one hook attribute. It takes `&self` or nothing of the bot, any number
/// of [arguments](crate::extract) in any order, and returns whatever is [`IntoOutcome`](crate::IntoOutcome):
/// `()`, [`Flow`](crate::Flow), or a `Result` of these whose error converts into
/// [`Error`](crate::Error). It stays an ordinary method: a test may call it.
///
/// # Which handler takes an activity
/// The most specific one, wherever it stands:
///
/// 1. an exact name, text or digit: `#[on_event("tokens/response")]`, `#[on_message(text = "yes")]`,
///    `#[on_dtmf('1')]`; a DTMF message asks for its digit first, then for any digit, then for its text, and so does an
///    event that carries keys ([`on_dtmf`]);
/// 2. the hook's catch-all: `#[on_event]`, `#[on_message]`; for conversation updates,
///    `#[on_conversation_update]` where nobody joined or left;
/// 3. [`#[on_activity]`](on_activity).
///
/// The first match is the only one, with two exceptions: an activity that carries members added *and*
/// removed, or reactions added and removed, runs both handlers, added first; and each of several keys in one activity
/// runs its own. Two handlers for one key do not compile. What no handler takes is
/// [`Outcome::Unhandled`](crate::Outcome::Unhandled).
///
/// [`or`](crate::Bot::or) makes one bot of two by the same rule: the narrowest handler of both wins.
///
/// # A bot in several blocks
/// The handlers of a type may stand in several `impl` blocks, in any modules of its crate. Each block but one is a part
/// with a name; the other one joins them:
///
/// ```
/// use onhook::prelude::*;
/// use onhook::testing::TestTurn;
///
/// struct Contoso;
///
/// #[bot(parts = [billing, menu])]
/// impl Contoso {
///     #[on_message]
///     async fn other(&self, turn: &Turn) -> Result<()> { turn.say("Pardon?").await }
/// }
///
/// mod billing {
///     use onhook::prelude::*;
///
///     #[bot(part = billing)]
///     impl super::Contoso {
///         #[on_message(text = "pay")]
///         async fn pay(&self, turn: &Turn) -> Result<()> { turn.say("How much?").await }
///     }
/// }
///
/// #[bot(part = menu)]
/// impl Contoso {
///     #[on_dtmf('0')]
///     async fn operator(&self, turn: &Turn) -> Result<()> { turn.say("One moment, please.").await }
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let turn = TestTurn::message("Pay.");
/// turn.run(&Contoso).await.unwrap();
/// assert_eq!(turn.spoken(), ["How much?"]);
/// # }
/// ```
///
/// All rules hold as if the handlers stood in one block. A duplicate across blocks, a part that no block joins, and a
/// part that does not exist do not compile. The names of parts belong to the type and need no path.
///
/// # What it expands to
/// The block as it is, one small method per handler that extracts and calls, and a `match` on the
/// activity's type and name. Dispatch is static and allocates nothing.
///
/// # Options
/// | option | means |
/// |---|---|
/// | `crate = ::path::to::onhook` | where the runtime is, if it is not `::onhook`; the path is absolute |
/// | `part = name` | the block is a part of a bot |
/// | `parts = [name, ..]` | the block joins these parts, and may have handlers too |
///
/// # Limits
/// Hooks inside macro invocations in the block, and hooks imported under another name,
/// are not seen and are refused. A handler under `#[cfg]` exists where the `cfg` holds; the block may be
/// generic, a handler may not. In a generic block, a duplicate that stands behind a path
/// (`#[on_command(Type)]`, `#[on_event(NAME)]`) is not found: the literal name wins. Nor is one across the parts of a
/// generic bot, where the block wins that joins them, then the part that it names first.
pub use onhook_macros::bot;

/// Makes a [`Bot`](crate::Bot) of free functions that are marked with hooks.
///
/// ```
/// use onhook::prelude::*;
/// use onhook::testing::TestTurn;
///
/// #[on_message]
/// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
///
/// mod recording {
///     use onhook::prelude::*;
///
///     #[on_command_result("recording_start")]
///     pub async fn started(turn: &Turn, result: CommandResult<RecordingStart>) -> Result<()> {
///         if result.outcome().is_err() {
///             turn.say("This call is not recorded.").await?;
///         }
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let bot = handlers![echo, recording::started];
/// let turn = TestTurn::message("hello");
/// turn.run(&bot).await.unwrap();
/// assert_eq!(turn.spoken(), ["hello"]);
/// # }
/// ```
///
/// The rules are those of [`#[bot]`](bot#which-handler-takes-an-activity); the order of the list does not
/// matter. Two handlers for one key do not compile, whatever modules they come from:
///
/// ```compile_fail,E0080
/// use onhook::prelude::*;
///
/// #[on_message(text = "yes")]
/// async fn yes() {}
///
/// #[on_message(text = ["yeah", "Yes!"])]
/// async fn yeah() {}
///
/// let bot = handlers![yes, yeah]; // duplicate handler: `yes` is already handled by `yes`
/// ```
///
/// An entry may be under `#[cfg(..)]`, as the function is. `handlers![crate = ::path::to::onhook, echo]`
/// says where the runtime is, if it is not `::onhook`; the functions say so too:
/// `#[on_message(crate = ::path::to::onhook)]`.
pub use onhook_macros::handlers;

/// Implements [`Command`](trait@crate::Command) for a struct or an enum that serde can write and read.
///
/// ```
/// use onhook::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Command)]
/// #[command(name = "application/vnd.contoso.open-ticket", result = Ticket)]
/// struct OpenTicket { title: String }
///
/// #[derive(Serialize, Deserialize)]
/// struct Ticket { number: u64 }
///
/// #[on_command_result(OpenTicket)]
/// async fn opened(turn: &Turn, result: CommandResult<OpenTicket>) -> Result<()> {
///     if let Ok(ticket) = result.outcome() {
///         turn.say(format!("Your ticket is number {}.", ticket.number)).await?;
///     }
///     Ok(())
/// }
/// # let _ = handlers![opened];
/// ```
///
/// # Options
/// | option | means | default |
/// |---|---|---|
/// | `name = ".."` | the name on the wire: a MIME type (A6311) in `application/*` (A6301), or in `channel/*` for a channel's own | required |
/// | `result = Type` | what a successful result carries | `()` |
/// | `crate = ::path` | where the runtime is | `::onhook` |
pub use onhook_macros::Command;

macro_rules! document {
    ($($(#[$doc:meta])* $hook:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// Stands on methods of a [`#[bot]`](bot) block, and on free functions for
        /// [`handlers!`](macro@handlers).
        pub use onhook_macros::$hook;
    )*};
}

document! {
    /// Binds a handler to messages: what a caller says or types.
    ///
    /// ```
    /// use onhook::prelude::*;
    ///
    /// #[on_message(text = "yes")]
    /// async fn yes(turn: &Turn) -> Result<()> { turn.say("Good.").await }
    ///
    /// #[on_message(text = ["no", "nope"])]
    /// async fn no(turn: &Turn) -> Result<()> { turn.say("Too bad.").await }
    ///
    /// #[on_message]
    /// async fn other(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
    /// # let _ = handlers![yes, no, other];
    /// ```
    ///
    /// | form | takes |
    /// |---|---|
    /// | `#[on_message]` | messages that no other handler takes |
    /// | `#[on_message(text = "..")]` | messages with this text |
    /// | `#[on_message(text = ["..", ".."])]` | messages with one of these texts |
    ///
    /// # When a text is the same
    /// Recognisers and keyboards write one word in many ways. These make no difference:
    ///
    /// * case, by Unicode's full case folding: `Straße` is `STRASSE`; the dotless `ı` is not `i`;
    /// * punctuation and white space around the text, of any script: `Yes.`, `¿Sí?`, `はい。`;
    /// * how much white space stands between two words, and of which kind;
    /// * whether a letter and its accent are one character or two (canonical equivalence);
    /// * characters that cannot be seen, such as zero-width spaces and joiners, soft hyphens, and marks of direction
    ///   (`Default_Ignorable_Code_Point`): they come from the keyboard and are not said;
    /// * whether an apostrophe or hyphen is the typographic one: `don’t` is `don't`.
    ///
    /// Inside of a text punctuation counts, as `12.5` is not `125`. `#`, `%`, `&`, `*`, `@`, `/`, `\` and signs like them
    /// stand for words and count everywhere: `50%` is not `50`. A text of punctuation alone, such as `?`, is compared as
    /// it is. A text in which nothing can be seen does not compile. [`Text`](crate::extract::Text) is what came.
    ///
    /// Two texts that are the same are duplicates. Comparing allocates nothing.
    on_message;

    /// Binds a handler to the keys of a telephone (DTMF).
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use onhook::testing::TestTurn;
    ///
    /// #[on_dtmf('1', '2')]
    /// async fn menu(turn: &Turn, digit: Digit) -> Result<()> {
    ///     turn.say(format!("Department {digit}.")).await
    /// }
    ///
    /// #[on_dtmf]
    /// async fn other(turn: &Turn) -> Result<()> { turn.say("Press 1 or 2.").await }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let turn = TestTurn::dtmf('9');
    /// turn.run(&handlers![menu, other]).await.unwrap();
    /// assert_eq!(turn.spoken(), ["Press 1 or 2."]);
    /// # }
    /// ```
    ///
    /// The keys are `0` to `9`, `*`, `#` and `A` to `D`. They arrive in three forms:
    ///
    /// | form | is |
    /// |---|---|
    /// | a message with an entity of type `DTMF` and one key as its text | a key |
    /// | the same with several keys, up to 128; white space between them is left out | keys |
    /// | an event named `DTMF`, in any case, whose value is a string or number of keys: `AudioCodes` sends `{"type": "event", "name": "DTMF", "value": "123"}` | keys |
    ///
    /// A message `123` without the entity was spoken or typed, and is a text.
    ///
    /// Of several keys, each goes to its narrowest handler, one after the other, within one turn:
    /// [`Digit`](crate::extract::Digit), [`Text`](crate::extract::Text) and [`Turn::digit`](crate::Turn::digit) are that
    /// key. If a handler fails, the turn has failed, and the keys after it are not delivered: what they mean depends on
    /// those before. Keys that no handler takes are passed over if another one is taken.
    ///
    /// If no `#[on_dtmf]` takes any of them, the activity is what it is: a message goes to
    /// [`#[on_message]`](on_message), an event to `#[on_event("DTMF")]` or [`#[on_event]`](on_event). A key is narrower
    /// than the event that carries it, so `#[on_event("DTMF")]` gets what `#[on_dtmf]` leaves.
    on_dtmf;

    /// Binds a handler to changes of messages (`messageUpdate`).
    on_message_update;

    /// Binds a handler to deletions of messages (`messageDelete`).
    on_message_delete;

    /// Binds a handler to those who join a conversation: a call is answered.
    ///
    /// Runs where somebody other than the bot joined. The list holds the bot too if it joined with them:
    /// [`MembersAdded::others`](crate::extract::MembersAdded::others) leaves it out.
    on_members_added;

    /// Binds a handler to those who leave a conversation, if somebody other than the bot did.
    on_members_removed;

    /// Binds a handler to conversation updates that no [`#[on_members_added]`](on_members_added) or
    /// [`#[on_members_removed]`](on_members_removed) takes, such as a changed topic.
    on_conversation_update;

    /// Binds a handler to reactions that were given to a message.
    on_reactions_added;

    /// Binds a handler to reactions that were taken back.
    on_reactions_removed;

    /// Binds a handler to events.
    ///
    /// ```
    /// use onhook::prelude::*;
    ///
    /// const OPENED: &str = "contoso/door-opened";
    ///
    /// #[on_event("tokens/response")]
    /// async fn signed_in(turn: &Turn) -> Result<()> { turn.say("Thank you.").await }
    ///
    /// #[on_event(OPENED)]
    /// async fn opened(turn: &Turn) -> Result<()> { turn.say("Come in.").await }
    ///
    /// #[on_event]
    /// async fn other(name: Name<'_>) { println!("{name:?}") }
    /// # let _ = handlers![signed_in, opened, other];
    /// ```
    ///
    /// The name is a string literal or a path to a `const`, compared to the letter. Without one: events that
    /// no other handler takes.
    on_event;

    /// Binds a handler to the event `handoff.status`: what became of a transfer to another party.
    ///
    /// The same as `#[on_event("handoff.status")]`, with
    /// [`HandoffStatus`](crate::activity::HandoffStatus) as an argument.
    on_handoff_status;

    /// Binds a handler to invokes: requests that wait for an answer.
    ///
    /// ```
    /// use onhook::prelude::*;
    ///
    /// #[on_invoke("application/search")]
    /// async fn search() -> Result<InvokeResponse> { Ok(InvokeResponse::ok(&["one", "two"])?) }
    /// # let _ = handlers![search];
    /// ```
    ///
    /// The name is a string literal or a path to a `const`; without one: invokes that no other handler
    /// takes. `()` answers with status 200.
    on_invoke;

    /// Binds a handler to commands that the channel sends to the bot.
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize, Command)]
    /// #[command(name = "application/vnd.contoso.set-volume")]
    /// struct SetVolume { percent: u8 }
    ///
    /// #[on_command(SetVolume)]
    /// async fn volume(command: CommandValue<SetVolume>) {}
    ///
    /// #[on_command("application/vnd.contoso.mute")]
    /// async fn mute() {}
    /// # let _ = handlers![volume, mute];
    /// ```
    ///
    /// Forms are those of [`#[on_command_result]`](on_command_result). A command that no handler takes is
    /// answered with the error `NotSupported`.
    on_command;

    /// Binds a handler to the results of commands that the bot has sent.
    ///
    /// ```
    /// use onhook::prelude::*;
    ///
    /// #[on_command_result("recording_start")]
    /// async fn started(turn: &Turn, result: CommandResult<RecordingStart>) -> Result<()> {
    ///     match result.outcome() {
    ///         Ok(_) => Ok(()),
    ///         Err(_) => turn.say("Recording has failed, but your call will continue.").await,
    ///     }
    /// }
    /// # let _ = handlers![started];
    /// ```
    ///
    /// | form | takes results of |
    /// |---|---|
    /// | `#[on_command_result("recording_start")]` | a command by its short name: `recording_start`, `recording_pause`, `recording_resume`, `recording_stop`, in both of its wire names, that of the protocol and that of the preview |
    /// | `#[on_command_result("application/..")]` | a command by its name on the wire, a MIME type (A6311); `session.init`, `session.update` and `session.end` are known too |
    /// | `#[on_command_result(OpenTicket)]` | a command by its type, see [`derive(Command)`](derive@Command) |
    /// | `#[on_command_result]` | commands that no other handler takes |
    ///
    /// A type, and the name of a recording command, fix the type of the result:
    ///
    /// ```compile_fail,E0277
    /// use onhook::prelude::*;
    ///
    /// #[on_command_result("recording_start")]
    /// async fn started(result: CommandResult<RecordingStop>) {}
    /// ```
    on_command_result;

    /// Binds a handler to the bot's installation (`add`, `add-upgrade`).
    on_installation_add;

    /// Binds a handler to the bot's removal (`remove`, `remove-upgrade`).
    on_installation_remove;

    /// Binds a handler to the end of a conversation: somebody has hung up.
    on_end_of_conversation;

    /// Binds a handler to typing.
    on_typing;

    /// Binds a handler to activities that no other handler of the bot takes, of any type.
    on_activity;

    /// Runs a handler before each dispatch.
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use onhook::testing::TestTurn;
    ///
    /// #[before_turn]
    /// async fn closed(turn: &Turn) -> Result<Flow> {
    ///     turn.say("We are closed.").await?;
    ///     Ok(Flow::Handled)
    /// }
    ///
    /// #[on_message]
    /// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let turn = TestTurn::message("hello");
    /// turn.run(&handlers![closed, echo]).await.unwrap();
    /// assert_eq!(turn.spoken(), ["We are closed."]);
    /// # }
    /// ```
    ///
    /// [`Flow::Handled`](crate::Flow::Handled) ends the turn there; `()` and `Flow::Unhandled` go on.
    before_turn;

    /// Runs a handler at the end of every turn that [`#[before_turn]`](before_turn) has not ended.
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use onhook::testing::TestTurn;
    ///
    /// #[on_message]
    /// async fn fails() -> Result<()> { Err(onhook::Error::msg("no line")) }
    ///
    /// #[after_turn]
    /// async fn close(turn: &Turn, error: Option<&onhook::Error>) -> Result<()> {
    ///     turn.say(if error.is_some() { "failed" } else { "done" }).await
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let turn = TestTurn::message("hello");
    /// assert!(turn.run(&handlers![fails, close]).await.is_err());
    /// assert_eq!(turn.spoken(), ["failed"]);
    /// # }
    /// ```
    ///
    /// It runs once, also when no handler took the activity, and when something failed: an argument, a handler that
    /// returned an error or panicked, `#[before_turn]`, or the time limit of the turn. Then it runs after
    /// [`#[on_error]`](on_error), whether that took care of the error or not, and `Option<&Error>` or
    /// [`Turn::error`](crate::Turn::error) says what it was.
    ///
    /// If `#[after_turn]` itself fails, the turn has failed: `#[on_error]` runs, unless it has run already. An error
    /// before it that nobody took care of is the one that is reported.
    ///
    /// A turn that is dropped, as when the host ends, runs nothing more.
    after_turn;

    /// Runs a handler when something in the turn failed: an argument, a handler, or a hook around it.
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use onhook::testing::TestTurn;
    ///
    /// #[on_message]
    /// async fn fails() -> Result<()> { Err(onhook::Error::msg("no line")) }
    ///
    /// #[on_error]
    /// async fn apologise(turn: &Turn, error: &onhook::Error) -> Result<()> {
    ///     turn.say(format!("Sorry: {error}.")).await
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let turn = TestTurn::message("hello");
    /// turn.run(&handlers![fails, apologise]).await.unwrap();
    /// assert_eq!(turn.spoken(), ["Sorry: no line."]);
    /// # }
    /// ```
    on_error;
}

/// Generated code keeps to what the 2021 edition understands too.
///
/// ```edition2021
/// use onhook::prelude::*;
///
/// struct Greeter<'g>(&'g str);
///
/// #[bot]
/// impl<'g> Greeter<'g> {
///     #[on_members_added]
///     async fn joined(&self, turn: &Turn, joined: MembersAdded<'_>) -> Result<()> {
///         for _ in joined.others() { turn.say(self.0).await?; }
///         Ok(())
///     }
///     #[on_members_removed]
///     async fn left(&self) {}
///     #[on_dtmf('1')]
///     async fn one(&self) {}
///     #[on_command_result("recording_start")]
///     async fn started(&self, result: CommandResult<RecordingStart>) { let _ = result; }
/// }
///
/// #[on_typing]
/// async fn typing(turn: &Turn) -> Result<()> { turn.say("").await }
///
/// let hello = String::from("hello");
/// let _ = Greeter(&hello).or(handlers![typing]);
/// ```
#[cfg(doctest)]
struct Edition2021;
