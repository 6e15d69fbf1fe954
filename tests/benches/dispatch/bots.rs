//! Bots with 10, 50 and 150 handlers, three times each: generated from an `impl` block, generated from a list
//! of functions, and written by hand.
//!
//! All but four handlers are for events by name. The names have one length, which is the hardest case for a
//! `match` on strings: it compares lengths first.

use onhook::Turn;

/// What every handler does: next to nothing, so that what is measured is the way to it.
fn seen(turn: &Turn, what: usize) {
    std::hint::black_box((turn.responded(), what));
}

/// The bots of one size, from the names of their events.
macro_rules! bots {
    ($module:ident: $($handler:ident $name:tt)*) => {
        pub(crate) mod $module {
            use super::seen;
            use onhook::activity::ActivityType;
            use onhook::prelude::*;
            use onhook::{Activity, ChannelAccount, HookTable, Outcome};
            use onhook::testing::TestTurn;

            /// A turn for each handler.
            pub(crate) fn turns() -> Vec<TestTurn> {
                vec![
                    $(TestTurn::event($name),)*
                    TestTurn::message("pay my bill"),
                    TestTurn::dtmf('5'),
                    TestTurn::members_added(["caller"]),
                    TestTurn::new(Activity::end_of_conversation()),
                ]
            }

            pub(crate) struct Generated;

            #[bot]
            impl Generated {
                $(
                    #[on_event($name)]
                    async fn $handler(&self, turn: &Turn, name: Name<'_>) -> Result<()> {
                        seen(turn, name.len());
                        Ok(())
                    }
                )*

                #[on_message]
                async fn message(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
                    seen(turn, text.len());
                    Ok(())
                }

                #[on_dtmf]
                async fn key(&self, turn: &Turn, digit: Digit) -> Result<()> {
                    seen(turn, digit.0 as usize);
                    Ok(())
                }

                #[on_members_added]
                async fn joined(&self, turn: &Turn, joined: MembersAdded<'_>) -> Result<()> {
                    seen(turn, joined.others().count());
                    Ok(())
                }

                #[on_end_of_conversation]
                async fn ended(&self, turn: &Turn) -> Result<()> {
                    seen(turn, 0);
                    Ok(())
                }
            }

            pub(crate) struct ByHand;

            impl ByHand {
                $(
                    async fn $handler(&self, turn: &Turn, name: &str) -> Result<()> {
                        seen(turn, name.len());
                        Ok(())
                    }
                )*

                async fn message(&self, turn: &Turn, text: &str) -> Result<()> {
                    seen(turn, text.len());
                    Ok(())
                }

                async fn key(&self, turn: &Turn, digit: char) -> Result<()> {
                    seen(turn, digit as usize);
                    Ok(())
                }

                async fn joined(&self, turn: &Turn, joined: &[ChannelAccount], bot: Option<&str>) -> Result<()> {
                    seen(turn, joined.iter().filter(|member| member.id.as_deref() != bot).count());
                    Ok(())
                }

                async fn ended(&self, turn: &Turn) -> Result<()> {
                    seen(turn, 0);
                    Ok(())
                }
            }

            impl Bot for ByHand {
                const HOOKS: HookTable = HookTable::of(&[]);

                async fn dispatch(&self, turn: &Turn) -> Result<Outcome> {
                    let activity = turn.activity();
                    match activity.kind {
                        ActivityType::Event => match activity.name.as_deref() {
                            $(Some(name @ $name) => self.$handler(turn, name).await?,)*
                            _ => return Ok(Outcome::Unhandled),
                        },
                        ActivityType::Message => {
                            if let Some(digit) = activity.dtmf() {
                                self.key(turn, digit).await?;
                            } else if let Some(text) = &activity.text {
                                self.message(turn, text).await?;
                            } else {
                                return Ok(Outcome::Unhandled);
                            }
                        }
                        ActivityType::ConversationUpdate => {
                            let (joined, bot) = (activity.members_added(), activity.recipient_id());
                            if !joined.iter().any(|member| member.id.as_deref() != bot) {
                                return Ok(Outcome::Unhandled);
                            }
                            self.joined(turn, joined, bot).await?;
                        }
                        ActivityType::EndOfConversation => self.ended(turn).await?,
                        _ => return Ok(Outcome::Unhandled),
                    }
                    Ok(Outcome::Handled)
                }
            }

            /// The same handlers as functions.
            mod function {
                use super::seen;
                use onhook::prelude::*;

                $(
                    #[on_event($name)]
                    pub(super) async fn $handler(turn: &Turn, name: Name<'_>) -> Result<()> {
                        seen(turn, name.len());
                        Ok(())
                    }
                )*

                #[on_message]
                pub(super) async fn message(turn: &Turn, text: Text<'_>) -> Result<()> {
                    seen(turn, text.len());
                    Ok(())
                }

                #[on_dtmf]
                pub(super) async fn key(turn: &Turn, digit: Digit) -> Result<()> {
                    seen(turn, digit.0 as usize);
                    Ok(())
                }

                #[on_members_added]
                pub(super) async fn joined(turn: &Turn, joined: MembersAdded<'_>) -> Result<()> {
                    seen(turn, joined.others().count());
                    Ok(())
                }

                #[on_end_of_conversation]
                pub(super) async fn ended(turn: &Turn) -> Result<()> {
                    seen(turn, 0);
                    Ok(())
                }
            }

            /// The bot of these functions.
            pub(crate) fn listed() -> impl Bot {
                handlers![
                    $(function::$handler,)*
                    function::message, function::key, function::joined, function::ended
                ]
            }
        }
    };
}

bots! {
    ten:
    e000 "contoso/step-000" e001 "contoso/step-001" e002 "contoso/step-002" e003 "contoso/step-003"
    e004 "contoso/step-004" e005 "contoso/step-005"
}

bots! {
    fifty:
    e000 "contoso/step-000" e001 "contoso/step-001" e002 "contoso/step-002" e003 "contoso/step-003"
    e004 "contoso/step-004" e005 "contoso/step-005" e006 "contoso/step-006" e007 "contoso/step-007"
    e008 "contoso/step-008" e009 "contoso/step-009" e010 "contoso/step-010" e011 "contoso/step-011"
    e012 "contoso/step-012" e013 "contoso/step-013" e014 "contoso/step-014" e015 "contoso/step-015"
    e016 "contoso/step-016" e017 "contoso/step-017" e018 "contoso/step-018" e019 "contoso/step-019"
    e020 "contoso/step-020" e021 "contoso/step-021" e022 "contoso/step-022" e023 "contoso/step-023"
    e024 "contoso/step-024" e025 "contoso/step-025" e026 "contoso/step-026" e027 "contoso/step-027"
    e028 "contoso/step-028" e029 "contoso/step-029" e030 "contoso/step-030" e031 "contoso/step-031"
    e032 "contoso/step-032" e033 "contoso/step-033" e034 "contoso/step-034" e035 "contoso/step-035"
    e036 "contoso/step-036" e037 "contoso/step-037" e038 "contoso/step-038" e039 "contoso/step-039"
    e040 "contoso/step-040" e041 "contoso/step-041" e042 "contoso/step-042" e043 "contoso/step-043"
    e044 "contoso/step-044" e045 "contoso/step-045"
}

bots! {
    hundred_and_fifty:
    e000 "contoso/step-000" e001 "contoso/step-001" e002 "contoso/step-002" e003 "contoso/step-003"
    e004 "contoso/step-004" e005 "contoso/step-005" e006 "contoso/step-006" e007 "contoso/step-007"
    e008 "contoso/step-008" e009 "contoso/step-009" e010 "contoso/step-010" e011 "contoso/step-011"
    e012 "contoso/step-012" e013 "contoso/step-013" e014 "contoso/step-014" e015 "contoso/step-015"
    e016 "contoso/step-016" e017 "contoso/step-017" e018 "contoso/step-018" e019 "contoso/step-019"
    e020 "contoso/step-020" e021 "contoso/step-021" e022 "contoso/step-022" e023 "contoso/step-023"
    e024 "contoso/step-024" e025 "contoso/step-025" e026 "contoso/step-026" e027 "contoso/step-027"
    e028 "contoso/step-028" e029 "contoso/step-029" e030 "contoso/step-030" e031 "contoso/step-031"
    e032 "contoso/step-032" e033 "contoso/step-033" e034 "contoso/step-034" e035 "contoso/step-035"
    e036 "contoso/step-036" e037 "contoso/step-037" e038 "contoso/step-038" e039 "contoso/step-039"
    e040 "contoso/step-040" e041 "contoso/step-041" e042 "contoso/step-042" e043 "contoso/step-043"
    e044 "contoso/step-044" e045 "contoso/step-045" e046 "contoso/step-046" e047 "contoso/step-047"
    e048 "contoso/step-048" e049 "contoso/step-049" e050 "contoso/step-050" e051 "contoso/step-051"
    e052 "contoso/step-052" e053 "contoso/step-053" e054 "contoso/step-054" e055 "contoso/step-055"
    e056 "contoso/step-056" e057 "contoso/step-057" e058 "contoso/step-058" e059 "contoso/step-059"
    e060 "contoso/step-060" e061 "contoso/step-061" e062 "contoso/step-062" e063 "contoso/step-063"
    e064 "contoso/step-064" e065 "contoso/step-065" e066 "contoso/step-066" e067 "contoso/step-067"
    e068 "contoso/step-068" e069 "contoso/step-069" e070 "contoso/step-070" e071 "contoso/step-071"
    e072 "contoso/step-072" e073 "contoso/step-073" e074 "contoso/step-074" e075 "contoso/step-075"
    e076 "contoso/step-076" e077 "contoso/step-077" e078 "contoso/step-078" e079 "contoso/step-079"
    e080 "contoso/step-080" e081 "contoso/step-081" e082 "contoso/step-082" e083 "contoso/step-083"
    e084 "contoso/step-084" e085 "contoso/step-085" e086 "contoso/step-086" e087 "contoso/step-087"
    e088 "contoso/step-088" e089 "contoso/step-089" e090 "contoso/step-090" e091 "contoso/step-091"
    e092 "contoso/step-092" e093 "contoso/step-093" e094 "contoso/step-094" e095 "contoso/step-095"
    e096 "contoso/step-096" e097 "contoso/step-097" e098 "contoso/step-098" e099 "contoso/step-099"
    e100 "contoso/step-100" e101 "contoso/step-101" e102 "contoso/step-102" e103 "contoso/step-103"
    e104 "contoso/step-104" e105 "contoso/step-105" e106 "contoso/step-106" e107 "contoso/step-107"
    e108 "contoso/step-108" e109 "contoso/step-109" e110 "contoso/step-110" e111 "contoso/step-111"
    e112 "contoso/step-112" e113 "contoso/step-113" e114 "contoso/step-114" e115 "contoso/step-115"
    e116 "contoso/step-116" e117 "contoso/step-117" e118 "contoso/step-118" e119 "contoso/step-119"
    e120 "contoso/step-120" e121 "contoso/step-121" e122 "contoso/step-122" e123 "contoso/step-123"
    e124 "contoso/step-124" e125 "contoso/step-125" e126 "contoso/step-126" e127 "contoso/step-127"
    e128 "contoso/step-128" e129 "contoso/step-129" e130 "contoso/step-130" e131 "contoso/step-131"
    e132 "contoso/step-132" e133 "contoso/step-133" e134 "contoso/step-134" e135 "contoso/step-135"
    e136 "contoso/step-136" e137 "contoso/step-137" e138 "contoso/step-138" e139 "contoso/step-139"
    e140 "contoso/step-140" e141 "contoso/step-141" e142 "contoso/step-142" e143 "contoso/step-143"
    e144 "contoso/step-144" e145 "contoso/step-145"
}
