//! How often AWS is asked how things stand.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::hash::sha256;

/// One rate for all that ask, and the pause between two looks at the same thing.
#[derive(Clone, Debug)]
pub struct Pace {
    poll: Duration,
    next: Arc<Mutex<Option<Instant>>>,
}

/// Looks that all stacks together take in the time between two looks at one: 8 a second at the pause of 3 seconds, below the
/// 10 a second at which CloudFormation answers `Rate exceeded`.
const LOOKS_A_POLL: u32 = 24;

impl Pace {
    /// Returns the pace with `poll` between two looks at the same thing.
    pub fn new(poll: Duration) -> Self {
        Self { poll, next: Arc::new(Mutex::new(None)) }
    }

    /// Waits until one more look may be sent.
    pub async fn one(&self) {
        let mut next = self.next.lock().await;
        let now = Instant::now();
        let at = next.unwrap_or(now).max(now);
        *next = Some(at + self.poll / LOOKS_A_POLL);
        drop(next);
        tokio::time::sleep_until(at).await;
    }

    /// Returns the pause before look number `turn`: between three and five quarters of the pause, different for each seed.
    pub fn pause(&self, seed: &str, turn: u32) -> Duration {
        let digest = sha256(format!("{seed}{turn}").as_bytes());
        let spread = u32::from_str_radix(&digest[..4], 16).unwrap_or_default();
        self.poll * 3 / 4 + self.poll * spread / 0x2_0000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_spread_around_the_poll() {
        let pace = Pace::new(Duration::from_secs(3));
        for turn in 0..50 {
            let pause = pace.pause("stack", turn).as_millis();
            assert!((2_250..3_750).contains(&pause), "{pause}");
        }
        assert_ne!(pace.pause("a", 0), pace.pause("b", 0));
    }
}
