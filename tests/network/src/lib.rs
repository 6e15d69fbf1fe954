//! Bots on HTTP: behaviour over sockets, and load. Everything stands in `tests` and `benches`.
