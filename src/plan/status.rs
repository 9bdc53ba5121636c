//! The states of a stack, and what a deploy does about each.

/// A stack's status, as `DescribeStacks` gives it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Status {
    /// It is being made.
    CreateInProgress,
    /// Making it failed, and it was told not to roll back.
    CreateFailed,
    /// It is there.
    CreateComplete,
    /// What was made before a failure is being deleted.
    RollbackInProgress,
    /// That did not work.
    RollbackFailed,
    /// Nothing is left of it but its name.
    RollbackComplete,
    /// It is being deleted.
    DeleteInProgress,
    /// Something in it could not be deleted.
    DeleteFailed,
    /// It is gone; only its ARN still finds it.
    DeleteComplete,
    /// It is being updated.
    UpdateInProgress,
    /// It is updated; what was replaced is being deleted.
    UpdateCompleteCleanupInProgress,
    /// It is updated.
    UpdateComplete,
    /// Updating it failed, and it was told not to roll back.
    UpdateFailed,
    /// A failed update is being undone.
    UpdateRollbackInProgress,
    /// That did not work.
    UpdateRollbackFailed,
    /// The update is undone; what it had made is being deleted.
    UpdateRollbackCompleteCleanupInProgress,
    /// It is as it was before the update: healthy.
    UpdateRollbackComplete,
    /// It is empty and waits for its first change set to be executed.
    ReviewInProgress,
    /// It takes in resources.
    ImportInProgress,
    /// It has taken them in.
    ImportComplete,
    /// It gives them back.
    ImportRollbackInProgress,
    /// That did not work.
    ImportRollbackFailed,
    /// It has given them back.
    ImportRollbackComplete,
    /// A state that came after this program was written.
    Unknown(String),
}

/// What a deploy does with a stack in some state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// Ask for a change set that creates it.
    Create,
    /// Ask for a change set that updates it.
    Update,
    /// Something is under way: watch it, never start a second one.
    Wait,
    /// Only deleting it is legal; then it is made anew, and what was retained is adopted by name.
    Recreate,
    /// Roll it back to where it was, then look again.
    RollBack,
    /// Go on with its rollback, then look again.
    ContinueRollback,
    /// Finish its deletion without what could not be deleted, then make it anew and adopt that by name.
    FinishDelete,
    /// A person must decide.
    Stop,
}

use Status as S;

/// Every status by the name that CloudFormation gives it, and its rule.
const TABLE: [(&str, Status, Rule); 23] = [
    ("CREATE_IN_PROGRESS", S::CreateInProgress, Rule::Wait),
    ("CREATE_FAILED", S::CreateFailed, Rule::RollBack),
    ("CREATE_COMPLETE", S::CreateComplete, Rule::Update),
    ("ROLLBACK_IN_PROGRESS", S::RollbackInProgress, Rule::Wait),
    ("ROLLBACK_FAILED", S::RollbackFailed, Rule::Recreate),
    ("ROLLBACK_COMPLETE", S::RollbackComplete, Rule::Recreate),
    ("DELETE_IN_PROGRESS", S::DeleteInProgress, Rule::Wait),
    ("DELETE_FAILED", S::DeleteFailed, Rule::FinishDelete),
    ("DELETE_COMPLETE", S::DeleteComplete, Rule::Create),
    ("UPDATE_IN_PROGRESS", S::UpdateInProgress, Rule::Wait),
    ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", S::UpdateCompleteCleanupInProgress, Rule::Wait),
    ("UPDATE_COMPLETE", S::UpdateComplete, Rule::Update),
    ("UPDATE_FAILED", S::UpdateFailed, Rule::RollBack),
    ("UPDATE_ROLLBACK_IN_PROGRESS", S::UpdateRollbackInProgress, Rule::Wait),
    ("UPDATE_ROLLBACK_FAILED", S::UpdateRollbackFailed, Rule::ContinueRollback),
    (
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        S::UpdateRollbackCompleteCleanupInProgress,
        Rule::Wait,
    ),
    ("UPDATE_ROLLBACK_COMPLETE", S::UpdateRollbackComplete, Rule::Update),
    ("REVIEW_IN_PROGRESS", S::ReviewInProgress, Rule::Create),
    ("IMPORT_IN_PROGRESS", S::ImportInProgress, Rule::Wait),
    ("IMPORT_COMPLETE", S::ImportComplete, Rule::Update),
    ("IMPORT_ROLLBACK_IN_PROGRESS", S::ImportRollbackInProgress, Rule::Wait),
    ("IMPORT_ROLLBACK_FAILED", S::ImportRollbackFailed, Rule::Stop),
    ("IMPORT_ROLLBACK_COMPLETE", S::ImportRollbackComplete, Rule::Update),
];

impl Status {
    /// Returns the status of that name.
    pub fn parse(name: &str) -> Self {
        let known = TABLE.iter().find(|(known, _, _)| *known == name);
        known.map_or_else(|| Self::Unknown(name.to_owned()), |(_, status, _)| status.clone())
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown(name) => name,
            known => TABLE.iter().find(|row| row.1 == *known).map_or("", |row| row.0),
        }
    }

    /// Returns what a deploy does with a stack in this state.
    pub fn rule(&self) -> Rule {
        match self {
            // A state of the future is waited out when its name says that it passes.
            Self::Unknown(name) if name.ends_with("_IN_PROGRESS") => Rule::Wait,
            known => TABLE.iter().find(|row| row.1 == *known).map_or(Rule::Stop, |row| row.2),
        }
    }

    /// Tells whether something is under way; a stack under review waits for a person.
    pub fn is_busy(&self) -> bool {
        self.rule() == Rule::Wait
    }

    /// Tells whether a stack is as its template says; after a rollback it is as its last good one says.
    pub fn is_good(&self) -> bool {
        matches!(self, S::CreateComplete | S::UpdateComplete | S::ImportComplete)
    }

    /// Tells whether a stack of this status holds anything.
    pub fn is_there(&self) -> bool {
        !matches!(self, S::DeleteComplete | S::ReviewInProgress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_name_and_rule() {
        for (name, status, rule) in TABLE {
            assert_eq!(Status::parse(name), status);
            assert_eq!(status.name(), name);
            assert_eq!(status.rule(), rule);
            let waits = name.ends_with("_IN_PROGRESS") && name != "REVIEW_IN_PROGRESS";
            assert_eq!(status.is_busy(), waits, "{name}");
        }
    }

    #[test]
    fn a_status_of_the_future_is_waited_out_or_stops() {
        assert_eq!(Status::parse("MOVE_IN_PROGRESS").rule(), Rule::Wait);
        assert_eq!(Status::parse("MOVE_FAILED").rule(), Rule::Stop);
        assert_eq!(Status::parse("MOVE_FAILED").name(), "MOVE_FAILED");
    }
}
