//! Two handlers for one thing: found at expansion where the names are in sight, by the compiler elsewhere.

use proc_macro2::TokenStream;

use crate::binding::Binding;
use crate::diagnostics::{Mistake, Mistakes};
use crate::handler::Handler;
use crate::key::Key;

/// Reports each handler whose key an earlier one has. It is only an error where both are compiled.
pub(crate) fn check(handlers: &[Handler], mistakes: &mut Mistakes) {
    for (index, handler) in handlers.iter().enumerate() {
        for earlier in &handlers[..index] {
            let Some(what) = shared(earlier, handler) else {
                continue;
            };
            let mistake = Mistake::at(
                &handler.attribute,
                format!("{what} is already handled by `{}`", earlier.name()),
            );
            mistakes.push(explain(mistake, earlier, handler).under(&both(earlier, handler)));
            if earlier.conditions.is_empty() {
                break;
            }
        }
    }
}

/// Whether two handlers have a key in common that can be seen here.
pub(crate) fn same(a: &Handler, b: &Handler) -> bool {
    shared(a, b).is_some()
}

fn shared(a: &Handler, b: &Handler) -> Option<String> {
    let of_a = a.key.identities(a.hook);
    b.key
        .identities(b.hook)
        .into_iter()
        .find(|(key, _)| of_a.iter().any(|(other, _)| other == key))
        .map(|(_, what)| what)
}

fn explain(mistake: Mistake, a: &Handler, b: &Handler) -> Mistake {
    match &b.key {
        Key::Known(known)
            if a.attribute.to_string() != b.attribute.to_string() && known.name != known.wire =>
        {
            mistake.note(format!("`{}` is short for `{}`", known.name, known.wire))
        }
        _ => mistake,
    }
}

fn both(a: &Handler, b: &Handler) -> Vec<TokenStream> {
    a.conditions.iter().chain(&b.conditions).cloned().collect()
}

/// Reports a second hook on one function.
pub(crate) fn check_bindings(
    earlier: &[Binding],
    binding: &Binding,
    function: &str,
    mistakes: &mut Mistakes,
) {
    let Some(first) = earlier.first() else { return };
    let hook = binding.hook.attribute();
    let mistake = if first.hook == binding.hook {
        Mistake::at(
            &binding.tokens,
            format!("`#[{hook}]` given twice on `{function}`"),
        )
    } else {
        Mistake::at(
            &binding.tokens,
            format!(
                "handler `{function}` is already bound to `#[{}]`",
                first.hook.attribute()
            ),
        )
        .help(format!(
            "write a second handler for `#[{hook}]` that calls the same function"
        ))
    };
    let conditions: Vec<TokenStream> = first
        .conditions
        .iter()
        .chain(&binding.conditions)
        .cloned()
        .collect();
    mistakes.push(mistake.under(&conditions));
}
