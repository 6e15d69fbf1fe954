impl<'b, T> Shop<'b, T>
where
    T: Send + Sync,
{
    #[on_dtmf(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async)]
    async fn digits() {}
    #[on_message(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn yes<'t>(&self, text: Text<'t>) {}
    #[on_message(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn any(&self) {}
    #[on_members_added(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn joined(&self) {}
    #[on_members_removed(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn left(&self) {}
    #[on_command_result(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn started(&self, result: CommandResult<RecordingStart>) -> Result<Flow> {}
    #[on_command(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn open(&self, State(shop): State<T>) {}
    #[on_event(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn r#match(&self) {}
    #[cfg(feature = "typing")]
    #[on_typing(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn typing(&self) {}
    #[cfg_attr(unix, on_activity(__bound))]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn rest(&self) {}
    #[before_turn(__bound)]
    #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    async fn before(&self) {}
}
#[doc(hidden)]
#[allow(deprecated, non_snake_case, non_upper_case_globals, unused_qualifications)]
impl<'b, T> Shop<'b, T>
where
    T: Send + Sync,
{
    fn __onhook_digits(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 3058153296u32);
        async move {
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_dtmf,
            >::into_outcome(Self::digits().await)
        }
    }
    fn __onhook_yes(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 88822527u32);
        async move {
            let argument0 = ::onhook::__private::taken(
                <Text<
                    '_,
                > as ::onhook::FromTurn<
                    '_,
                    ::onhook::hook::on_message,
                >>::from_turn(turn),
                "on_message",
                "yes",
                "text: Text<'t>",
            )?;
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_message,
            >::into_outcome(self.yes(argument0).await)
        }
    }
    fn __onhook_any(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 1842013118u32);
        async move {
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_message,
            >::into_outcome(self.any().await)
        }
    }
    fn __onhook_joined(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 748391262u32);
        async move {
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_members_added,
            >::into_outcome(self.joined().await)
        }
    }
    fn __onhook_left(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 1942079116u32);
        async move {
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_members_removed,
            >::into_outcome(self.left().await)
        }
    }
    fn __onhook_started(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 1154445083u32);
        async move {
            let argument0 = ::onhook::__private::taken(
                <CommandResult<
                    RecordingStart,
                > as ::onhook::FromTurn<
                    '_,
                    ::onhook::hook::on_command_result<::onhook::RecordingStart>,
                >>::from_turn(turn),
                "on_command_result",
                "started",
                "result: CommandResult<RecordingStart>",
            )?;
            <Result<
                Flow,
            > as ::onhook::IntoOutcome<
                ::onhook::hook::on_command_result<::onhook::RecordingStart>,
            >>::into_outcome(self.started(argument0).await)
        }
    }
    const __ONHOOK_KEY_open: ::onhook::__private::Key = ::onhook::__private::Key::named(
        ::onhook::__private::KeyKind::Command,
        <OpenTicket as ::onhook::Command>::NAME,
        <OpenTicket as ::onhook::Command>::ALIASES,
    );
    fn __onhook_open(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 898092718u32);
        async move {
            let argument0 = ::onhook::__private::taken(
                <State<
                    T,
                > as ::onhook::FromTurn<
                    '_,
                    ::onhook::hook::on_command<OpenTicket>,
                >>::from_turn(turn),
                "on_command",
                "open",
                "State(shop): State<T>",
            )?;
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_command<OpenTicket>,
            >::into_outcome(self.open(argument0).await)
        }
    }
    const __ONHOOK_KEY_match: ::onhook::__private::Key = {
        let name: &'static ::core::primitive::str = names::HELLO;
        ::onhook::__private::Key::named(::onhook::__private::KeyKind::Event, name, &[])
    };
    fn __onhook_match(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 1169424966u32);
        async move {
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_event,
            >::into_outcome(self.r#match().await)
        }
    }
    #[cfg(feature = "typing")]
    fn __onhook_typing(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 375890221u32);
        async move {
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_typing,
            >::into_outcome(self.typing().await)
        }
    }
    #[cfg(unix)]
    fn __onhook_rest(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 2990048730u32);
        async move {
            ::onhook::IntoOutcome::<
                ::onhook::hook::on_activity,
            >::into_outcome(self.rest().await)
        }
    }
    fn __onhook_before(
        &self,
        turn: &::onhook::Turn,
    ) -> impl ::core::future::Future<
        Output = ::onhook::Result<::onhook::Outcome>,
    > + ::core::marker::Send {
        ::onhook::__private::entered(turn, 2244348243u32);
        async move {
            ::onhook::IntoOutcome::<
                ::onhook::hook::before_turn,
            >::into_outcome(self.before().await)
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
impl<'b, T> ::onhook::Bot for Shop<'b, T>
where
    T: Send + Sync,
{
    const HOOKS: ::onhook::HookTable = ::onhook::HookTable::of(const {
        &[
            ::onhook::Hook::new("on_dtmf", "1 | 2", "digits", ""),
            ::onhook::Hook::new("on_message", "yes | yeah", "yes", ""),
            ::onhook::Hook::new("on_message", "", "any", ""),
            ::onhook::Hook::new("on_members_added", "", "joined", ""),
            ::onhook::Hook::new("on_members_removed", "", "left", ""),
            ::onhook::Hook::new(
                "on_command_result",
                "channel/vnd.microsoft.telephony.recording.start",
                "started",
                "",
            ),
            ::onhook::Hook::new(
                "on_command",
                Self::__ONHOOK_KEY_open.name(),
                "open",
                "",
            ),
            ::onhook::Hook::new(
                "on_event",
                Self::__ONHOOK_KEY_match.name(),
                "match",
                "",
            ),
            #[cfg(feature = "typing")]
            ::onhook::Hook::new("on_typing", "", "typing", ""),
            #[cfg(unix)]
            ::onhook::Hook::new("on_activity", "", "rest", ""),
            ::onhook::Hook::new("before_turn", "", "before", ""),
        ]
    });
    fn rank(&self, turn: &::onhook::Turn) -> ::onhook::Rank {
        if let ::core::option::Option::Some(digit) = ::onhook::__private::key(turn) {
            match digit {
                '1' | '2' => return ::onhook::Rank::Key,
                _ => {}
            }
        }
        match ::onhook::Turn::kind(turn) {
            ::onhook::ActivityType::Message => {
                let said = ::onhook::__private::said(turn);
                if said.is("yes") || said.is("yeah") {
                    return ::onhook::Rank::Exact;
                }
                return ::onhook::Rank::Kind;
            }
            ::onhook::ActivityType::ConversationUpdate => {
                if ::onhook::__private::has_members_added(turn) {
                    return ::onhook::Rank::Exact;
                }
                if ::onhook::__private::has_members_removed(turn) {
                    return ::onhook::Rank::Exact;
                }
            }
            ::onhook::ActivityType::Event => {
                match ::onhook::Turn::name(turn) {
                    name if Self::__ONHOOK_KEY_match.is_named(name) => {
                        return ::onhook::Rank::Exact;
                    }
                    _ => {}
                }
            }
            ::onhook::ActivityType::Command => {
                match ::onhook::Turn::name(turn) {
                    name if Self::__ONHOOK_KEY_open.is_named(name) => {
                        return ::onhook::Rank::Exact;
                    }
                    _ => {}
                }
            }
            ::onhook::ActivityType::CommandResult => {
                match ::onhook::Turn::name(turn) {
                    "channel/vnd.microsoft.telephony.recording.start"
                    | "recording_start_command" => return ::onhook::Rank::Exact,
                    _ => {}
                }
            }
            ::onhook::ActivityType::Typing => {
                #[cfg(feature = "typing")] return ::onhook::Rank::Kind;
            }
            _ => {}
        }
        #[cfg(unix)] return ::onhook::Rank::Anything;
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
                    '1' | '2' => self.__onhook_digits(turn).await,
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
                if said.is("yes") || said.is("yeah") {
                    return self.__onhook_yes(turn).await;
                }
                return self.__onhook_any(turn).await;
            }
            ::onhook::ActivityType::ConversationUpdate => {
                let (mut taken, mut outcome) = (false, ::onhook::Outcome::Unhandled);
                if ::onhook::__private::has_members_added(turn) {
                    taken = true;
                    outcome = outcome.and(self.__onhook_joined(turn).await?);
                }
                if ::onhook::__private::has_members_removed(turn) {
                    taken = true;
                    outcome = outcome.and(self.__onhook_left(turn).await?);
                }
                if taken {
                    return ::core::result::Result::Ok(outcome);
                }
            }
            ::onhook::ActivityType::Event => {
                match ::onhook::Turn::name(turn) {
                    name if Self::__ONHOOK_KEY_match.is_named(name) => {
                        return self.__onhook_match(turn).await;
                    }
                    _ => {}
                }
            }
            ::onhook::ActivityType::Command => {
                match ::onhook::Turn::name(turn) {
                    name if Self::__ONHOOK_KEY_open.is_named(name) => {
                        return self.__onhook_open(turn).await;
                    }
                    _ => {}
                }
            }
            ::onhook::ActivityType::CommandResult => {
                match ::onhook::Turn::name(turn) {
                    "channel/vnd.microsoft.telephony.recording.start"
                    | "recording_start_command" => {
                        return self.__onhook_started(turn).await;
                    }
                    _ => {}
                }
            }
            ::onhook::ActivityType::Typing => {
                #[cfg(feature = "typing")] return self.__onhook_typing(turn).await;
            }
            _ => {}
        }
        #[cfg(unix)] return self.__onhook_rest(turn).await;
        ::core::result::Result::Ok(::onhook::Outcome::Unhandled)
    }
    async fn before_turn(
        &self,
        turn: &::onhook::Turn,
    ) -> ::onhook::Result<::onhook::Outcome> {
        self.__onhook_before(turn).await
    }
}
