//! SHA-256, for names that follow content.

use sha2::{Digest as _, Sha256};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A SHA-256.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Returns the digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(hex: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        (hex.len() == 64).then_some(Self(bytes))
    }

    /// Returns its 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        let mut text = String::with_capacity(64);
        for byte in self.0 {
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        text
    }

    /// Returns it in base64 (RFC 4648, with padding), as Lambda gives it.
    pub fn base64(&self) -> String {
        let mut text = String::with_capacity(44);
        for chunk in self.0.chunks(3) {
            let bits =
                (0..3).fold(0, |bits, i| bits << 8 | usize::from(*chunk.get(i).unwrap_or(&0)));
            for place in 0..=chunk.len() {
                text.push(char::from(BASE64[bits >> (18 - 6 * place) & 63]));
            }
        }
        text.push('=');
        text
    }
}

/// Returns the SHA-256 of `bytes` in 64 hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Digest::of(bytes).hex()
}

/// Returns the first 8 digits of it: enough to keep names of one stack apart.
pub fn short(bytes: &[u8]) -> String {
    sha256(bytes)[..8].to_owned()
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_nothing_are_the_known_ones() {
        assert!(sha256(b"").starts_with("e3b0c44298fc1c149afbf4c8996fb924"));
        assert_eq!(Digest::parse(&sha256(b"")), Some(Digest::of(b"")));
        assert_eq!(Digest::parse("e3"), None);
        assert_eq!(Digest::of(b"").base64(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
