//! Hooks among other attributes, in any order.

use onhook::prelude::*;

struct Echo;

#[allow(dead_code)]
#[bot]
#[doc = "A bot."]
impl Echo {
    #![allow(unused_variables)]

    #[inline]
    #[on_message]
    #[must_use]
    #[doc = "Says it again."]
    async fn echo(&self, turn: &Turn) -> Result<()> {
        #![allow(unused_mut)]
        let mut x = 1;
        Ok(())
    }

    /// Not a handler.
    fn helper(&self) -> u8 {
        Self::COUNT
    }

    const COUNT: u8 = { 1 };

    #[onhook::on_typing]
    #[cfg_attr(all(), inline)]
    async fn typing(&self, #[allow(unused)] turn: &Turn) {}
}

fn main() {
    let hook = Echo::HOOKS.iter().next().map(|hook| (hook.handler, hook.doc));
    assert_eq!(hook, Some(("echo", "Says it again.")));
    let _ = Echo.helper();
}
