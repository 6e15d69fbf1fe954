//! `#[derive(Command)]` names a command.

#![allow(unused)]

use onhook::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Command)]
struct Nameless;

#[derive(Serialize, Deserialize, Command)]
#[command(result = u8)]
struct NoName;

#[derive(Serialize, Deserialize, Command)]
#[command]
struct Bare;

#[derive(Serialize, Deserialize, Command)]
#[command(name = "open-ticket")]
struct NoSlash;

#[derive(Serialize, Deserialize, Command)]
#[command(name = "text/open-ticket")]
struct Reserved;

#[derive(Serialize, Deserialize, Command)]
#[command(name = "application/open ticket")]
struct Space;

#[derive(Serialize, Deserialize, Command)]
#[command(name = 1, result = "x")]
struct Types;

#[derive(Serialize, Deserialize, Command)]
#[command(nam = "application/x", results = u8, "x", name = "application/y", name = "application/z")]
struct Options;

fn main() {}
