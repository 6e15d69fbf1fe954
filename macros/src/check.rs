//! What a signature must be to be a handler's.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{FnArg, GenericParam, ReceiverKind, ReturnType, Safety, Signature, Type};

use crate::diagnostics::{Mistake, Mistakes};
use crate::printing::print;
use crate::vocabulary::Hook;

/// Reports everything in `signature` that a handler cannot have.
pub(crate) fn check(signature: &Signature, hook: Hook, mistakes: &mut Mistakes) {
    let handler = crate::syntax::unraw(&signature.ident);
    qualifiers(signature, hook.attribute(), &handler, mistakes);
    dialog(signature, hook, &handler, mistakes);
    generics(signature, &handler, mistakes);
    for argument in &signature.inputs {
        match argument {
            FnArg::Receiver(receiver) => receiver_kind(receiver, &handler, mistakes),
            FnArg::Typed(argument) => {
                argument_type(&argument.ty, &handler, mistakes);
                if let Some(attribute) = argument
                    .attrs
                    .iter()
                    .find(|a| a.path().is_ident("cfg") || a.path().is_ident("cfg_attr"))
                {
                    mistakes.push(
                        Mistake::at(
                            attribute,
                            format!("an argument of handler `{handler}` must not be conditional"),
                        )
                        .help("write two handlers, each under its own `#[cfg]`"),
                    );
                }
            }
        }
    }
}

fn qualifiers(signature: &Signature, hook: &str, handler: &str, mistakes: &mut Mistakes) {
    let mut forbidden = |tokens: &dyn Fn() -> TokenStream, what: &str| {
        mistakes.push(Mistake::at(
            &tokens(),
            format!("`#[{hook}]` handler `{handler}` must not be `{what}`"),
        ));
    };
    if let Some(token) = &signature.constness {
        forbidden(&|| token.to_token_stream(), "const");
    }
    if let Safety::Unsafe(token) = &signature.safety {
        forbidden(&|| token.to_token_stream(), "unsafe");
    }
    if let Some(abi) = &signature.abi {
        forbidden(
            &|| abi.to_token_stream(),
            &print(&abi.to_token_stream()).replace("extern\"", "extern \""),
        );
    }
    if let Some(variadic) = &signature.variadic {
        forbidden(&|| variadic.to_token_stream(), "variadic");
    }
    if signature.asyncness.is_none() {
        let help = match future_output(&signature.output) {
            Some(output) if output.is_empty() => format!("write `async fn {handler}(..)`"),
            Some(output) => format!("write `async fn {handler}(..) -> {}`", print(&output)),
            None => format!("write `async fn {handler}`"),
        };
        mistakes.push(
            Mistake::at(
                &signature.fn_token,
                format!("`#[{hook}]` handler `{handler}` must be an `async fn`"),
            )
            .help(help),
        );
    }
}

/// `T` of `-> impl Future<Output = T>`.
fn future_output(output: &ReturnType) -> Option<TokenStream> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    let Type::ImplTrait(bounds) = &**ty else {
        return None;
    };
    bounds.bounds.iter().find_map(|bound| {
        let syn::TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let last = bound
            .path
            .segments
            .last()
            .filter(|last| last.ident == "Future")?;
        let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
            return Some(TokenStream::new());
        };
        arguments.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::AssocType(output) if output.ident == "Output" => {
                Some(output.ty.to_token_stream())
            }
            _ => None,
        })
    })
}

fn generics(signature: &Signature, handler: &str, mistakes: &mut Mistakes) {
    for parameter in &signature.generics.params {
        let name = match parameter {
            GenericParam::Lifetime(_) => continue,
            GenericParam::Type(parameter) => &parameter.ident,
            GenericParam::Const(parameter) => &parameter.ident,
        };
        mistakes.push(
            Mistake::at(
                parameter,
                format!("handler `{handler}` must not be generic: it is called with what arrives, so `{name}` can never be inferred"),
            )
            .help("make the `impl` generic instead"),
        );
    }
    if let Some(clause) = signature
        .generics
        .where_clause
        .as_ref()
        .filter(|clause| !clause.predicates.is_empty())
    {
        mistakes.push(Mistake::at(
            clause,
            format!("handler `{handler}` must not have a `where` clause"),
        ));
    }
}

fn receiver_kind(receiver: &syn::Receiver, handler: &str, mistakes: &mut Mistakes) {
    let mistake = match &receiver.kind {
        ReceiverKind::Reference(_, _, None) => return,
        ReceiverKind::Reference(_, _, Some(_)) => {
            Mistake::at(receiver, format!("handlers run concurrently: `{handler}` must take `&self`"))
                .note("calls share one bot; keep what changes behind a lock, or in the state of the conversation")
        }
        ReceiverKind::Typed(_, ty) => {
            Mistake::at(receiver, format!("unsupported receiver `{}` of handler `{handler}`", print(&ty.to_token_stream())))
                .help("take `&self`")
        }
        _ => Mistake::at(receiver, format!("handlers borrow the bot: `{handler}` must take `&self`")),
    };
    mistakes.push(mistake);
}

fn argument_type(ty: &Type, handler: &str, mistakes: &mut Mistakes) {
    match ty {
        Type::ImplTrait(ty) => mistakes.push(
            Mistake::at(
                ty,
                format!(
                    "handler `{handler}` must not take `{}`",
                    print(&quote!(#ty))
                ),
            )
            .note("it is called with what arrives: name the type that is wanted"),
        ),
        Type::Reference(reference)
            if reference.mutability.is_some() && is_turn(&reference.elem) =>
        {
            mistakes.push(Mistake::at(
                ty,
                format!("the turn is shared: handler `{handler}` must take `&Turn`"),
            ));
        }
        _ => {}
    }
}

/// Whether an argument is the call of a dialog: the one that is taken by `&mut`.
pub(crate) fn is_call(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference)
        if reference.mutability.is_some() && !is_turn(&reference.elem))
}

/// What a dialog cannot have.
fn dialog(signature: &Signature, hook: Hook, handler: &str, mistakes: &mut Mistakes) {
    let types = || {
        signature
            .inputs
            .iter()
            .filter_map(|argument| match argument {
                FnArg::Typed(argument) => Some(&*argument.ty),
                FnArg::Receiver(_) => None,
            })
    };
    let mut calls = types().filter(|ty| is_call(ty));
    let Some(call) = calls.next() else { return };
    for second in calls {
        mistakes.push(
            Mistake::at(second, format!("dialog `{handler}` takes two calls"))
                .note("the argument that is taken by `&mut` makes a handler a dialog, and there is one call"),
        );
    }
    if let Some(why) = hook.no_dialog() {
        let text = format!(
            "`#[{}]` handler `{handler}` cannot be a dialog",
            hook.attribute()
        );
        mistakes.push(Mistake::at(call, text).note(why).help("take `&Turn`"));
    }
    for ty in types() {
        if is_reference_to_turn(ty) {
            let text = format!("dialog `{handler}` must not take `{}`", print(&quote!(#ty)));
            mistakes.push(
                Mistake::at(ty, text)
                    .note("a dialog outlives the turn that begins it")
                    .help("speak with the call: `call.say(..)`"),
            );
        } else if let Some(state) = state_of(ty) {
            let text = format!("dialog `{handler}` must not take `{}`", print(&quote!(#ty)));
            mistakes.push(
                Mistake::at(ty, text)
                    .note("what a dialog reads is kept in its journal, so that a replay reads the same")
                    .help(format!("read it with the call: `call.state::<{state}>().await`")),
            );
        } else if is_named(ty, "Local") {
            let text = format!("dialog `{handler}` must not take `{}`", print(&quote!(#ty)));
            mistakes.push(Mistake::at(ty, text).note(
                "a value of the turn is gone at the dialog's next turn, and a replay would miss it",
            ));
        }
    }
    if matches!(signature.output, ReturnType::Default) {
        mistakes.push(
            Mistake::at(
                &signature.ident,
                format!("dialog `{handler}` must return a `Result`: a question may have no answer"),
            )
            .help(format!("write `async fn {handler}(..) -> Result<()>`")),
        );
    }
}

fn is_reference_to_turn(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference)
        if reference.mutability.is_none() && is_turn(&reference.elem))
}

/// `Cart` of `State<'_, Cart>` and `Option<State<'_, Cart>>`.
fn state_of(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let first = arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })?;
    match &*last.ident.to_string() {
        "State" => Some(print(&quote!(#first))),
        "Option" | "Result" => state_of(first),
        _ => None,
    }
}

fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(ty) if ty.path.segments.last().is_some_and(|last| last.ident == name))
}

fn is_turn(ty: &Type) -> bool {
    matches!(ty, Type::Path(ty) if ty.path.segments.last().is_some_and(|last| last.ident == "Turn"))
}
