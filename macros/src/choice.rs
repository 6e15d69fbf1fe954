//! `#[derive(Choice)]`: menus as enums.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::diagnostics::{Mistake, Mistakes};
use crate::menu::{Menu, MenuOption};
use crate::syntax::unraw;

/// Implements `Choice`, and serde's two traits, by which a journal keeps the choice.
///
/// ```text
/// #[derive(Choice)]
/// enum Menu { #[choice(key = '1', say = "opening hours")] Hours, #[choice(other)] Other(String) }
/// ────────────────────────────────────────────────────────────────────────────────────────────
/// impl Choice for Menu {
///     const NAME: &'static str = "Menu";
///     const OPTIONS: &'static [MenuOption] = &[MenuOption::new("Hours", Some('1'), "opening hours", &["opening hours"])];
///     const OTHER: Option<&'static str> = Some("Other");
///     fn pick(index: usize) -> Option<Self> { match index { 0 => Some(Self::Hours), _ => None } }
///     fn other(said: String) -> Option<Self> { Some(Self::Other(said)) }
///     fn chosen(&self) -> Chosen<'_> { match self { Self::Hours => Chosen::Option(0), Self::Other(said) => Chosen::Other(said) } }
/// }
/// impl Serialize for Menu { .. }
/// impl<'de> Deserialize<'de> for Menu { .. }
/// ```
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let item = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => {
            mistakes.push(Mistake::syntax(&error));
            return mistakes.to_token_stream();
        }
    };
    let Some(menu) = Menu::read(&item, &mut mistakes) else {
        return mistakes.to_token_stream();
    };
    let generics = match &item {
        syn::Item::Enum(item) => item.generics.clone(),
        _ => syn::Generics::default(),
    };
    if !generics.params.is_empty() {
        return mistakes.to_token_stream();
    }
    let Menu {
        ident,
        options,
        other,
        onhook,
    } = &menu;
    let private = quote!(#onhook::__private);
    let name = unraw(ident);
    let constants = options.iter().map(|option| {
        let MenuOption {
            ident,
            key,
            say,
            words,
        } = option;
        let name = unraw(ident);
        let key = if let Some(key) = key {
            quote!(::core::option::Option::Some(#key))
        } else {
            quote!(::core::option::Option::None)
        };
        quote!(#private::MenuOption::new(#name, #key, #say, &[#(#words),*]))
    });
    let variants: Vec<_> = options.iter().map(|option| &option.ident).collect();
    let indices: Vec<usize> = (0..variants.len()).collect();
    let text = quote!(#private::String);
    let other_items = other.as_ref().map(|other| {
        let name = unraw(other);
        quote! {
            const OTHER: ::core::option::Option<&'static ::core::primitive::str> = ::core::option::Option::Some(#name);
            fn other(said: #text) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(Self::#other(said))
            }
        }
    });
    let other_arm = other
        .as_ref()
        .map(|other| quote!(Self::#other(said) => #private::Chosen::Other(said),));
    // After a mistake the variants that it is about are left out.
    let rest_arm = (mistakes.count() > 0).then(|| {
        quote!(#[allow(unreachable_patterns)] _ => #private::Chosen::Option(::core::primitive::usize::MAX),)
    });
    let usize = quote!(::core::primitive::usize);
    quote! {
        #[automatically_derived]
        impl #onhook::question::Choice for #ident {
            const NAME: &'static ::core::primitive::str = #name;
            const OPTIONS: &'static [#private::MenuOption] = &[#(#constants),*];
            fn pick(index: #usize) -> ::core::option::Option<Self> {
                match index {
                    #(#indices => ::core::option::Option::Some(Self::#variants),)*
                    _ => ::core::option::Option::None,
                }
            }
            #other_items
            fn chosen(&self) -> #private::Chosen<'_> {
                match self {
                    #(Self::#variants => #private::Chosen::Option(#indices),)*
                    #other_arm
                    #rest_arm
                }
            }
        }
        #[automatically_derived]
        impl #private::serde::Serialize for #ident {
            fn serialize<S: #private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                #private::serialize_choice(self, serializer)
            }
        }
        #[automatically_derived]
        impl<'de> #private::serde::Deserialize<'de> for #ident {
            fn deserialize<D: #private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                #private::deserialize_choice(deserializer)
            }
        }
        #mistakes
    }
}
