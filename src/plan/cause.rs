//! The root cause of a failure: the first event that failed for a reason of its own.

/// Something that happened to a resource of a stack.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Happened {
    /// Its id, by which an event is told only once.
    pub id: String,
    /// The resource's logical id; of the stack itself, the stack's name.
    pub logical_id: String,
    /// The resource's type.
    pub kind: String,
    /// Its physical id.
    pub physical_id: String,
    /// Its status, such as `CREATE_FAILED`.
    pub status: String,
    /// What CloudFormation says about it.
    pub reason: String,
    /// The token of the request that it follows.
    pub token: String,
    /// When, in seconds since 1970.
    pub at: i64,
}

/// How CloudFormation begins what it says of resources and stacks that failed because another did.
const ECHOES: [&str; 7] = [
    "Resource creation cancelled",
    "Resource update cancelled",
    "Resource deletion cancelled",
    "Resource import cancelled",
    "The following resource(s) failed",
    "Rollback requested by user",
    "User Initiated",
];

/// Tells whether an event is a failure.
pub fn is_failure(event: &Happened) -> bool {
    event.status.ends_with("_FAILED")
}

/// Tells whether a stack is undone for a reason of its own: an alarm went off, or others use what it exports.
fn is_undone(event: &Happened) -> bool {
    let begins = ["ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"];
    !event.reason.is_empty() && begins.iter().any(|status| event.status.ends_with(status))
}

/// Returns the first failure in `events`, which are in the order of time, that is no echo of another; where no resource failed, why
/// the stack was undone.
pub fn cause<'a>(events: &'a [Happened], stack_name: &str) -> Option<&'a Happened> {
    let echo = |event: &Happened| ECHOES.iter().any(|echo| event.reason.starts_with(echo));
    let own = |event: &&Happened| is_failure(event) && !echo(event);
    let of_resource = events.iter().find(|event| own(event) && event.logical_id != stack_name);
    let of_stack =
        |event: &&Happened| event.logical_id == stack_name && is_undone(event) && !echo(event);
    of_resource.or_else(|| events.iter().find(own)).or_else(|| events.iter().find(of_stack))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(logical_id: &str, reason: &str) -> Happened {
        let (status, reason) = ("CREATE_FAILED".to_owned(), reason.to_owned());
        Happened { logical_id: logical_id.to_owned(), status, reason, ..Happened::default() }
    }

    #[test]
    fn echoes_are_not_the_cause() {
        let events = [
            failed("A", "Resource creation cancelled"),
            failed("B", "AccessDenied for bucket"),
            failed("C", "Name already exists"),
            failed("s", "The following resource(s) failed to create: [A, B]."),
        ];
        assert_eq!(cause(&events, "s").unwrap().logical_id, "B");
    }

    #[test]
    fn a_stack_that_fails_by_itself_is_its_own_cause() {
        let events = [failed("s", "Role arn:aws:iam::1:role/x is invalid or cannot be assumed")];
        assert_eq!(cause(&events, "s").unwrap().logical_id, "s");
        assert_eq!(cause(&[], "s"), None);
    }
}
