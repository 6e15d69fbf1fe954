use std::fs::File;
use std::io::{Cursor, Read, Result, Seek, Write};

/// What a recording is written into: a file, or a test's stand-in for one.
pub trait Storage: Read + Write + Seek {
    /// Cuts (or extends by zeros) to so many bytes; the position does not matter afterwards.
    fn set_len(&mut self, bytes: u64) -> Result<()>;
}

impl Storage for File {
    fn set_len(&mut self, bytes: u64) -> Result<()> {
        Self::set_len(self, bytes)
    }
}

impl Storage for Cursor<Vec<u8>> {
    fn set_len(&mut self, bytes: u64) -> Result<()> {
        self.get_mut()
            .resize(usize::try_from(bytes).map_err(std::io::Error::other)?, 0);
        Ok(())
    }
}

impl<S: Storage + ?Sized> Storage for &mut S {
    fn set_len(&mut self, bytes: u64) -> Result<()> {
        (**self).set_len(bytes)
    }
}

impl<S: Storage + ?Sized> Storage for Box<S> {
    fn set_len(&mut self, bytes: u64) -> Result<()> {
        (**self).set_len(bytes)
    }
}
