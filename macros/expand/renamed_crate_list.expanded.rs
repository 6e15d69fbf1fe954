fn list() -> impl Bot {
    #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
    struct __OnhookHandlers;
    const __ONHOOK_KEYS: &[::topspin::__private::Row] = &[
        (0, <echo as ::topspin::Handler>::KEY, "echo"),
        (1, <recording::paused as ::topspin::Handler>::KEY, "recording::paused"),
    ];
    #[allow(deprecated, unused_mut, unused_qualifications, unused_variables)]
    impl __OnhookHandlers {
        async fn run(
            turn: &::topspin::Turn,
            mut choice: ::topspin::__private::Choice<'_>,
        ) -> ::topspin::Result<::topspin::Outcome> {
            choice.offer(__ONHOOK_KEYS);
            let mut outcome = ::topspin::Outcome::Unhandled;
            while let ::core::option::Option::Some(index) = choice.take() {
                let next = match index {
                    0 => <echo as ::topspin::Handler>::call(turn).await?,
                    1 => <recording::paused as ::topspin::Handler>::call(turn).await?,
                    _ => ::topspin::Outcome::Unhandled,
                };
                outcome = outcome.and(next);
            }
            ::core::result::Result::Ok(outcome)
        }
    }
    #[automatically_derived]
    #[allow(deprecated, unused_qualifications)]
    impl ::topspin::Bot for __OnhookHandlers {
        const HOOKS: ::topspin::HookTable = ::topspin::HookTable::of(const {
            &[
                <echo as ::topspin::Handler>::HOOK,
                <recording::paused as ::topspin::Handler>::HOOK,
            ]
        });
        async fn dispatch(
            &self,
            turn: &::topspin::Turn,
        ) -> ::topspin::Result<::topspin::Outcome> {
            Self::run(turn, ::topspin::__private::Choice::dispatch(turn)).await
        }
        fn rank(&self, turn: &::topspin::Turn) -> ::topspin::Rank {
            ::topspin::__private::Choice::rank(turn, __ONHOOK_KEYS)
        }
        async fn before_turn(
            &self,
            turn: &::topspin::Turn,
        ) -> ::topspin::Result<::topspin::Outcome> {
            Self::run(turn, ::topspin::__private::Choice::before_turn(turn)).await
        }
        async fn after_turn(
            &self,
            turn: &::topspin::Turn,
        ) -> ::topspin::Result<::topspin::Outcome> {
            Self::run(turn, ::topspin::__private::Choice::after_turn(turn)).await
        }
        async fn on_error(
            &self,
            turn: &::topspin::Turn,
        ) -> ::topspin::Result<::topspin::Outcome> {
            Self::run(turn, ::topspin::__private::Choice::on_error(turn)).await
        }
    }
    const _: () = ::topspin::__private::Key::claim_at(__ONHOOK_KEYS, 1usize);
    __OnhookHandlers
}
