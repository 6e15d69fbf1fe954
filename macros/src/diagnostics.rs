//! Mistakes: all of them are collected and reported in one run, beside the code that is still right.
//!
//! The text of a mistake is lower case, names the hook and the handler, and says what was found. Help and
//! notes are lines of the same error: on stable Rust a macro cannot attach them otherwise.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// One mistake and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    start: Span,
    end: Span,
    text: String,
    conditions: Vec<TokenStream>,
}

impl Mistake {
    /// A mistake under the whole of `tokens`.
    pub(crate) fn at(tokens: &impl ToTokens, text: impl Into<String>) -> Mistake {
        let mut spans = tokens
            .to_token_stream()
            .into_iter()
            .map(|token| token.span());
        let start = spans.next().unwrap_or_else(Span::call_site);
        let end = spans.last().unwrap_or(start);
        Mistake {
            start,
            end,
            text: text.into(),
            conditions: Vec::new(),
        }
    }

    /// A mistake under one token.
    pub(crate) fn at_span(span: Span, text: impl Into<String>) -> Mistake {
        Mistake {
            start: span,
            end: span,
            text: text.into(),
            conditions: Vec::new(),
        }
    }

    /// Says what to do.
    pub(crate) fn help(mut self, help: impl AsRef<str>) -> Mistake {
        self.text.push_str("\nhelp: ");
        self.text.push_str(help.as_ref());
        self
    }

    /// Says why.
    pub(crate) fn note(mut self, note: impl AsRef<str>) -> Mistake {
        self.text.push_str("\nnote: ");
        self.text.push_str(note.as_ref());
        self
    }

    /// `help: did you mean …`, if there is a guess.
    pub(crate) fn did_you_mean(self, guess: Option<impl AsRef<str>>) -> Mistake {
        match guess {
            Some(guess) => self.help(format!("did you mean `{}`?", guess.as_ref())),
            None => self,
        }
    }

    /// Makes it an error only where all of these `cfg` predicates hold: code that is not compiled has none.
    pub(crate) fn under(mut self, conditions: &[TokenStream]) -> Mistake {
        self.conditions.extend_from_slice(conditions);
        self
    }

    /// What went wrong inside the parser.
    pub(crate) fn syntax(error: &syn::Error) -> Mistake {
        Mistake::at_span(error.span(), error.to_string())
    }
}

impl ToTokens for Mistake {
    /// `#[cfg(..)] ::core::compile_error! { "text" }`: an item, and a statement too.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let text = {
            let mut literal = proc_macro2::Literal::string(&self.text);
            literal.set_span(self.end);
            TokenStream::from(TokenTree::from(literal))
        };
        let punct = |character, spacing| {
            let mut punct = Punct::new(character, spacing);
            punct.set_span(self.start);
            TokenTree::from(punct)
        };
        let mut body = Group::new(Delimiter::Brace, text);
        body.set_span(self.end);
        let conditions = &self.conditions;
        tokens.extend(quote!(#(#[cfg(#conditions)])*));
        // rustc underlines from the first token of the path to the last of the invocation.
        tokens.extend([
            punct(':', Spacing::Joint),
            punct(':', Spacing::Alone),
            Ident::new("core", self.start).into(),
            punct(':', Spacing::Joint),
            punct(':', Spacing::Alone),
            Ident::new("compile_error", self.start).into(),
            punct('!', Spacing::Alone),
            body.into(),
        ]);
    }
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// Adds one.
    pub(crate) fn push(&mut self, mistake: Mistake) {
        self.0.push(mistake);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Restricts what `find` finds to where `conditions` hold.
    pub(crate) fn under<T>(
        &mut self,
        conditions: &[TokenStream],
        find: impl FnOnce(&mut Mistakes) -> T,
    ) -> T {
        let mut found = Mistakes::default();
        let result = find(&mut found);
        self.0
            .extend(found.0.into_iter().map(|mistake| mistake.under(conditions)));
        result
    }
}

impl ToTokens for Mistakes {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for mistake in &self.0 {
            mistake.to_tokens(tokens);
        }
    }
}
