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
///    `#[on_dtmf('1')]`; a DTMF message asks for its digit first, then for any digit, then for its text;
/// 2. the hook's catch-all: `#[on_event]`, `#[on_message]`; for conversation updates,
///    `#[on_conversation_update]` where nobody joined or left;
/// 3. [`#[on_activity]`](on_activity).
///
/// The first match is the only one, with one exception: an activity that carries members added *and*
/// removed, or reactions added and removed, runs both handlers, added first. Two handlers for one key do not
/// compile. What no handler takes is [`Outcome::Unhandled`](crate::Outcome::Unhandled), which the next bot
/// of an [`or`](crate::Bot::or) chain may take.
///
/// # What it expands to
/// The block as it is, one small method per handler that extracts and calls, and a `match` on the
/// activity's type and name. Dispatch is static and allocates nothing.
///
/// # Options
/// `#[bot(crate = ::path::to::onhook)]`: where the runtime is, if it is not `::onhook`. The path is absolute.
///
/// # Limits
/// One block per type. Hooks inside macro invocations in the block, and hooks imported under another name,
/// are not seen and are refused. A handler under `#[cfg]` exists where the `cfg` holds; the block may be
/// generic, a handler may not. In a generic block, a duplicate that stands behind a path
/// (`#[on_command(Type)]`, `#[on_event(NAME)]`) is not found: the literal name wins.
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
/// #[on_message(text = ["yeah", "YES"])]
/// async fn yeah() {}
///
/// let bot = handlers![yes, yeah]; // duplicate handler: `YES` is already handled by `yes`
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

/// Makes a type a value of the conversation or the user, which [`State`](crate::extract::State) gives to handlers and
/// [`Dialog::state`](crate::Dialog::state) to dialogs. Implements [`StateValue`](crate::state::StateValue).
///
/// ```
/// use onhook::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Default, Serialize, Deserialize, State)]
/// #[state(name = "cart")]
/// struct Cart { items: Vec<String> }
///
/// /// Known when the same user calls again.
/// #[derive(Default, Serialize, Deserialize, State)]
/// #[state(name = "customer", scope = "user")]
/// struct Customer { calls: u32 }
/// ```
///
/// | option | gives |
/// |---|---|
/// | `name = ".."` | the name in the record; needed |
/// | `version = 2` | counts up when the type changes in a way that serde does not bridge; 1 unless set |
/// | `from = CartV1` | the type of an older version; `From<CartV1>` converts its values |
/// | `scope = "user"` | to what the value belongs: `"conversation"`, unless set, or `"user"` |
/// | `crate = ::path` | where onhook is, if not at `::onhook` |
#[cfg(feature = "dialog")]
pub use onhook_macros::State;

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
    /// | `#[on_message(text = "..")]` | messages with this text, compared without regard to case and to white space around it |
    /// | `#[on_message(text = ["..", ".."])]` | messages with one of these texts |
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
    /// The keys are `0` to `9`, `*`, `#` and `A` to `D`. A key arrives as a message with an entity of type
    /// `DTMF`; one that no `#[on_dtmf]` takes goes to [`#[on_message]`](on_message).
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

    /// Runs a handler after each dispatch that did not fail, also when no handler took the activity.
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
