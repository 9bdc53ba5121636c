//! What to type next when a stack is not as it should be.

use super::Status;

/// What advice is given about.
#[derive(Clone, Copy, Debug)]
pub struct Patient<'a> {
    /// The stack's name in CloudFormation.
    pub stack_name: &'a str,
    /// The region.
    pub region: &'a str,
    /// The environment.
    pub env: &'a str,
    /// The command that deploys the stack.
    pub deploy: &'a str,
    /// The logical ids of resources that failed.
    pub failed: &'a [String],
}

/// Returns what to do about a stack that ended in `status`.
pub fn advice(status: &Status, patient: Patient) -> String {
    let Patient { stack_name, region, env, deploy, failed } = patient;
    let again = format!("`gen synth`, then `{deploy}`");
    let aws = |command: &str| {
        format!("`aws cloudformation {command} --stack-name {stack_name} --region {region}`")
    };
    match status {
        Status::DeleteComplete => {
            format!("nothing is left of the stack; mend the cause, {again}")
        }
        Status::RollbackComplete | Status::RollbackFailed => {
            format!("mend the cause, {again}, which deletes the stack and makes it anew")
        }
        Status::UpdateRollbackComplete | Status::ImportRollbackComplete => {
            format!("the stack is as it was before; mend the cause, {again}")
        }
        Status::UpdateRollbackFailed => {
            let skip = if failed.is_empty() { "LOGICAL_ID".to_owned() } else { failed.join(" ") };
            let skip = aws(&format!("continue-update-rollback --resources-to-skip {skip}"));
            format!(
                "mend the cause, then `{deploy}` goes on with the rollback; to give up the old state of what failed: {skip}"
            )
        }
        Status::DeleteFailed => format!(
            "empty or keep what could not be deleted; `{deploy}` makes the stack anew around it, `gen destroy --env {env}` goes on deleting"
        ),
        Status::CreateFailed | Status::UpdateFailed => {
            format!("mend the cause; `{deploy}` rolls the stack back first")
        }
        Status::ImportRollbackFailed | Status::Unknown(_) => {
            format!("look at what happened: {}", aws("describe-stack-events"))
        }
        Status::CreateComplete | Status::UpdateComplete | Status::ImportComplete => {
            format!("someone else changed it meanwhile; `gen plan --env {env}` says how it differs")
        }
        _ => format!("watch it with `gen watch --env {env}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_names_what_to_type() {
        let failed = ["Bucket".to_owned()];
        let patient = Patient {
            stack_name: "p-a",
            region: "eu-west-1",
            env: "dev",
            deploy: "gen apply",
            failed: &failed,
        };
        let told = advice(&Status::UpdateRollbackFailed, patient);
        assert!(told.contains("--resources-to-skip Bucket --stack-name p-a --region eu-west-1"));
        for name in ["DELETE_COMPLETE", "ROLLBACK_COMPLETE", "DELETE_FAILED", "NEW_FAILED"] {
            assert!(advice(&Status::parse(name), patient).contains('`'), "{name}");
        }
    }
}
