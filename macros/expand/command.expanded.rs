#[automatically_derived]
impl<T: Clone> ::onhook::Command for OpenTicket<T>
where
    T: Send,
{
    const NAME: &'static ::core::primitive::str = "application/vnd.contoso.open-ticket";
    type Result = Ticket<T>;
}
