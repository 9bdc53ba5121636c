//! The sections that say in words what changed properties mean.

use super::change::Changes;
use super::outline::Section;

/// Returns the sections, in the order of what they may cost.
pub(super) fn sections(_changes: &Changes) -> Vec<Section> {
    Vec::new()
}
