fn list() -> impl Bot {
    #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
    struct __OnhookHandlers;
    const __ONHOOK_KEYS: &[::onhook::__private::Row] = &[
        (0, <echo as ::onhook::Handler>::KEY, "echo"),
        #[cfg(unix)]
        (1, <recording::paused as ::onhook::Handler>::KEY, "recording::paused"),
    ];
    #[allow(deprecated, unused_mut, unused_qualifications, unused_variables)]
    impl __OnhookHandlers {
        async fn run(
            turn: &::onhook::Turn,
            mut choice: ::onhook::__private::Choice<'_>,
        ) -> ::onhook::Result<::onhook::Outcome> {
            choice.offer(__ONHOOK_KEYS);
            let mut outcome = ::onhook::Outcome::Unhandled;
            while let ::core::option::Option::Some(index) = choice.take() {
                let next = match index {
                    0 => <echo as ::onhook::Handler>::call(turn).await?,
                    #[cfg(unix)]
                    1 => <recording::paused as ::onhook::Handler>::call(turn).await?,
                    _ => ::onhook::Outcome::Unhandled,
                };
                outcome = outcome.and(next);
            }
            ::core::result::Result::Ok(outcome)
        }
    }
    #[automatically_derived]
    #[allow(deprecated, unused_qualifications)]
    impl ::onhook::Bot for __OnhookHandlers {
        const HOOKS: ::onhook::HookTable = ::onhook::HookTable::of(const {
            &[
                <echo as ::onhook::Handler>::HOOK,
                #[cfg(unix)]
                <recording::paused as ::onhook::Handler>::HOOK,
            ]
        });
        async fn dispatch(
            &self,
            turn: &::onhook::Turn,
        ) -> ::onhook::Result<::onhook::Outcome> {
            Self::run(turn, ::onhook::__private::Choice::dispatch(turn)).await
        }
        fn rank(&self, turn: &::onhook::Turn) -> ::onhook::Rank {
            ::onhook::__private::Choice::rank(turn, __ONHOOK_KEYS)
        }
        async fn before_turn(
            &self,
            turn: &::onhook::Turn,
        ) -> ::onhook::Result<::onhook::Outcome> {
            Self::run(turn, ::onhook::__private::Choice::before_turn(turn)).await
        }
        async fn after_turn(
            &self,
            turn: &::onhook::Turn,
        ) -> ::onhook::Result<::onhook::Outcome> {
            Self::run(turn, ::onhook::__private::Choice::after_turn(turn)).await
        }
        async fn on_error(
            &self,
            turn: &::onhook::Turn,
        ) -> ::onhook::Result<::onhook::Outcome> {
            Self::run(turn, ::onhook::__private::Choice::on_error(turn)).await
        }
    }
    #[cfg(unix)]
    const _: () = ::onhook::__private::Key::claim_at(__ONHOOK_KEYS, 1usize);
    __OnhookHandlers
}
