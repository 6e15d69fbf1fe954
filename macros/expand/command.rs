#[derive(Command)]
#[command(name = "application/vnd.contoso.open-ticket", result = Ticket<T>)]
struct OpenTicket<T: Clone>(T)
where
    T: Send;
