use onhook::dialog::Secret;
use onhook::prelude::*;
use onhook::question::{Ask, Confirm};

struct Receipt;

#[on_members_added]
async fn step(call: &mut Dialog<'_>) -> Result<()> {
    let _receipt = call.run("charge", async |_| Ok::<_, std::io::Error>(Receipt)).await?;
    Ok(())
}

#[on_members_added]
async fn question(call: &mut Dialog<'_>) -> Result<()> {
    call.ask(Ask::new(Receipt)).await?;
    Ok(())
}

fn printed(card: &Secret<String>) -> String {
    format!("{card:?}")
}

#[on_members_added]
async fn two_at_once(call: &mut Dialog<'_>) -> Result<()> {
    let one = call.ask(Confirm::new("One?"));
    let two = call.ask(Confirm::new("Two?"));
    one.await?;
    two.await?;
    Ok(())
}

fn main() {}
