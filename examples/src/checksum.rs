//! How many bytes, and their CRC-32: what sender and receiver compare.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The count and the checksum of the bytes seen so far.
#[derive(Clone, Debug, Default)]
pub struct Checksum {
    bytes: u64,
    crc: crc32fast::Hasher,
}

impl Checksum {
    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.crc.update(bytes);
    }

    /// How many bytes it has seen.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The checksum of a file's first `bytes` bytes, read with the standard library alone, so that it proves something.
    ///
    /// # Errors
    /// What opening or reading the file gives.
    pub fn of_file(path: &Path, bytes: u64) -> io::Result<Self> {
        let mut file = File::open(path)?.take(bytes);
        let mut checksum = Self::default();
        let mut buffer = [0; 16 * 1024];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(checksum),
                read => checksum.update(&buffer[..read]),
            }
        }
    }
}

impl PartialEq for Checksum {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes && self.crc.clone().finalize() == other.crc.clone().finalize()
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, crc32 {:08x}", self.bytes, self.crc.clone().finalize())
    }
}
