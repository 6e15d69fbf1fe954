impl Contoso {
    #[on_members_added(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn greet(
        &self,
        call: &mut Dialog<'_>,
        joined: MembersAdded<'_>,
    ) -> Result<()> {
        call.say("Welcome.").await
    }
    #[on_message(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn agent(&self, turn: &Turn) -> Result<Flow> {
        Ok(Flow::Cancel)
    }
    #[on_dtmf(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn zero(&self, turn: &Turn) -> Result<Flow> {
        Ok(Flow::Resume)
    }
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
            let dialog = ::onhook::__private::DialogTurn::open(turn, "greet", 2u32)?;
            let mut call = dialog.call();
            dialog
                .drive(async {
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
                    >>::into_outcome(self.greet(&mut call, argument1).await)
                })
                .await
        }
    }
    fn __onhook_agent(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 375604941u32);
        async move {
            let argument0 = ::onhook::__private::taken(
                <&Turn as ::onhook::FromTurn<
                    '_,
                    ::onhook::hook::on_message,
                >>::from_turn(turn),
                "on_message",
                "agent",
                "turn: &Turn",
            )?;
            <Result<
                Flow,
            > as ::onhook::IntoOutcome<
                ::onhook::hook::on_message,
            >>::into_outcome(self.agent(argument0).await)
        }
    }
    fn __onhook_zero(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 1910714244u32);
        async move {
            let argument0 = ::onhook::__private::taken(
                <&Turn as ::onhook::FromTurn<
                    '_,
                    ::onhook::hook::on_dtmf,
                >>::from_turn(turn),
                "on_dtmf",
                "zero",
                "turn: &Turn",
            )?;
            <Result<
                Flow,
            > as ::onhook::IntoOutcome<
                ::onhook::hook::on_dtmf,
            >>::into_outcome(self.zero(argument0).await)
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
            ::onhook::Hook::new("on_members_added", "", "greet", ""),
            ::onhook::Hook::new("on_message", "agent", "agent", ""),
            ::onhook::Hook::new("on_dtmf", "0", "zero", ""),
        ]
    });
    fn rank(&self, turn: &::onhook::Turn) -> ::onhook::Rank {
        if let ::core::option::Option::Some(digit) = ::onhook::__private::key(turn) {
            match digit {
                '0' => return ::onhook::Rank::Key,
                _ => {}
            }
        }
        match ::onhook::Turn::kind(turn) {
            ::onhook::ActivityType::Message => {
                let said = ::onhook::__private::said(turn);
                if said.is("agent") {
                    return ::onhook::Rank::Exact;
                }
            }
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
        if let ::core::option::Option::Some(mut digit) = ::onhook::__private::first_key(
            turn,
        ) {
            let (mut taken, mut handled) = (false, false);
            loop {
                let outcome = match digit {
                    '0' => self.__onhook_zero(turn).await,
                    _ => {
                        match ::onhook::__private::next_key(turn) {
                            ::core::option::Option::Some(next) => {
                                digit = next;
                                continue;
                            }
                            ::core::option::Option::None => break,
                        }
                    }
                };
                if !::onhook::__private::are_several(turn) {
                    return outcome;
                }
                taken = true;
                handled |= ::onhook::__private::is_taken(outcome)?;
                match ::onhook::__private::next_key(turn) {
                    ::core::option::Option::Some(next) => digit = next,
                    ::core::option::Option::None => break,
                }
            }
            if taken {
                return ::core::result::Result::Ok(
                    if handled {
                        ::onhook::Outcome::Handled
                    } else {
                        ::onhook::Outcome::Unhandled
                    },
                );
            }
        }
        match ::onhook::Turn::kind(turn) {
            ::onhook::ActivityType::Message => {
                let said = ::onhook::__private::said(turn);
                if said.is("agent") {
                    return self.__onhook_agent(turn).await;
                }
            }
            ::onhook::ActivityType::ConversationUpdate => {
                if ::onhook::__private::has_members_added(turn) {
                    return self.__onhook_greet(turn).await;
                }
            }
            _ => {}
        }
        ::core::result::Result::Ok(::onhook::Outcome::Unhandled)
    }
    const DIALOGS: bool = true;
    async fn resume(
        &self,
        turn: &::onhook::Turn,
        dialog: &::core::primitive::str,
    ) -> ::onhook::Result<::onhook::Outcome> {
        match dialog {
            "greet" => return self.__onhook_greet(turn).await,
            _ => {}
        }
        ::core::result::Result::Ok(::onhook::Outcome::Unhandled)
    }
    async fn interrupt(
        &self,
        turn: &::onhook::Turn,
    ) -> ::onhook::Result<::onhook::Outcome> {
        if let ::core::option::Option::Some(digit) = ::onhook::__private::key(turn) {
            match digit {
                '0' => return self.__onhook_zero(turn).await,
                _ => {}
            }
        }
        let said = ::onhook::__private::said(turn);
        if said.is("agent") {
            return self.__onhook_agent(turn).await;
        }
        ::core::result::Result::Ok(::onhook::Outcome::Unhandled)
    }
    const STATE: ::onhook::__private::Scopes = ::onhook::__private::Scopes::all(
        &[
            ::onhook::__private::Scopes::all(
                &[
                    <MembersAdded<
                        '_,
                    > as ::onhook::FromTurn<'_, ::onhook::hook::on_members_added>>::STATE,
                ],
            ),
        ],
    );
}
