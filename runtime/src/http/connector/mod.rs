//! The connector's client: the REST API of a channel.
