//! The paths of `handlers![..]` must be handlers that can be seen from there.

#![allow(unused)]

use onhook::prelude::*;

async fn plain(turn: &Turn) {}

struct Unrelated {}

mod inner {
    use onhook::prelude::*;

    #[on_message]
    async fn private(turn: &Turn) {}
}

fn main() {
    let _ = handlers![plain];
    let _ = handlers![missing];
    let _ = handlers![inner::private];
    let _ = handlers![Unrelated];
}
