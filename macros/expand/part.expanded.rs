impl super::Contoso {
    #[on_message(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn pay(&self, turn: &Turn) -> Result<()> {
        turn.say("pay").await
    }
    #[on_event(__bound)]
    #[cfg(unix)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn opened(&self) {}
}
#[doc(hidden)]
#[allow(deprecated, non_snake_case, non_upper_case_globals, unused_qualifications)]
impl super::Contoso {
    fn __onhook_pay(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 1004309162u32);
        async move {
            let argument0 = ::onhook::__private::taken(
                <&Turn as ::onhook::FromTurn<
                    '_,
                    ::onhook::hook::on_message,
                >>::from_turn(turn),
                "on_message",
                "pay",
                "turn: &Turn",
            )?;
            <Result<
                (),
            > as ::onhook::IntoOutcome<
                ::onhook::hook::on_message,
            >>::into_outcome(self.pay(argument0).await)
        }
    }
    #[cfg(unix)]
    const __ONHOOK_KEY_opened: ::onhook::__private::Key = {
        let name: &'static ::core::primitive::str = OPENED;
        ::onhook::__private::Key::named(::onhook::__private::KeyKind::Event, name, &[])
    };
    #[cfg(unix)]
    fn __onhook_opened(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 1801029168u32);
        async move {
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_event,
            >::into_outcome(self.opened().await)
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
impl ::onhook::__private::Part<4613189061923820124> for super::Contoso {
    const HOOKS: ::onhook::HookTable = ::onhook::HookTable::of(const {
        &[
            ::onhook::Hook::new("on_message", "Pay!", "pay", ""),
            #[cfg(unix)]
            ::onhook::Hook::new(
                "on_event",
                Self::__ONHOOK_KEY_opened.name(),
                "opened",
                "",
            ),
        ]
    });
    const NAME: &'static ::core::primitive::str = "billing";
    const ROWS: &'static [::onhook::__private::Row] = const {
        &[
            (
                0,
                ::onhook::__private::Key::new(
                    ::onhook::__private::KeyKind::Message,
                    "pay",
                    &[],
                ),
                "pay",
            ),
            #[cfg(unix)]
            (1, Self::__ONHOOK_KEY_opened, "opened"),
        ]
    };
    fn rank(&self, turn: &::onhook::Turn) -> ::onhook::Rank {
        match ::onhook::Turn::kind(turn) {
            ::onhook::ActivityType::Message => {
                let said = ::onhook::__private::said(turn);
                if said.is("pay") {
                    return ::onhook::Rank::Exact;
                }
            }
            ::onhook::ActivityType::Event => {
                match ::onhook::Turn::name(turn) {
                    #[cfg(unix)]
                    name if Self::__ONHOOK_KEY_opened.is_named(name) => {
                        return ::onhook::Rank::Exact;
                    }
                    _ => {}
                }
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
                let said = ::onhook::__private::said(turn);
                if said.is("pay") {
                    return self.__onhook_pay(turn).await;
                }
            }
            ::onhook::ActivityType::Event => {
                match ::onhook::Turn::name(turn) {
                    #[cfg(unix)]
                    name if Self::__ONHOOK_KEY_opened.is_named(name) => {
                        return self.__onhook_opened(turn).await;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        ::core::result::Result::Ok(::onhook::Outcome::Unhandled)
    }
}
const _: () = {
    const __ONHOOK_BLOCKS: ::onhook::__private::Blocks = <super::Contoso as ::onhook::__private::Joins>::BLOCKS;
    const _: () = ::onhook::__private::Blocks::joined(&__ONHOOK_BLOCKS, "billing");
    const _: () = ::onhook::__private::Blocks::claim(&__ONHOOK_BLOCKS, "billing", 0);
    #[cfg(unix)]
    const _: () = ::onhook::__private::Blocks::claim(&__ONHOOK_BLOCKS, "billing", 1);
};
