//! The command line.

use std::fmt;

pub(crate) const USAGE: &str = "\
Plays a call to a bot that records it, and prints the transcript and the recordings.

usage: call_recording [--realtime] [--text]

  --realtime  the call takes as long as it would on the telephone, not only as long as its work
  --text      you are the caller: what you type is said, `/press 12#` or `#12` presses keys,
              `/hangup` or the end of the input hangs up
  --help      this text
";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Call(Options),
    Help,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) realtime: bool,
    pub(crate) caller: Caller,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Caller {
    #[default]
    Wav,
    Keyboard,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown(String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown argument `{}`", self.0)
    }
}

pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Request, Unknown> {
    let mut options = Options::default();
    let mut help = false;
    for argument in arguments {
        match argument.as_str() {
            "--realtime" => options.realtime = true,
            "--text" => options.caller = Caller::Keyboard,
            "--help" | "-h" => help = true,
            _ => return Err(Unknown(argument)),
        }
    }
    Ok(if help {
        Request::Help
    } else {
        Request::Call(options)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Request, Unknown> {
        parse(arguments.iter().map(ToString::to_string))
    }

    #[test]
    fn arguments_are_known_or_named() {
        let both = Options {
            realtime: true,
            caller: Caller::Keyboard,
        };
        assert_eq!(parsed(&[]), Ok(Request::Call(Options::default())));
        assert_eq!(parsed(&["--text", "--realtime"]), Ok(Request::Call(both)));
        assert_eq!(parsed(&["--text", "--help"]), Ok(Request::Help));
        assert_eq!(
            parsed(&["--help", "--tetx"]),
            Err(Unknown("--tetx".to_owned()))
        );
    }
}
