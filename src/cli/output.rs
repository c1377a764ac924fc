//! Writes a report where it belongs.

use std::io::{ErrorKind, Write, stdout};
use std::path::PathBuf;

use super::{Failure, printable};

/// Writes `text` to the file, or to standard output. A reader that closes the pipe early is no error.
pub fn write(file: Option<&PathBuf>, text: &str) -> Result<(), Failure> {
    match file {
        Some(path) => std::fs::write(path, text)
            .map_err(|error| Failure::new(format!("can't write {}: {error}", printable(&path.to_string_lossy())))),
        None => match stdout().write_all(text.as_bytes()).and_then(|()| stdout().flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Failure::new(format!("can't write to standard output: {error}")))
            }
            _ => Ok(()),
        },
    }
}
