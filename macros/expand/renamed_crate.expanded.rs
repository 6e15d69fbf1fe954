impl Contoso {
    #[on_members_added(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn joined(&self) {}
    #[on_members_removed(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn left(&self) {}
    #[on_command_result(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn started(&self, turn: &Turn) -> Result<()> {}
    #[on_command(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn open(&self) {}
    #[on_event(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn literal(&self) {}
    #[on_event(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn constant(&self) {}
    #[on_dtmf(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn one(&self) {}
    #[on_message(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn yes(&self) {}
    #[on_error(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn failed(&self) {}
}
#[doc(hidden)]
#[allow(deprecated, non_snake_case, non_upper_case_globals, unused_qualifications)]
impl Contoso {
    fn __onhook_joined(
        &self,
        turn: &::topspin::Turn,
    ) -> impl ::core::future::Future<
        Output = ::topspin::Result<::topspin::Outcome>,
    > + ::core::marker::Send {
        ::topspin::__private::entered(turn, 748391262u32);
        async move {
            ::topspin::IntoOutcome::<
                ::topspin::hook::on_members_added,
            >::into_outcome(self.joined().await)
        }
    }
    fn __onhook_left(
        &self,
        turn: &::topspin::Turn,
    ) -> impl ::core::future::Future<
        Output = ::topspin::Result<::topspin::Outcome>,
    > + ::core::marker::Send {
        ::topspin::__private::entered(turn, 1942079116u32);
        async move {
            ::topspin::IntoOutcome::<
                ::topspin::hook::on_members_removed,
            >::into_outcome(self.left().await)
        }
    }
    fn __onhook_started(
        &self,
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
            >>::into_outcome(self.started(argument0).await)
        }
    }
    const __ONHOOK_KEY_open: ::topspin::__private::Key = ::topspin::__private::Key::named(
        ::topspin::__private::KeyKind::Command,
        <OpenTicket as ::topspin::Command>::NAME,
        <OpenTicket as ::topspin::Command>::ALIASES,
    );
    fn __onhook_open(
        &self,
        turn: &::topspin::Turn,
    ) -> impl ::core::future::Future<
        Output = ::topspin::Result<::topspin::Outcome>,
    > + ::core::marker::Send {
        ::topspin::__private::entered(turn, 898092718u32);
        async move {
            ::topspin::IntoOutcome::<
                ::topspin::hook::on_command<OpenTicket>,
            >::into_outcome(self.open().await)
        }
    }
    fn __onhook_literal(
        &self,
        turn: &::topspin::Turn,
    ) -> impl ::core::future::Future<
        Output = ::topspin::Result<::topspin::Outcome>,
    > + ::core::marker::Send {
        ::topspin::__private::entered(turn, 10492788u32);
        async move {
            ::topspin::IntoOutcome::<
                ::topspin::hook::on_event,
            >::into_outcome(self.literal().await)
        }
    }
    const __ONHOOK_KEY_constant: ::topspin::__private::Key = {
        let name: &'static ::core::primitive::str = A;
        ::topspin::__private::Key::named(::topspin::__private::KeyKind::Event, name, &[])
    };
    fn __onhook_constant(
        &self,
        turn: &::topspin::Turn,
    ) -> impl ::core::future::Future<
        Output = ::topspin::Result<::topspin::Outcome>,
    > + ::core::marker::Send {
        ::topspin::__private::entered(turn, 63152693u32);
        async move {
            ::topspin::IntoOutcome::<
                ::topspin::hook::on_event,
            >::into_outcome(self.constant().await)
        }
    }
    fn __onhook_one(
        &self,
        turn: &::topspin::Turn,
    ) -> impl ::core::future::Future<
        Output = ::topspin::Result<::topspin::Outcome>,
    > + ::core::marker::Send {
        ::topspin::__private::entered(turn, 2765552078u32);
        async move {
            ::topspin::IntoOutcome::<
                ::topspin::hook::on_dtmf,
            >::into_outcome(self.one().await)
        }
    }
    fn __onhook_yes(
        &self,
        turn: &::topspin::Turn,
    ) -> impl ::core::future::Future<
        Output = ::topspin::Result<::topspin::Outcome>,
    > + ::core::marker::Send {
        ::topspin::__private::entered(turn, 88822527u32);
        async move {
            ::topspin::IntoOutcome::<
                ::topspin::hook::on_message,
            >::into_outcome(self.yes().await)
        }
    }
    fn __onhook_failed(
        &self,
        turn: &::topspin::Turn,
    ) -> impl ::core::future::Future<
        Output = ::topspin::Result<::topspin::Outcome>,
    > + ::core::marker::Send {
        async move {
            ::topspin::IntoOutcome::<
                ::topspin::hook::on_error,
            >::into_outcome(self.failed().await)
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
impl ::topspin::Bot for Contoso {
    const HOOKS: ::topspin::HookTable = ::topspin::HookTable::of(const {
        &[
            ::topspin::Hook::new("on_members_added", "", "joined", ""),
            ::topspin::Hook::new("on_members_removed", "", "left", ""),
            ::topspin::Hook::new(
                "on_command_result",
                "channel/vnd.microsoft.telephony.recording.start",
                "started",
                "",
            ),
            ::topspin::Hook::new(
                "on_command",
                Self::__ONHOOK_KEY_open.name(),
                "open",
                "",
            ),
            ::topspin::Hook::new("on_event", "a", "literal", ""),
            ::topspin::Hook::new(
                "on_event",
                Self::__ONHOOK_KEY_constant.name(),
                "constant",
                "",
            ),
            ::topspin::Hook::new("on_dtmf", "1", "one", ""),
            ::topspin::Hook::new("on_message", "yes", "yes", ""),
            ::topspin::Hook::new("on_error", "", "failed", ""),
        ]
    });
    fn rank(&self, turn: &::topspin::Turn) -> ::topspin::Rank {
        if let ::core::option::Option::Some(digit) = ::topspin::__private::key(turn) {
            match digit {
                '1' => return ::topspin::Rank::Key,
                _ => {}
            }
        }
        match ::topspin::Turn::kind(turn) {
            ::topspin::ActivityType::Message => {
                let said = ::topspin::__private::said(turn);
                if said.is("yes") {
                    return ::topspin::Rank::Exact;
                }
            }
            ::topspin::ActivityType::ConversationUpdate => {
                if ::topspin::__private::has_members_added(turn) {
                    return ::topspin::Rank::Exact;
                }
                if ::topspin::__private::has_members_removed(turn) {
                    return ::topspin::Rank::Exact;
                }
            }
            ::topspin::ActivityType::Event => {
                match ::topspin::Turn::name(turn) {
                    "a" => return ::topspin::Rank::Exact,
                    name if Self::__ONHOOK_KEY_constant.is_named(name) => {
                        return ::topspin::Rank::Exact;
                    }
                    _ => {}
                }
            }
            ::topspin::ActivityType::Command => {
                match ::topspin::Turn::name(turn) {
                    name if Self::__ONHOOK_KEY_open.is_named(name) => {
                        return ::topspin::Rank::Exact;
                    }
                    _ => {}
                }
            }
            ::topspin::ActivityType::CommandResult => {
                match ::topspin::Turn::name(turn) {
                    "channel/vnd.microsoft.telephony.recording.start"
                    | "recording_start_command" => return ::topspin::Rank::Exact,
                    _ => {}
                }
            }
            _ => {}
        }
        ::topspin::Rank::Nothing
    }
    async fn dispatch(
        &self,
        turn: &::topspin::Turn,
    ) -> ::topspin::Result<::topspin::Outcome> {
        if let ::core::option::Option::Some(mut digit) = ::topspin::__private::first_key(
            turn,
        ) {
            let (mut taken, mut handled) = (false, false);
            loop {
                let outcome = match digit {
                    '1' => self.__onhook_one(turn).await,
                    _ => {
                        match ::topspin::__private::next_key(turn) {
                            ::core::option::Option::Some(next) => {
                                digit = next;
                                continue;
                            }
                            ::core::option::Option::None => break,
                        }
                    }
                };
                if !::topspin::__private::are_several(turn) {
                    return outcome;
                }
                taken = true;
                handled |= ::topspin::__private::is_taken(outcome)?;
                match ::topspin::__private::next_key(turn) {
                    ::core::option::Option::Some(next) => digit = next,
                    ::core::option::Option::None => break,
                }
            }
            if taken {
                return ::core::result::Result::Ok(
                    if handled {
                        ::topspin::Outcome::Handled
                    } else {
                        ::topspin::Outcome::Unhandled
                    },
                );
            }
        }
        match ::topspin::Turn::kind(turn) {
            ::topspin::ActivityType::Message => {
                let said = ::topspin::__private::said(turn);
                if said.is("yes") {
                    return self.__onhook_yes(turn).await;
                }
            }
            ::topspin::ActivityType::ConversationUpdate => {
                let (mut taken, mut outcome) = (false, ::topspin::Outcome::Unhandled);
                if ::topspin::__private::has_members_added(turn) {
                    taken = true;
                    outcome = outcome.and(self.__onhook_joined(turn).await?);
                }
                if ::topspin::__private::has_members_removed(turn) {
                    taken = true;
                    outcome = outcome.and(self.__onhook_left(turn).await?);
                }
                if taken {
                    return ::core::result::Result::Ok(outcome);
                }
            }
            ::topspin::ActivityType::Event => {
                match ::topspin::Turn::name(turn) {
                    "a" => return self.__onhook_literal(turn).await,
                    name if Self::__ONHOOK_KEY_constant.is_named(name) => {
                        return self.__onhook_constant(turn).await;
                    }
                    _ => {}
                }
            }
            ::topspin::ActivityType::Command => {
                match ::topspin::Turn::name(turn) {
                    name if Self::__ONHOOK_KEY_open.is_named(name) => {
                        return self.__onhook_open(turn).await;
                    }
                    _ => {}
                }
            }
            ::topspin::ActivityType::CommandResult => {
                match ::topspin::Turn::name(turn) {
                    "channel/vnd.microsoft.telephony.recording.start"
                    | "recording_start_command" => {
                        return self.__onhook_started(turn).await;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        ::core::result::Result::Ok(::topspin::Outcome::Unhandled)
    }
    async fn on_error(
        &self,
        turn: &::topspin::Turn,
    ) -> ::topspin::Result<::topspin::Outcome> {
        self.__onhook_failed(turn).await
    }
}
const _: () = ::topspin::__private::Key::claim(
    &[
        (
            ::topspin::__private::Key::new(
                ::topspin::__private::KeyKind::Event,
                "a",
                &[],
            ),
            "literal",
        ),
    ],
    <Contoso>::__ONHOOK_KEY_constant,
);
