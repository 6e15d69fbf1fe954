#[automatically_derived]
impl ::onhook::question::Choice for Menu {
    const NAME: &'static ::core::primitive::str = "Menu";
    const OPTIONS: &'static [::onhook::__private::MenuOption] = &[
        ::onhook::__private::MenuOption::new(
            "Hours",
            ::core::option::Option::Some('1'),
            "opening hours",
            &["opening hours", "hours", "when are you open"],
        ),
        ::onhook::__private::MenuOption::new(
            "PayBill",
            ::core::option::Option::Some('2'),
            "pay bill",
            &["pay bill"],
        ),
    ];
    fn pick(index: ::core::primitive::usize) -> ::core::option::Option<Self> {
        match index {
            0usize => ::core::option::Option::Some(Self::Hours),
            1usize => ::core::option::Option::Some(Self::PayBill),
            _ => ::core::option::Option::None,
        }
    }
    const OTHER: ::core::option::Option<&'static ::core::primitive::str> = ::core::option::Option::Some(
        "Other",
    );
    fn other(said: ::onhook::__private::String) -> ::core::option::Option<Self> {
        ::core::option::Option::Some(Self::Other(said))
    }
    fn chosen(&self) -> ::onhook::__private::Chosen<'_> {
        match self {
            Self::Hours => ::onhook::__private::Chosen::Option(0usize),
            Self::PayBill => ::onhook::__private::Chosen::Option(1usize),
            Self::Other(said) => ::onhook::__private::Chosen::Other(said),
        }
    }
}
#[automatically_derived]
impl ::onhook::__private::serde::Serialize for Menu {
    fn serialize<S: ::onhook::__private::serde::Serializer>(
        &self,
        serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        ::onhook::__private::serialize_choice(self, serializer)
    }
}
#[automatically_derived]
impl<'de> ::onhook::__private::serde::Deserialize<'de> for Menu {
    fn deserialize<D: ::onhook::__private::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::onhook::__private::deserialize_choice(deserializer)
    }
}
