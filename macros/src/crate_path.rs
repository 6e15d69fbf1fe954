//! Where generated code finds the runtime: `::onhook`, or what `crate = ..` says.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

use crate::arguments::Value;
use crate::diagnostics::{Mistake, Mistakes};

/// The absolute path of the runtime crate.
#[derive(Clone)]
pub(crate) struct CratePath(TokenStream);

impl Default for CratePath {
    fn default() -> CratePath {
        CratePath(quote!(::onhook))
    }
}

impl CratePath {
    /// The path given as `crate = ..`. A relative one is refused: inside generated modules and blocks it
    /// could mean something else.
    pub(crate) fn new(value: &Value, mistakes: &mut Mistakes) -> CratePath {
        let Value::Path(path) = value else {
            mistakes.push(Mistake::at(
                value,
                format!(
                    "expected a path to the crate, found {}",
                    value.description()
                ),
            ));
            return CratePath::default();
        };
        let absolute = path.leading_colon.is_some()
            || path
                .segments
                .first()
                .is_some_and(|first| first.ident == "crate" || first.ident == "$crate");
        if absolute {
            return CratePath(path.to_token_stream());
        }
        let written = crate::printing::print(&path.to_token_stream());
        mistakes.push(
            Mistake::at(
                path,
                format!("the path of `crate = {written}` must be absolute"),
            )
            .help(format!("write `::{written}` or `crate::{written}`")),
        );
        CratePath::default()
    }

    /// The path with the place of its tokens changed: rustc underlines from the first token of an
    /// expression, and where that is this path, it must stand where the rest does.
    pub(crate) fn at(&self, place: Span) -> CratePath {
        let moved = self.0.clone().into_iter().map(|mut token| {
            token.set_span(token.span().located_at(place));
            token
        });
        CratePath(moved.collect())
    }
}

impl ToTokens for CratePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
