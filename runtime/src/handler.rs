//! A free function that handles activities.
