//! The default transport on real sockets.
