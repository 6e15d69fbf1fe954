//! `#[cfg]` and `#[cfg_attr]` on handlers, on the block and in lists.

#![allow(unexpected_cfgs)]

use onhook::prelude::*;

struct Bot;

#[bot]
impl Bot {
    #[cfg(any())]
    #[on_message]
    async fn absent(&self, missing: Missing) {}

    #[on_message]
    #[cfg(all())]
    async fn present(&self) {}

    #[cfg_attr(any(), on_typing)]
    async fn not_a_handler(&self) {}

    #[cfg_attr(all(), on_event("a"), allow(unused))]
    async fn handler(&self) {}

    // One of the two.
    #[cfg(windows)]
    #[on_activity]
    async fn rest(&self) {}

    #[cfg(not(windows))]
    #[on_activity]
    async fn rest(&self) {}

    #[cfg_attr(all(), cfg(any()))]
    #[on_invoke]
    async fn also_absent(&self, missing: Missing) {}

    #[cfg_attr(any(), on_command)]
    #[cfg_attr(all(), on_command_result)]
    async fn either(&self) {}

    // Mistakes in what is not compiled are none.
    #[cfg(any())]
    #[on_command("nonsense")]
    fn wrong(&mut self) {}
}

struct Never;

#[bot]
#[cfg(any())]
impl Never {
    #[on_message]
    async fn echo(&self, missing: Missing) {}
}

#[on_message]
#[cfg(any())]
async fn absent(missing: Missing) {}

#[cfg(all())]
#[on_message]
async fn present() {}

#[cfg_attr(all(), on_typing)]
async fn typing() {}

fn names<B: onhook::Bot>(_: &B) -> Vec<&'static str> {
    B::HOOKS.iter().map(|hook| hook.handler).collect()
}

fn main() {
    assert_eq!(names(&Bot), ["present", "handler", "rest", "either"]);
    let list = handlers![#[cfg(any())] absent, #[cfg(all())] present, typing, #[cfg(any())] present];
    assert_eq!(names(&list), ["present", "typing"]);
    let _ = (Never, Bot.not_a_handler());
}
