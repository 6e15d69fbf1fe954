//! The channel: a bot, and where its calls and recordings go.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use onhook::recording::{BillingPolicy, ChannelType, PauseMode, ResumePolicy};
use onhook::{AnyHost, Bot, Clock, Command, CommandError, Host, Ids, Json};
use serde::Serialize;

use crate::call::{Call, Dial, Notice, Standin};
use crate::events::{Publisher, RecordingEvent, SubjectForm};
use crate::journal::JournalError;
use crate::leftover::Leftover;
use crate::media::samples_in;
use crate::recorder::Shelf;
use crate::store::metadata::RETENTION;
use crate::store::{RollOver, Store};
use crate::voice::{ToneVoice, Voice};

/// The Telephony channel in this process: it calls the bot as the network would.
///
/// ```
/// use onhook::prelude::*;
/// use onhook_channel::{Channel, Dial};
///
/// #[on_message]
/// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
///     turn.say(format!("You said {text}.")).await
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// # let recordings = std::env::temp_dir().join("onhook-doc-channel");
/// let channel = Channel::builder(handlers![echo]).recordings(recordings).build();
/// let call = channel.dial(Dial::new());
/// call.says("hello").await.unwrap();
/// call.listens().await;
/// let report = call.hangs_up().await;
/// assert_eq!(report.transcript.bot(), ["You said hello."]);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Channel {
    shared: Arc<Shared>,
}

/// Carries out an application's command: takes its data, gives the result's.
type CommandHandler = Box<dyn Fn(serde_json::Value) -> Result<Json, CommandError> + Send + Sync>;

/// Says with what error a command of this name fails without being carried out.
type Refusals = Box<dyn Fn(&str) -> Option<CommandError> + Send + Sync>;

/// What all calls of a channel share.
pub(crate) struct Shared {
    pub(crate) host: Arc<dyn AnyHost>,
    pub(crate) store: Store,
    pub(crate) voice: Arc<dyn Voice>,
    pub(crate) clock: Clock,
    pub(crate) ids: Arc<Ids>,
    /// Where the ids come from of what bots send and of what answers it, if not from `ids`.
    pub(crate) sent_ids: Option<Arc<Ids>>,
    pub(crate) resume_policy: ResumePolicy,
    pub(crate) billing: BillingPolicy,
    pub(crate) publisher: Publisher,
    /// Where the recordings of all calls go.
    pub(crate) shelf: OnceLock<Shelf>,
    pub(crate) leftover: Arc<Leftover>,
    /// How long recordings are kept after they were sealed.
    pub(crate) retention: Duration,
    pub(crate) commands: HashMap<String, CommandHandler>,
    pub(crate) refusals: Option<Refusals>,
    /// In samples.
    pub(crate) longest_call: u64,
    pub(crate) longest_recording: Option<Duration>,
    pub(crate) channel_type: ChannelType,
    pub(crate) pause_mode: PauseMode,
    pub(crate) roll_over: Option<RollOver>,
    pub(crate) standin: Standin,
    pub(crate) notice: Option<Notice>,
}

impl Shared {
    /// What the recorders of all calls share.
    pub(crate) fn shelf(&self) -> Shelf {
        let made = || Shelf::new(self.store.clone(), self.publisher.clone(), self.retention);
        self.shelf.get_or_init(made).clone()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("voice", &self.voice.name())
            .finish_non_exhaustive()
    }
}

/// Sets up a [`Channel`].
#[must_use]
pub struct ChannelBuilder {
    shared: Shared,
}

impl Channel {
    /// A channel for this bot: tone voice, system clock, recordings in the folder `recordings`.
    pub fn builder<B: Bot + 'static>(bot: B) -> ChannelBuilder {
        Channel::with_host(Host::new(bot))
    }

    /// A channel for a host that was set up before.
    pub fn with_host(host: impl AnyHost + 'static) -> ChannelBuilder {
        ChannelBuilder {
            shared: Shared {
                host: Arc::new(host),
                store: Store::new("recordings"),
                voice: Arc::new(ToneVoice),
                clock: Clock::system(),
                ids: Arc::new(Ids::random()),
                sent_ids: None,
                resume_policy: ResumePolicy::default(),
                billing: BillingPolicy::default(),
                publisher: Publisher::default(),
                shelf: OnceLock::new(),
                leftover: Arc::default(),
                retention: RETENTION,
                commands: HashMap::new(),
                refusals: None,
                longest_call: samples_in(Duration::from_secs(24 * 3600)),
                longest_recording: None,
                channel_type: ChannelType::Mixed,
                pause_mode: PauseMode::default(),
                roll_over: Some(RollOver::default()),
                standin: Standin::default(),
                notice: None,
            },
        }
    }

    /// What the voice is called.
    pub(crate) fn voice_name(&self) -> &str {
        self.shared.voice.name()
    }

    /// Waits until the recordings that an earlier process has left are whole: their audio and metadata, until when they
    /// are kept, and their events.
    ///
    /// # Errors
    /// [`JournalError::Locked`] if another process records to the folder: no recording can be started. Anything else
    /// says why one of the recordings could not be brought to its files; what there is of it is kept, and tried again
    /// at the next start.
    pub async fn ready(&self) -> Result<(), JournalError> {
        let leftover = Arc::clone(&self.shared.leftover);
        // A blocking task is what tokio's paused clock does not run ahead of.
        let waited = tokio::task::spawn_blocking(move || leftover.wait()).await;
        waited.unwrap_or(Err(JournalError::Closed))
    }

    /// Calls the bot. Needs a tokio runtime with its timer on.
    pub fn dial(&self, dial: Dial) -> Call {
        Call::dial(Arc::clone(&self.shared), dial)
    }
}

impl ChannelBuilder {
    /// The folder for the recordings; it is made when the first one is.
    pub fn recordings(self, folder: impl Into<PathBuf>) -> ChannelBuilder {
        self.store(Store::new(folder))
    }

    /// Where the recordings go.
    pub fn store(mut self, store: Store) -> ChannelBuilder {
        self.shared.store = store;
        self
    }

    /// What speaks for the bot, and for callers who are given as text.
    pub fn voice(mut self, voice: impl Voice + 'static) -> ChannelBuilder {
        self.shared.voice = Arc::new(voice);
        self
    }

    /// Where the time of day comes from.
    pub fn clock(mut self, clock: Clock) -> ChannelBuilder {
        self.shared.clock = clock;
        self
    }

    /// Where the ids of conversations and activities come from, and those of the commands that the channel
    /// sends. The bot's commands have theirs from its [host](onhook::HostBuilder::ids).
    pub fn ids(mut self, ids: Ids) -> ChannelBuilder {
        self.shared.ids = Arc::new(ids);
        self
    }

    /// Takes the ids of what the bot sends, and of what answers it, from a source of their own, for tests: a bot that
    /// sends more does not move the ids of what the caller does.
    pub(crate) fn sent_ids(mut self, ids: Ids) -> ChannelBuilder {
        self.shared.sent_ids = Some(Arc::new(ids));
        self
    }

    /// What a resume means after a stop.
    pub fn resume_policy(mut self, policy: ResumePolicy) -> ChannelBuilder {
        self.shared.resume_policy = policy;
        self
    }

    /// How recordings are charged.
    pub fn billing(mut self, policy: BillingPolicy) -> ChannelBuilder {
        self.shared.billing = policy;
        self
    }

    /// Calls the listener for every recording that is ready to be fetched; the events stand in the store as well,
    /// see [`events`](crate::events).
    ///
    /// The listener runs on a thread that may block. An event may come more than once, and has the same id then.
    pub fn on_recording_event(
        mut self,
        listener: impl Fn(&RecordingEvent) + Send + Sync + 'static,
    ) -> ChannelBuilder {
        self.shared.publisher.listener = Some(Arc::new(listener));
        self
    }

    /// How long after the end of a recording its event comes, in the time of the call; at once unless set. Azure
    /// takes a minute or two.
    pub fn event_delay(mut self, delay: Duration) -> ChannelBuilder {
        self.shared.publisher.delay = delay;
        self
    }

    /// How the subject of the events is written; as it is today unless set.
    pub fn event_subject(mut self, form: SubjectForm) -> ChannelBuilder {
        self.shared.publisher.form = form;
        self
    }

    /// How long recordings are kept after they were sealed; 48 hours unless set. What is over is deleted by
    /// [`Store::expire`].
    pub fn retention(mut self, retention: Duration) -> ChannelBuilder {
        self.shared.retention = retention;
        self
    }

    /// How long a call may last; 24 hours unless set. A call that lasts longer is ended by the channel.
    pub fn longest_call(mut self, duration: Duration) -> ChannelBuilder {
        self.shared.longest_call = samples_in(duration);
        self
    }

    /// The most audio that a recording may have; no limit unless set. A start may ask for less, and one that asks for
    /// more is refused. At the limit the recording ends with
    /// [`MaxDurationExceeded`](onhook::recording::EndReason::MaxDurationExceeded), to the sample, and the bot gets an event
    /// `recordingStateChanged`; the call goes on. The silence of pauses counts, as it is in the file.
    pub fn longest_recording(mut self, duration: Duration) -> ChannelBuilder {
        self.shared.longest_recording = Some(duration);
        self
    }

    /// How the parties are spread over the channels of a recording whose start does not say; mixed unless set.
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use onhook::recording::ChannelType;
    /// use onhook_channel::{Channel, Dial};
    ///
    /// #[on_members_added]
    /// async fn record(turn: &Turn) -> Result<()> {
    ///     turn.start_recording(RecordingStart::new()).await.map(drop)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let recordings = folder.path();
    /// let channel = Channel::builder(handlers![record]).recordings(recordings);
    /// let channel = channel.channel_type(ChannelType::Stereo).build();
    /// let call = channel.dial(Dial::new());
    /// call.says("hello").await.unwrap();
    /// let report = call.hangs_up().await;
    /// let audio = std::fs::read(&report.recordings[0].content).unwrap();
    /// let tracks = onhook_channel::wav::read_channels(audio.as_slice()).unwrap();
    /// assert_eq!(tracks.len(), 2); // the caller, the bot
    /// # }
    /// ```
    pub fn channel_type(mut self, channel_type: ChannelType) -> ChannelBuilder {
        self.shared.channel_type = channel_type;
        self
    }

    /// What stands in a recording for the time of a pause that does not say; nothing unless set.
    pub fn pause_mode(mut self, mode: PauseMode) -> ChannelBuilder {
        self.shared.pause_mode = mode;
        self
    }

    /// When a recording goes on in another file: after 4 hours or 2 GiB unless set. With `None` it never does; a file
    /// beyond 4 GiB is RF64, which not every player knows.
    pub fn roll_over(mut self, roll_over: impl Into<Option<RollOver>>) -> ChannelBuilder {
        self.shared.roll_over = roll_over.into();
        self
    }

    /// What is said in place of a bot that is slow or has failed, and when a turn is given up.
    pub fn standin(mut self, standin: Standin) -> ChannelBuilder {
        self.shared.standin = standin;
        self
    }

    /// How the channel tells those who are recorded; it does not unless set, and leaves it to the bot.
    pub fn notice(mut self, notice: Notice) -> ChannelBuilder {
        self.shared.notice = Some(notice);
        self
    }

    /// Carries out a command of the application: a channel knows the recording commands only.
    ///
    /// The handler runs inside the call and must not block.
    pub fn on_command<C: Command<Result: Serialize>>(
        mut self,
        handler: impl Fn(C) -> Result<C::Result, CommandError> + Send + Sync + 'static,
    ) -> ChannelBuilder {
        let handler = move |data: serde_json::Value| {
            let command = serde_json::from_value(data)
                .map_err(|error| CommandError::bad_argument(error.to_string()))?;
            Json::of(&handler(command)?)
                .map_err(|error| CommandError::bad_argument(error.to_string()))
        };
        self.shared
            .commands
            .insert(C::NAME.to_owned(), Box::new(handler));
        self
    }

    /// Has commands fail, for tests.
    pub(crate) fn refusals(
        mut self,
        refuses: impl Fn(&str) -> Option<CommandError> + Send + Sync + 'static,
    ) -> ChannelBuilder {
        self.shared.refusals = Some(Box::new(refuses));
        self
    }

    /// The channel.
    ///
    /// What an earlier process has left in the folder of the recordings is ended, sealed and published on a thread
    /// beside. A recording that is started before that is over waits for it; [`Channel::ready`] waits without
    /// a call. A folder in which nothing was recorded yet is left alone.
    pub fn build(mut self) -> Channel {
        self.shared.leftover = Leftover::recover(self.shared.shelf());
        Channel {
            shared: Arc::new(self.shared),
        }
    }
}

impl fmt::Debug for ChannelBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.fmt(f)
    }
}
