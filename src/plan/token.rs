//! Tokens by which CloudFormation knows a request that it has already taken.

use crate::hash::sha256;

/// Returns a token that is the same for the same parts: at most 128 characters of `[a-zA-Z0-9][-a-zA-Z0-9]*`
/// (`ExecuteChangeSet`, `ClientRequestToken`).
pub fn token(purpose: &str, parts: &[&str]) -> String {
    let whole = parts.iter().flat_map(|part| [part.len().to_string(), (*part).to_owned()]);
    let digest = sha256(whole.collect::<Vec<_>>().join(":").as_bytes());
    format!("gen-{purpose}-{}", &digest[..32])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(token("create", &["ab", "c"]), token("create", &["a", "bc"]));
        assert_eq!(token("create", &["a"]), token("create", &["a"]));
        assert!(token("continue", &[""]).len() <= 128);
    }
}
