//! Function bodies, kept out of the parser's way.
//!
//! syn copies every token that it is given into a buffer of its own before it parses. Most tokens of a
//! block are in its bodies, which are never looked at: they are set aside first and put back afterwards.

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};

/// What stands where a body was: `{ __onhook_body 3 }`.
const MARK: &str = "__onhook_body";

/// Bodies in the order in which they were taken.
pub(crate) struct Bodies(Vec<Group>);

impl Bodies {
    /// Takes the bodies out of the last braces of `item`, which are those of an `impl` block.
    pub(crate) fn take(item: TokenStream) -> (TokenStream, Bodies) {
        let mut bodies = Bodies(Vec::new());
        let mut tokens: Vec<TokenTree> = item.into_iter().collect();
        if let Some(TokenTree::Group(block)) = tokens.last_mut()
            && block.delimiter() == Delimiter::Brace
        {
            let mut after_punct = true;
            let hollow = block.stream().into_iter().map(|token| {
                // `Foo<{ N }>`, `= { 1 }` and `h! { .. }` are no bodies; what follows a mark is left alone.
                let may_be_body = !std::mem::replace(&mut after_punct, ends_open(&token));
                match token {
                    TokenTree::Group(body)
                        if may_be_body && body.delimiter() == Delimiter::Brace =>
                    {
                        bodies.put(body)
                    }
                    token => token,
                }
            });
            let mut hollow = Group::new(Delimiter::Brace, hollow.collect());
            hollow.set_span(block.span());
            *block = hollow;
        }
        (tokens.into_iter().collect(), bodies)
    }

    fn put(&mut self, body: Group) -> TokenTree {
        let index = Literal::usize_unsuffixed(self.0.len());
        let mark = TokenTree::Ident(Ident::new(MARK, body.span()));
        let mut place = Group::new(Delimiter::Brace, [mark, index.into()].into_iter().collect());
        place.set_span(body.span());
        self.0.push(body);
        place.into()
    }

    /// The token that stood in the place of `token`.
    pub(crate) fn restore(&self, token: TokenTree) -> TokenTree {
        let TokenTree::Group(place) = &token else {
            return token;
        };
        if place.delimiter() != Delimiter::Brace {
            return token;
        }
        let mut inside = place.stream().into_iter();
        match (inside.next(), inside.next()) {
            (Some(TokenTree::Ident(mark)), Some(TokenTree::Literal(index))) if mark == MARK => {
                let body = index
                    .to_string()
                    .parse()
                    .ok()
                    .and_then(|index: usize| self.0.get(index));
                body.map_or(token, |body| body.clone().into())
            }
            _ => token,
        }
    }
}

/// Whether braces after `token` are something else than a body. A body follows `)`, a type or a `where`
/// clause; after the comma of the latter it is only not set aside.
fn ends_open(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if "<,=!".contains(punct.as_char()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_come_back() {
        for (item, taken) in [
            (
                "impl A { fn a() { 1 } const B: u8 = { 2 }; fn c() -> X<{ 3 }> { 4 } }",
                2,
            ),
            (
                "impl A { h! { 1 } fn a() where u8: Copy { 2 } fn b() where u8: Copy, { 3 } }",
                1,
            ),
            ("impl A {}", 0),
            ("struct A;", 0),
        ] {
            let item: TokenStream = item.parse().unwrap();
            let (hollow, bodies) = Bodies::take(item.clone());
            assert_eq!(bodies.0.len(), taken, "{item}");
            let restored = hollow.into_iter().map(|token| match token {
                TokenTree::Group(block) => {
                    let inside = block
                        .stream()
                        .into_iter()
                        .map(|token| bodies.restore(token));
                    Group::new(block.delimiter(), inside.collect()).into()
                }
                token => token,
            });
            assert_eq!(
                restored.collect::<TokenStream>().to_string(),
                item.to_string()
            );
        }
    }
}
