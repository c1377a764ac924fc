//! Hashes by which two versions are compared.

use std::hash::{Hash, Hasher};

use siphasher::sip128::{Hasher128, SipHasher13};

/// A 128-bit hash.
pub(super) fn digest(value: impl Hash) -> u128 {
    struct Stable(SipHasher13);
    impl Hasher for Stable {
        fn finish(&self) -> u64 {
            self.0.finish128().h1
        }
        fn write(&mut self, bytes: &[u8]) {
            self.0.write(bytes);
        }
    }
    let mut hasher = Stable(SipHasher13::new());
    value.hash(&mut hasher);
    hasher.0.finish128().as_u128()
}
