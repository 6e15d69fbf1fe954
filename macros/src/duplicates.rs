//! Two handlers for one thing: found at expansion where the names are in sight, by the compiler elsewhere.

use std::collections::HashMap;

use proc_macro2::TokenStream;

use crate::binding::Binding;
use crate::diagnostics::{Mistake, Mistakes};
use crate::handler::Handler;
use crate::key::Key;
use crate::vocabulary::TEXTS_MATCH;

/// Reports each handler whose key an earlier one has. It is only an error where both are compiled.
pub(crate) fn check(handlers: &[Handler], mistakes: &mut Mistakes) {
    let mut owners: HashMap<String, Vec<&Handler>> = HashMap::new();
    for handler in handlers {
        let identities = handler.key.identities(handler.hook);
        if let Some((earlier, what)) = identities
            .iter()
            .find_map(|(key, what)| Some((owners.get(key)?, what)))
        {
            // One that is always compiled says it all; others may each be absent.
            let always = earlier.iter().find(|earlier| earlier.conditions.is_empty());
            let named = always.map_or(&**earlier, std::slice::from_ref);
            for earlier in named {
                let text = format!("{what} is already handled by `{}`", earlier.name());
                let mistake = Mistake::at(&handler.attribute, text);
                mistakes.push(explain(mistake, earlier, handler).under(&both(earlier, handler)));
            }
        }
        for (key, _) in identities {
            owners.entry(key).or_default().push(handler);
        }
    }
}

/// Whether two handlers have a key in common that can be seen here.
pub(crate) fn same(a: &Handler, b: &Handler) -> bool {
    let of_a = a.key.identities(a.hook);
    let of_b = b.key.identities(b.hook);
    of_b.iter()
        .any(|(key, _)| of_a.iter().any(|(other, _)| other == key))
}

fn explain(mistake: Mistake, a: &Handler, b: &Handler) -> Mistake {
    match &b.key {
        Key::Known(known)
            if a.attribute.to_string() != b.attribute.to_string() && known.name != known.wire =>
        {
            mistake.note(format!("`{}` is short for `{}`", known.name, known.wire))
        }
        Key::Texts(texts) => match &a.key {
            Key::Texts(earlier) if !texts.iter().any(|text| earlier.contains(text)) => {
                mistake.note(TEXTS_MATCH)
            }
            _ => mistake,
        },
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
