//! What stands in the parentheses of an attribute, before anyone knows whether it makes sense.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Lit, Path};

use crate::diagnostics::{Mistake, Mistakes};

/// One value, with what is needed to say what was found.
#[derive(Clone)]
pub(crate) enum Value {
    /// A literal.
    Literal(Lit),
    /// `crate::NAME`, `OpenTicket`.
    Path(Path),
    /// `["yes", "yeah"]`
    List(TokenStream, Vec<Value>),
    /// `concat!(..)`, `1 + 1`
    Other(TokenStream),
}

/// An argument: `"name"`, or `text = "yes"`.
pub(crate) struct Argument {
    /// The option, if it is one.
    pub(crate) option: Option<(String, Span)>,
    /// What is given.
    pub(crate) value: Value,
}

impl Value {
    /// What it is, for "expected …, found …".
    pub(crate) fn description(&self) -> String {
        match self {
            Value::Literal(literal) => match literal {
                Lit::Str(_) => "a string",
                Lit::ByteStr(_) => "a byte string",
                Lit::CStr(_) => "a C string",
                Lit::Byte(_) => "a byte",
                Lit::Char(_) => "a character",
                Lit::Int(_) => "an integer",
                Lit::Float(_) => "a float",
                Lit::Bool(_) => "a boolean",
                _ => "another literal",
            }
            .to_owned(),
            Value::Path(path) => format!("`{}`", crate::printing::print(&path.to_token_stream())),
            Value::List(..) => "a list".to_owned(),
            Value::Other(tokens) => format!("`{}`", crate::printing::print(tokens)),
        }
    }

    fn parse(tokens: &[TokenTree], mistakes: &mut Mistakes) -> Option<Value> {
        match tokens {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => {
                // `$name:literal` of a `macro_rules!` macro.
                let inner: Vec<_> = group.stream().into_iter().collect();
                Value::parse(&inner, mistakes)
            }
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
                let values = split(group.stream(), mistakes)
                    .iter()
                    .filter_map(|piece| Value::parse(piece, mistakes))
                    .collect();
                Some(Value::List(TokenStream::from(tokens[0].clone()), values))
            }
            [TokenTree::Literal(_)] => syn::parse2(tokens[0].clone().into())
                .ok()
                .map(Value::Literal),
            [TokenTree::Ident(word)] if word == "true" || word == "false" => {
                syn::parse2(tokens[0].clone().into())
                    .ok()
                    .map(Value::Literal)
            }
            [TokenTree::Literal(first), rest @ ..] => {
                let found = quote!(#(#rest)*);
                mistakes.push(
                    Mistake::at(
                        &rest[0],
                        format!("expected `,`, found `{}`", crate::printing::print(&found)),
                    )
                    .help(format!(
                        "write `{first}, {}`",
                        crate::printing::print(&found)
                    )),
                );
                None
            }
            _ => {
                let tokens = quote!(#(#tokens)*);
                Some(syn::parse2(tokens.clone()).map_or(Value::Other(tokens), Value::Path))
            }
        }
    }
}

impl ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Value::Literal(literal) => literal.to_tokens(tokens),
            Value::Path(path) => path.to_tokens(tokens),
            Value::List(list, _) => list.to_tokens(tokens),
            Value::Other(other) => other.to_tokens(tokens),
        }
    }
}

/// What the attributes of a derived item say.
pub(crate) struct Attributes {
    /// There is one, perhaps without arguments.
    pub(crate) found: bool,
    /// There is one without arguments, which is reported.
    pub(crate) bare: bool,
    pub(crate) arguments: Vec<Argument>,
}

/// Reads the attributes of this name; `bare` is the mistake of one without arguments.
pub(crate) fn of_attributes(
    attributes: &[syn::Attribute],
    name: &str,
    bare: impl Fn(&syn::Meta) -> Mistake,
    mistakes: &mut Mistakes,
) -> Attributes {
    let mut read = Attributes {
        found: false,
        bare: false,
        arguments: Vec::new(),
    };
    for attribute in attributes {
        if !attribute.path().is_ident(name) {
            continue;
        }
        read.found = true;
        if let syn::Meta::List(list) = &attribute.meta {
            read.arguments.extend(parse(list.tokens.clone(), mistakes));
        } else {
            read.bare = true;
            mistakes.push(bare(&attribute.meta));
        }
    }
    read
}

/// The arguments in `tokens`; what cannot be read is reported and left out.
pub(crate) fn parse(tokens: TokenStream, mistakes: &mut Mistakes) -> Vec<Argument> {
    let mut arguments = Vec::new();
    for piece in split(tokens, mistakes) {
        let (option, value) = match &*piece {
            [TokenTree::Ident(word), TokenTree::Punct(equals), value @ ..]
                if equals.as_char() == '='
                    && !matches!(value.first(), Some(TokenTree::Punct(p)) if p.as_char() == '=') =>
            {
                (Some(word), value)
            }
            value => (None, value),
        };
        if let (Some(word), []) = (option, value) {
            mistakes.push(Mistake::at(
                &quote!(#(#piece)*),
                format!("expected a value: `{word} = ..`"),
            ));
            continue;
        }
        if let Some(value) = Value::parse(value, mistakes) {
            arguments.push(Argument {
                option: option.map(|word| (word.to_string(), word.span())),
                value,
            });
        }
    }
    arguments
}

/// Splits at commas; a trailing comma is fine, an empty piece is not.
fn split(tokens: TokenStream, mistakes: &mut Mistakes) -> Vec<Vec<TokenTree>> {
    let mut pieces = vec![Vec::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => {
                if pieces.last().is_some_and(Vec::is_empty) {
                    mistakes.push(Mistake::at(&token, "expected a value, found `,`"));
                } else {
                    pieces.push(Vec::new());
                }
            }
            _ => {
                if let Some(piece) = pieces.last_mut() {
                    piece.push(token);
                }
            }
        }
    }
    if pieces.last().is_some_and(Vec::is_empty) {
        pieces.pop();
    }
    pieces
}
