/// Says it again.
#[cfg(unix)]
#[allow(clippy::needless_pass_by_value, clippy::unused_async)]
pub(crate) async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
    turn.say(text).await
}
#[cfg(unix)]
#[doc(hidden)]
#[allow(missing_docs, non_camel_case_types, unreachable_pub)]
pub(crate) struct echo {}
#[cfg(unix)]
#[automatically_derived]
#[allow(deprecated, unused_qualifications, unused_variables)]
impl ::onhook::Handler for echo {
    const KEY: ::onhook::__private::Key = ::onhook::__private::Key::new(
            ::onhook::__private::KeyKind::Message,
            "",
            &[],
        )
        .with_state(
            ::onhook::__private::Scopes::all(
                &[
                    <Text<
                        '_,
                    > as ::onhook::FromTurn<'_, ::onhook::hook::on_message>>::STATE,
                ],
            ),
        );
    const HOOK: ::onhook::Hook = ::onhook::Hook::new(
        "on_message",
        "",
        "echo",
        "Says it again.",
    );
    fn call(
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 3781034773u32);
        async move {
            let argument0 = ::onhook::__private::taken(
                <&Turn as ::onhook::FromTurn<
                    '_,
                    ::onhook::hook::on_message,
                >>::from_turn(turn),
                "on_message",
                "echo",
                "turn: &Turn",
            )?;
            let argument1 = ::onhook::__private::taken(
                <Text<
                    '_,
                > as ::onhook::FromTurn<
                    '_,
                    ::onhook::hook::on_message,
                >>::from_turn(turn),
                "on_message",
                "echo",
                "text: Text<'_>",
            )?;
            <Result<
                (),
            > as ::onhook::IntoOutcome<
                ::onhook::hook::on_message,
            >>::into_outcome(echo(argument0, argument1).await)
        }
    }
}
