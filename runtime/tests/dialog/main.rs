//! Dialogs: what they say and wait for, across turns, restarts and versions.

mod asking;
