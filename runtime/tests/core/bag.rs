//! Values that live one turn.

use std::sync::Arc;

use onhook::prelude::*;
use onhook::testing::TestTurn;
use onhook::{FromTurn, hook};

#[derive(Debug, PartialEq)]
struct Customer(&'static str);

#[test]
fn a_turn_keeps_one_value_of_each_type() {
    let turn = TestTurn::message("hello");
    assert_eq!(turn.get::<Customer>(), None);
    turn.insert(Customer("Ada"));
    turn.insert(17_u32);
    turn.insert(Customer("Grace"));
    assert_eq!(turn.get(), Some(Arc::new(Customer("Grace"))));
    assert_eq!(turn.get(), Some(Arc::new(17_u32)));
}

#[test]
fn a_local_argument_is_that_value() {
    let turn = TestTurn::message("hello");
    let missing = <Local<Customer> as FromTurn<hook::on_message>>::from_turn(&turn).unwrap_err();
    assert!(
        missing.is_absent() && missing.to_string().contains("Customer"),
        "{missing}"
    );
    turn.insert(Customer("Ada"));
    let local = <Local<Customer> as FromTurn<hook::on_message>>::from_turn(&turn).unwrap();
    assert_eq!(local.0, "Ada");
}
