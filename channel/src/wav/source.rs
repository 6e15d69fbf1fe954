use std::io::{ErrorKind, Read, sink};

use super::error::{WavError, WavProblem};

/// A reader that knows where it is, and can look ahead.
pub(super) struct Source<R> {
    inner: R,
    /// Read already, and not taken yet.
    ahead: Vec<u8>,
    pub(super) at: u64,
}

impl<R: Read> Source<R> {
    pub(super) const fn new(inner: R) -> Self {
        Self {
            inner,
            ahead: Vec::new(),
            at: 0,
        }
    }

    /// The next bytes: so many, or fewer if the file ends before.
    pub(super) fn peek(&mut self, count: usize) -> Result<&[u8], WavError> {
        let missing = count.saturating_sub(self.ahead.len());
        if missing > 0 {
            self.ahead.reserve_exact(missing);
            let mut more = self.inner.by_ref().take(missing as u64);
            let read = more.read_to_end(&mut self.ahead);
            read.map_err(|error| WavProblem::Io(error).at(self.at + self.ahead.len() as u64))?;
        }
        Ok(self.ahead.get(..count).unwrap_or(&self.ahead))
    }

    /// Goes behind bytes that were looked at.
    pub(super) fn pass(&mut self, count: usize) {
        let count = count.min(self.ahead.len());
        self.ahead.drain(..count);
        self.at += count as u64;
    }

    /// Reads until the buffer is full or the file ends.
    fn take(&mut self, buffer: &mut [u8]) -> Result<usize, WavError> {
        let mut got = self.ahead.len().min(buffer.len());
        buffer[..got].copy_from_slice(&self.ahead[..got]);
        self.pass(got);
        let from_ahead = got;
        while got < buffer.len() {
            match self.inner.read(&mut buffer[got..]) {
                Ok(0) => break,
                Ok(count) => got += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(WavProblem::Io(error).at(self.at + (got - from_ahead) as u64));
                }
            }
        }
        self.at += (got - from_ahead) as u64;
        Ok(got)
    }

    pub(super) fn fill(&mut self, buffer: &mut [u8], part: &'static str) -> Result<(), WavError> {
        let wanted = buffer.len();
        match self.take(buffer)? {
            got if got == wanted => Ok(()),
            _ => Err(WavProblem::Truncated(part).at(self.at)),
        }
    }

    pub(super) fn exact<const N: usize>(
        &mut self,
        part: &'static str,
    ) -> Result<[u8; N], WavError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, part).map(|()| bytes)
    }

    /// Goes behind so many bytes, but not behind byte `limit` of the file.
    pub(super) fn skip(
        &mut self,
        count: u64,
        limit: u64,
        part: &'static str,
    ) -> Result<(), WavError> {
        let allowed = count.min(limit.saturating_sub(self.at));
        let known = usize::try_from(allowed).unwrap_or(usize::MAX);
        let known = known.min(self.ahead.len());
        self.pass(known);
        let rest = allowed - known as u64;
        let skipped = std::io::copy(&mut self.inner.by_ref().take(rest), &mut sink());
        let skipped = skipped.map_err(|error| WavProblem::Io(error).at(self.at))?;
        self.at += skipped;
        if skipped < rest {
            Err(WavProblem::Truncated(part).at(self.at))
        } else if allowed < count {
            Err(WavProblem::NoAudio(limit).at(self.at))
        } else {
            Ok(())
        }
    }
}
