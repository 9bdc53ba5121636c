//! Who may do what where: asks the policies of all emitted stacks together, as AWS would.

mod admitted;
mod ask;
mod detour;
mod grants;
mod matrix;
mod name;
mod place;
mod render;
mod symbol;
mod why;

pub use admitted::{Admission, admissions};
pub use ask::Way;
pub use detour::{Sight, detours};
pub use grants::Grants;
pub use matrix::{Row, Whose, rows};
pub use render::{
    Page, admissions_json, admissions_text, json, markdown, sights_json, sights_text, text,
};
pub use why::{Answer, Finding, Question, reasons, why};

#[cfg(test)]
mod tests;
