impl Contoso {
    #[on_message(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn other(&self) {}
}
#[doc(hidden)]
#[allow(deprecated, non_snake_case, non_upper_case_globals, unused_qualifications)]
impl Contoso {
    fn __onhook_other(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 4124084502u32);
        async move {
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_message,
            >::into_outcome(self.other().await)
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
impl ::onhook::__private::Part<13654797126542227777> for Contoso {
    const HOOKS: ::onhook::HookTable = ::onhook::HookTable::of(const {
        &[::onhook::Hook::new("on_message", "", "other", "")]
    });
    const NAME: &'static ::core::primitive::str = "";
    const ROWS: &'static [::onhook::__private::Row] = const {
        &[
            (
                0,
                ::onhook::__private::Key::new(
                    ::onhook::__private::KeyKind::Message,
                    "",
                    &[],
                ),
                "other",
            ),
        ]
    };
    fn rank(&self, turn: &::onhook::Turn) -> ::onhook::Rank {
        match ::onhook::Turn::kind(turn) {
            ::onhook::ActivityType::Message => {
                return ::onhook::Rank::Kind;
            }
            _ => {}
        }
        ::onhook::Rank::Nothing
    }
    async fn dispatch(
        &self,
        turn: &::onhook::Turn,
    ) -> ::onhook::Result<::onhook::Outcome> {
        match ::onhook::Turn::kind(turn) {
            ::onhook::ActivityType::Message => {
                return self.__onhook_other(turn).await;
            }
            _ => {}
        }
        ::core::result::Result::Ok(::onhook::Outcome::Unhandled)
    }
}
#[automatically_derived]
impl ::onhook::__private::Whole<13654797126542227777> for Contoso {
    fn joined(&self) -> impl ::onhook::Bot {
        ::onhook::__private::Joined(
            ::onhook::__private::PartOf::<Self, 13654797126542227777>(self),
            ::onhook::__private::Joined(
                ::onhook::__private::PartOf::<Self, 4613189061923820124>(self),
                ::onhook::__private::PartOf::<Self, 4827579124670394010>(self),
            ),
        )
    }
}
#[automatically_derived]
impl ::onhook::Bot for Contoso {
    const HOOKS: ::onhook::HookTable = ::onhook::__private::hooks_of(
        <Self as ::onhook::__private::Whole<13654797126542227777>>::joined,
    );
    const BLOCKS: ::onhook::__private::Blocks = ::onhook::__private::blocks_of(
        <Self as ::onhook::__private::Whole<13654797126542227777>>::joined,
    );
    const DIALOGS: ::core::primitive::bool = ::onhook::__private::has_dialogs(
        <Self as ::onhook::__private::Whole<13654797126542227777>>::joined,
    );
    const STATE: ::onhook::__private::Scopes = ::onhook::__private::state_of(
        <Self as ::onhook::__private::Whole<13654797126542227777>>::joined,
    );
    async fn resume(
        &self,
        turn: &::onhook::Turn,
        dialog: &::core::primitive::str,
    ) -> ::onhook::Result<::onhook::Outcome> {
        ::onhook::Bot::resume(
                &<Self as ::onhook::__private::Whole<
                    13654797126542227777,
                >>::joined(self),
                turn,
                dialog,
            )
            .await
    }
    fn rank(&self, turn: &::onhook::Turn) -> ::onhook::Rank {
        ::onhook::Bot::rank(
            &<Self as ::onhook::__private::Whole<13654797126542227777>>::joined(self),
            turn,
        )
    }
    async fn dispatch(
        &self,
        turn: &::onhook::Turn,
    ) -> ::onhook::Result<::onhook::Outcome> {
        ::onhook::Bot::dispatch(
                &<Self as ::onhook::__private::Whole<
                    13654797126542227777,
                >>::joined(self),
                turn,
            )
            .await
    }
    async fn interrupt(
        &self,
        turn: &::onhook::Turn,
    ) -> ::onhook::Result<::onhook::Outcome> {
        ::onhook::Bot::interrupt(
                &<Self as ::onhook::__private::Whole<
                    13654797126542227777,
                >>::joined(self),
                turn,
            )
            .await
    }
    async fn before_turn(
        &self,
        turn: &::onhook::Turn,
    ) -> ::onhook::Result<::onhook::Outcome> {
        ::onhook::Bot::before_turn(
                &<Self as ::onhook::__private::Whole<
                    13654797126542227777,
                >>::joined(self),
                turn,
            )
            .await
    }
    async fn after_turn(
        &self,
        turn: &::onhook::Turn,
    ) -> ::onhook::Result<::onhook::Outcome> {
        ::onhook::Bot::after_turn(
                &<Self as ::onhook::__private::Whole<
                    13654797126542227777,
                >>::joined(self),
                turn,
            )
            .await
    }
    async fn on_error(
        &self,
        turn: &::onhook::Turn,
    ) -> ::onhook::Result<::onhook::Outcome> {
        ::onhook::Bot::on_error(
                &<Self as ::onhook::__private::Whole<
                    13654797126542227777,
                >>::joined(self),
                turn,
            )
            .await
    }
}
