//! A lenient reading of the item under an attribute: signatures are parsed, bodies are kept as they are.
//!
//! A body is one token tree here, whatever is in it. That is many times faster than parsing it, lets new
//! syntax through, and leaves a mistake inside to rustc, which then reports it once and in its own words.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Generics, Ident, Result, Signature, Token, Type, Visibility, token};

use crate::bodies::Bodies;

/// A function or method.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// `None`: a declaration in a trait.
    pub(crate) body: Option<TokenTree>,
    /// Whether a hook is on it.
    pub(crate) is_handler: bool,
}

/// An item that may or may not be a function.
pub(crate) enum Item {
    Function(Box<Function>),
    Other(Other),
}

/// An item that is no function.
pub(crate) struct Other {
    pub(crate) attributes: Vec<Attribute>,
    /// "`struct`", "an `impl` block", …
    pub(crate) description: String,
    /// The keyword and the name, to point at.
    pub(crate) head: TokenStream,
    pub(crate) tokens: TokenStream,
}

/// An `impl` block.
pub(crate) struct ImplBlock {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) generics: Generics,
    pub(crate) self_type: Type,
    /// `Trait for`
    pub(crate) of_trait: Option<TokenStream>,
    pub(crate) inner: Vec<Attribute>,
    pub(crate) members: Vec<Item>,
    brace: token::Brace,
    unsafety: Option<Token![unsafe]>,
    impl_token: Token![impl],
}

impl Parse for Item {
    fn parse(input: ParseStream) -> Result<Item> {
        let attributes = input.call(Attribute::parse_outer)?;
        let ahead = input.fork();
        ahead.parse::<Visibility>()?;
        if !starts_function(&ahead) {
            return Other::parse(attributes, input).map(Item::Other);
        }
        let visibility = input.parse()?;
        let signature = input.parse()?;
        let body = if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            None
        } else {
            let body: TokenTree = input.parse()?;
            if !matches!(&body, TokenTree::Group(g) if matches!(g.delimiter(), Delimiter::Brace | Delimiter::None))
            {
                return Err(syn::Error::new(
                    body.span(),
                    "expected the body of the function",
                ));
            }
            Some(body)
        };
        Ok(Item::Function(Box::new(Function {
            attributes,
            visibility,
            signature,
            body,
            is_handler: false,
        })))
    }
}

/// Whether `const`, `async`, `unsafe`, `extern "C"` or nothing leads to `fn`.
fn starts_function(input: ParseStream) -> bool {
    let ahead = input.fork();
    loop {
        if ahead.peek(Token![fn]) {
            return true;
        }
        let qualifier = ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
            || ahead.peek(Token![extern])
            || ahead.peek(syn::LitStr);
        if !qualifier || ahead.parse::<TokenTree>().is_err() {
            return false;
        }
    }
}

impl Other {
    /// Takes one item's tokens: up to a `;`, or to the braces that end it.
    fn parse(attributes: Vec<Attribute>, input: ParseStream) -> Result<Other> {
        let mut tokens = TokenStream::new();
        let visibility: Visibility = input.parse()?;
        visibility.to_tokens(&mut tokens);
        let ahead = input.fork();
        let (mut keyword, mut head) = (String::new(), TokenStream::new());
        while head.is_empty() || !ahead.is_empty() {
            let token: TokenTree = ahead.parse()?;
            let named = !keyword.is_empty();
            match &token {
                TokenTree::Ident(word) if !named && (word == "unsafe" || word == "default") => {}
                TokenTree::Ident(word) => {
                    if !named {
                        keyword = word.to_string();
                    }
                    head.append(token);
                    if named || keyword == "impl" {
                        break;
                    }
                }
                _ if head.is_empty() => head.append(token),
                _ => break,
            }
        }
        // `const X: T = { 1 };` and `static` end at the `;`; everything else may also end with braces.
        let to_semicolon = matches!(&*keyword, "const" | "static" | "type" | "use" | "let");
        while !input.is_empty() {
            let token: TokenTree = input.parse()?;
            let ends = match &token {
                TokenTree::Punct(punct) => punct.as_char() == ';',
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !to_semicolon,
                _ => false,
            };
            tokens.append(token);
            if ends {
                break;
            }
        }
        let description = match &*keyword {
            "impl" => "an `impl` block".to_owned(),
            "enum" | "struct" | "union" | "trait" | "mod" | "static" | "const" | "type" | "use"
            | "extern" | "let" => {
                format!("`{keyword}`")
            }
            _ => "something else".to_owned(),
        };
        Ok(Other {
            attributes,
            description,
            head,
            tokens,
        })
    }

    /// `h` of `h!()`, if it is a macro invocation.
    pub(crate) fn macro_name(&self) -> Option<String> {
        let mut tokens = self.tokens.clone().into_iter();
        match (tokens.next(), tokens.next()) {
            (Some(TokenTree::Ident(name)), Some(TokenTree::Punct(bang)))
                if bang.as_char() == '!' =>
            {
                Some(name.to_string())
            }
            _ => None,
        }
    }

    /// The kind of member that it is, and its name.
    pub(crate) fn named(&self) -> (&'static str, String) {
        let mut head = self.head.clone().into_iter().map(|token| token.to_string());
        let kind = match head.next().as_deref() {
            Some("const") => "constant",
            Some("type") => "type",
            Some("static") => "static",
            _ => "item",
        };
        (kind, head.next().unwrap_or_default())
    }
}

impl ImplBlock {
    /// Reads a block without its bodies.
    pub(crate) fn read(item: TokenStream) -> Result<ImplBlock> {
        let (hollow, bodies) = Bodies::take(item);
        let mut block: ImplBlock = syn::parse2(hollow)?;
        for member in &mut block.members {
            match member {
                Item::Function(function) => {
                    function.body = function.body.take().map(|body| bodies.restore(body));
                }
                Item::Other(other) => {
                    let tokens = std::mem::take(&mut other.tokens);
                    other.tokens = tokens
                        .into_iter()
                        .map(|token| bodies.restore(token))
                        .collect();
                }
            }
        }
        Ok(block)
    }
}

impl Parse for ImplBlock {
    fn parse(input: ParseStream) -> Result<ImplBlock> {
        let attributes = input.call(Attribute::parse_outer)?;
        let unsafety = input.parse()?;
        let impl_token = input.parse()?;
        let mut generics: Generics = if input.peek(Token![<]) {
            input.parse()?
        } else {
            Generics::default()
        };
        let negative: Option<Token![!]> = input.parse()?;
        let mut self_type: Type = input.parse()?;
        let mut of_trait = None;
        if let Some(token) = input.parse::<Option<Token![for]>>()? {
            let mut head = negative.to_token_stream();
            self_type.to_tokens(&mut head);
            token.to_tokens(&mut head);
            of_trait = Some(head);
            self_type = input.parse()?;
        }
        generics.where_clause = input.parse()?;
        let content;
        let brace = syn::braced!(content in input);
        let inner = content.call(Attribute::parse_inner)?;
        let mut members = Vec::new();
        while !content.is_empty() {
            members.push(content.parse()?);
        }
        Ok(ImplBlock {
            attributes,
            generics,
            self_type,
            of_trait,
            inner,
            members,
            brace,
            unsafety,
            impl_token,
        })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attributes);
        if self.is_handler {
            self.allow_form(tokens);
        }
        self.visibility.to_tokens(tokens);
        self.signature.to_tokens(tokens);
        match &self.body {
            Some(body) => body.to_tokens(tokens),
            None => <Token![;]>::default().to_tokens(tokens),
        }
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Item::Function(function) => function.to_tokens(tokens),
            Item::Other(other) => {
                tokens.append_all(&other.attributes);
                other.tokens.to_tokens(tokens);
            }
        }
    }
}

impl ToTokens for ImplBlock {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attributes);
        self.unsafety.to_tokens(tokens);
        self.impl_token.to_tokens(tokens);
        self.generics.to_tokens(tokens);
        self.of_trait.to_tokens(tokens);
        self.self_type.to_tokens(tokens);
        self.generics.where_clause.to_tokens(tokens);
        self.brace.surround(tokens, |tokens| {
            tokens.append_all(&self.inner);
            tokens.append_all(&self.members);
        });
    }
}

impl Function {
    /// The name as people say it: `match`, not `r#match`.
    pub(crate) fn name(&self) -> String {
        unraw(&self.signature.ident)
    }

    /// Silences what the form of a handler causes and its author cannot change: a handler is `async` even
    /// if it waits for nothing, and owns its arguments even if it only reads them.
    fn allow_form(&self, tokens: &mut TokenStream) {
        let method = self.signature.receiver().is_some();
        let unused_self = method.then(|| quote!(, clippy::unused_self));
        tokens.extend(quote! {
            #[allow(clippy::needless_pass_by_value, clippy::unused_async #unused_self)]
        });
    }
}

/// `match` of `r#match`.
pub(crate) fn unraw(ident: &Ident) -> String {
    use syn::ext::IdentExt as _;
    ident.unraw().to_string()
}
