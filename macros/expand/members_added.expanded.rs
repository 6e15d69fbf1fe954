impl Contoso {
    /// Welcomes whoever calls.
    #[on_members_added(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn greet(&self, turn: &Turn, joined: MembersAdded<'_>) -> Result<()> {
        turn.say(self.greeting).await
    }
    const LIMIT: u8 = { 1 };
}
#[doc(hidden)]
#[allow(deprecated, non_snake_case, non_upper_case_globals, unused_qualifications)]
impl Contoso {
    fn __onhook_greet(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 3058810520u32);
        async move {
            let argument0 = ::onhook::__private::taken(
                <&Turn as ::onhook::FromTurn<
                    '_,
                    ::onhook::hook::on_members_added,
                >>::from_turn(turn),
                "on_members_added",
                "greet",
                "turn: &Turn",
            )?;
            let argument1 = ::onhook::__private::taken(
                <MembersAdded<
                    '_,
                > as ::onhook::FromTurn<
                    '_,
                    ::onhook::hook::on_members_added,
                >>::from_turn(turn),
                "on_members_added",
                "greet",
                "joined: MembersAdded<'_>",
            )?;
            <Result<
                (),
            > as ::onhook::IntoOutcome<
                ::onhook::hook::on_members_added,
            >>::into_outcome(self.greet(argument0, argument1).await)
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
        &[
            ::onhook::Hook::new(
                "on_members_added",
                "",
                "greet",
                "Welcomes whoever calls.",
            ),
        ]
    });
    fn rank(&self, turn: &::onhook::Turn) -> ::onhook::Rank {
        match ::onhook::Turn::kind(turn) {
            ::onhook::ActivityType::ConversationUpdate => {
                if ::onhook::__private::has_members_added(turn) {
                    return ::onhook::Rank::Exact;
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
            ::onhook::ActivityType::ConversationUpdate => {
                if ::onhook::__private::has_members_added(turn) {
                    return self.__onhook_greet(turn).await;
                }
            }
            _ => {}
        }
        ::core::result::Result::Ok(::onhook::Outcome::Unhandled)
    }
}
