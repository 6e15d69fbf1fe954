//! Any number of arguments, any pattern, any lifetime.

use onhook::prelude::*;

struct Caller<'b> {
    greeting: &'b str,
}

#[derive(serde::Deserialize)]
struct Point {
    x: u8,
    y: u8,
}

#[bot]
impl Caller<'_> {
    #[on_message]
    #[allow(clippy::too_many_arguments)]
    async fn twenty(
        &self,
        _a: &Turn,
        _b: &Activity,
        _c: Text<'_>,
        _d: Option<Text<'_>>,
        _e: Result<Text<'_>, Rejection>,
        _f: &Turn,
        _g: &Turn,
        _h: &Turn,
        _i: &Turn,
        _j: &Turn,
        _k: &Turn,
        _l: &Turn,
        _m: &Turn,
        _n: &Turn,
        _o: &Turn,
        _p: &Turn,
        _q: &Turn,
        _r: &Turn,
        _s: &Turn,
        _t: Option<Value<u8>>,
    ) {
    }

    #[on_event("point")]
    async fn patterns(&self, Value(Point { x, y }): Value<Point>, _: &Turn, mut name: Name<'_>) -> Result<()> {
        let _ = (x, y, &mut name, self.greeting);
        Ok(())
    }

    #[on_event("lifetimes")]
    async fn lifetimes<'a, 's>(&'s self, turn: &'a Turn, name: Name<'a>, more: Option<Name<'a>>) -> Result<()> {
        let _ = more;
        let _: (&'a Turn, Name<'a>, &'s str) = (turn, name, self.greeting);
        Ok(())
    }

    #[on_typing]
    async fn r#match(&self, r#type: &Turn) {
        let _ = r#type;
    }

    #[on_event("hygiene")]
    async fn hygiene(&self, argument0: &Turn, rejection: &Activity, value: &Turn, name: Name<'_>, turn: &Turn) {
        let _ = (argument0, rejection, value, name, turn);
    }
}

#[on_activity]
async fn r#loop<'a>(r#in: &'a Turn) {
    let _ = r#in;
}

// Names that generated code uses itself.
#[on_typing]
async fn turn(turn: &Turn) {
    let _ = turn;
}

#[on_message]
async fn outcome(turn: &Turn) {
    let _ = turn;
}

fn main() {
    let greeting = String::from("hello");
    let bot = Caller { greeting: &greeting }.or(handlers![r#loop, turn, outcome]);
    fn names<B: onhook::Bot>(_: &B) -> Vec<&'static str> {
        B::HOOKS.iter().map(|hook| hook.handler).collect()
    }
    assert_eq!(names(&bot), ["twenty", "patterns", "lifetimes", "match", "hygiene", "loop", "turn", "outcome"]);
}
