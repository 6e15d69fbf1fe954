handlers![crate = ::topspin, echo, recording::paused]
