#[allow(clippy::needless_pass_by_value, clippy::unused_async)]
async fn started(turn: &Turn) -> Result<()> {}
#[doc(hidden)]
#[allow(missing_docs, non_camel_case_types, unreachable_pub)]
struct started {}
#[automatically_derived]
#[allow(deprecated, unused_qualifications, unused_variables)]
impl ::topspin::Handler for started {
    const KEY: ::topspin::__private::Key = ::topspin::__private::Key::new(
        ::topspin::__private::KeyKind::CommandResult,
        "channel/vnd.microsoft.telephony.recording.start",
        &["recording_start_command"],
    );
    const HOOK: ::topspin::Hook = ::topspin::Hook::new(
        "on_command_result",
        "channel/vnd.microsoft.telephony.recording.start",
        "started",
        "",
    );
    fn call(
        turn: &::topspin::Turn,
    ) -> impl ::core::future::Future<
        Output = ::topspin::Result<::topspin::Outcome>,
    > + ::core::marker::Send {
        ::topspin::__private::entered(turn, 1154445083u32);
        async move {
            let argument0 = ::topspin::__private::taken(
                <&Turn as ::topspin::FromTurn<
                    '_,
                    ::topspin::hook::on_command_result<::topspin::RecordingStart>,
                >>::from_turn(turn),
                "on_command_result",
                "started",
                "turn: &Turn",
            )?;
            <Result<
                (),
            > as ::topspin::IntoOutcome<
                ::topspin::hook::on_command_result<::topspin::RecordingStart>,
            >>::into_outcome(started(argument0).await)
        }
    }
}
