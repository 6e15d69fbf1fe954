//! What a handler is bound to.
