handlers![echo, #[cfg(unix)] recording::paused]
