//! The hash by which versions are compared: 128 bits, the same on every machine and in every run.
//!
//! Equality of hashes decides what is called unchanged, and the input is hostile: a fast 64-bit hash won't do.

use std::hash::{Hash, Hasher};

use siphasher::sip128::{Hasher128, SipHasher13};

/// 128 bits that stand for a value.
pub type Print = u128;

/// Hashes anything hashable.
pub fn hash(value: impl Hash) -> Print {
    let mut printer = Printer::default();
    value.hash(&mut printer);
    printer.print()
}

/// Takes a value bit by bit, through the standard trait.
#[derive(Default)]
pub struct Printer(SipHasher13);

impl Printer {
    /// What stands for all that was written.
    pub fn print(&self) -> Print {
        self.0.finish128().as_u128()
    }
}

impl Hasher for Printer {
    fn finish(&self) -> u64 {
        self.0.finish128().h1
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }
}
