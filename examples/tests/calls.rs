//! Every example plays its call to the end, and says what it is there to show.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// Runs an example in a folder of its own, where its recordings go too: one process at a time may have them.
fn run(program: &str, name: &str, arguments: &[&str]) -> Output {
    let folder = [name, &arguments.concat()].concat();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    command.output().expect("cargo has built the example")
}

fn assert_shows(output: &Output, lines: &[&str]) {
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut rest = &*printed;
    for line in lines {
        let at = rest
            .find(line)
            .unwrap_or_else(|| panic!("`{line}` is not there, or not in its place: {printed}"));
        rest = &rest[at + line.len()..];
    }
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn call_recording_leaves_the_card_number_out_each_time_it_runs() {
    for _again in 0..2 {
        let output = run(env!("CARGO_BIN_EXE_call_recording"), "call_recording", &[]);
        assert_shows(
            &output,
            &[
                "recording.start: ok",
                "Welcome to Contoso!",
                "pay my electricity bill",
                "recording.pause: ok",
                "read me your card number",
                "caller     says something",
                "recording.resume: ok",
                "your bill is paid",
                "Good-bye!",
                "the bot hung up",
                "content.wav",
            ],
        );
    }
}

#[test]
fn call_recording_hangs_up_at_the_end_of_the_input() {
    let output = run(
        env!("CARGO_BIN_EXE_call_recording"),
        "call_recording",
        &["--text"],
    );
    assert_shows(
        &output,
        &["You are the caller.", "the caller hung up", "content.wav"],
    );
}

#[test]
fn call_recording_names_an_unknown_argument() {
    let output = run(
        env!("CARGO_BIN_EXE_call_recording"),
        "call_recording",
        &["--tetx"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&output.stderr).starts_with("error: unknown argument `--tetx`\n")
    );
}

#[test]
fn the_other_examples_show_what_they_are_for() {
    for (name, program, lines) in [
        (
            "echo",
            env!("CARGO_BIN_EXE_echo"),
            &["“You said: Good morning!”", "the caller hung up"][..],
        ),
        (
            "ivr_menu",
            env!("CARGO_BIN_EXE_ivr_menu"),
            &[
                "There is nothing behind 7.",
                "12 dollars",
                "We are open",
                "the bot hung up",
            ],
        ),
        (
            "transfer",
            env!("CARGO_BIN_EXE_transfer"),
            &[
                "not transferred to +14255550123",
                "everybody is busy",
                "transferred to +14255550123",
            ],
        ),
        (
            "custom_command",
            env!("CARGO_BIN_EXE_custom_command"),
            &[
                "about “My telephone does not ring.”",
                "announces 6 words",
                "NothingToSay",
                "This is ticket 4711.",
            ],
        ),
        (
            "free_functions",
            env!("CARGO_BIN_EXE_free_functions"),
            &[
                "look_up",
                "Hello Ada.",
                "I do not know what",
                "Say good-bye to hang up.",
                "the bot hung up",
            ],
        ),
    ] {
        assert_shows(&run(program, name, &[]), lines);
    }
}
