#[allow(clippy::needless_pass_by_value, clippy::unused_async)]
pub fn wrong(turn: &Turn) {}
#[doc(hidden)]
#[allow(missing_docs, non_camel_case_types, unreachable_pub)]
pub struct wrong {}
#[automatically_derived]
#[allow(deprecated, unused_qualifications, unused_variables)]
impl ::onhook::Handler for wrong {
    const KEY: ::onhook::__private::Key = ::onhook::__private::Key::NOTHING;
    const HOOK: ::onhook::Hook = ::onhook::Hook::new("on_command", "", "wrong", "");
    fn call(
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        async move { ::core::result::Result::Ok(::onhook::Outcome::Unhandled) }
    }
}
::core::compile_error! {
    "unknown command `recording_strat`\nhelp: did you mean `recording_start`?\nnote: full names contain a `/` and are taken as they are"
}
::core::compile_error! {
    "`#[on_command]` handler `wrong` must be an `async fn`\nhelp: write `async fn wrong`"
}
