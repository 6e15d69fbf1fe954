impl Contoso {
    #[on_message(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    fn wrong(&mut self) {}
    #[cfg(unix)]
    #[on_typing(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn typing<T>(&self) {}
    #[on_activity(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn right(&self) {}
}
#[doc(hidden)]
#[allow(deprecated, non_snake_case, non_upper_case_globals, unused_qualifications)]
impl Contoso {
    fn __onhook_right(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 2691806822u32);
        async move {
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_activity,
            >::into_outcome(self.right().await)
        }
    }
}
#[automatically_derived]
#[allow(
    deprecated,
    unreachable_code,
    unreachable_patterns,
    unused_assignments,
    unused_mut,
    unused_qualifications,
    unused_variables
)]
impl ::onhook::Bot for Contoso {
    const HOOKS: ::onhook::HookTable = ::onhook::HookTable::of(const {
        &[::onhook::Hook::new("on_activity", "", "right", "")]
    });
    fn rank(&self, turn: &::onhook::Turn) -> ::onhook::Rank {
        ::onhook::Rank::Anything
    }
    async fn dispatch(
        &self,
        turn: &::onhook::Turn,
    ) -> ::onhook::Result<::onhook::Outcome> {
        self.__onhook_right(turn).await
    }
}
::core::compile_error! {
    "unknown option `txt` of `#[on_message]`\nhelp: did you mean `text`?"
}
::core::compile_error! {
    "`#[on_message]` handler `wrong` must be an `async fn`\nhelp: write `async fn wrong`"
}
::core::compile_error! {
    "handlers run concurrently: `wrong` must take `&self`\nnote: calls share one bot; keep what changes behind a lock, or in the state of the conversation"
}
#[cfg(unix)]
::core::compile_error! {
    "handler `typing` must not be generic: it is called with what arrives, so `T` can never be inferred\nhelp: make the `impl` generic instead"
}
