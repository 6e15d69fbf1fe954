//! A bot that records its calls, and pauses the recording while it hears a card number.
//! A caller from WAV files calls it; `--text` lets you be the caller, `--help` says more.

mod bot;
mod caller;
mod options;
mod print;

use std::process::ExitCode;
use std::time::Duration;

use bot::Contoso;
use onhook::Clock;
use onhook_channel::voice::EspeakVoice;
use onhook_channel::{Channel, Dial};
use options::{Caller, Options, Request};

fn main() -> ExitCode {
    match options::parse(std::env::args().skip(1)) {
        Ok(Request::Call(options)) => call(options),
        Ok(Request::Help) => {
            print!("{}", options::USAGE);
            ExitCode::SUCCESS
        }
        Err(unknown) => {
            eprint!("error: {unknown}\n\n{}", options::USAGE);
            ExitCode::from(2)
        }
    }
}

fn call(options: Options) -> ExitCode {
    // On virtual time the clock leaps whenever everybody waits: the call takes no longer than its work.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(!options.realtime)
        .build();
    match runtime.map(|runtime| runtime.block_on(play(options))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => fail(&error),
        Err(error) => fail(&error.into()),
    }
}

fn fail(error: &onhook::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}

async fn play(options: Options) -> onhook::Result<()> {
    let channel = Channel::builder(Contoso::new("Contoso"))
        .recordings(print::FOLDER)
        .clock(Clock::starting_at(Clock::system().now()));
    let channel = if let Some(voice) = EspeakVoice::find() {
        print::line("The bot speaks with espeak-ng.\n");
        channel.voice(voice)
    } else {
        print::line(
            "The bot speaks in tones, a tune for each word: there is no espeak-ng on the PATH.\n",
        );
        channel
    };
    let dial = Dial::new()
        .locale("en-GB")
        .recogniser_delay(Duration::from_millis(400))
        .on_line(|line| print::line(line));
    let call = channel.build().dial(dial);
    let report = match options.caller {
        Caller::Wav => caller::plays(call).await?,
        Caller::Keyboard => caller::types(call).await?,
    };
    print::recordings(&report);
    Ok(())
}
