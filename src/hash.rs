//! The hash by which versions are compared: 128 bits, the same on every machine and in every run.
//!
//! Equality of hashes decides what is called unchanged, and the input is hostile: a fast 64-bit hash won't do.

use std::hash::{Hash, Hasher};

use siphasher::sip128::{Hasher128, SipHasher13};

/// 128 bits that stand for a value.
pub type Print = u128;

/// Hashes anything hashable.
pub fn hash(value: impl Hash) -> Print {
    let mut hasher = Stable(SipHasher13::new());
    value.hash(&mut hasher);
    hasher.0.finish128().as_u128()
}

/// A 128-bit hasher behind the standard trait.
struct Stable(SipHasher13);

impl Hasher for Stable {
    fn finish(&self) -> u64 {
        self.0.finish128().h1
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }
}
