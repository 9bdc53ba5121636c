//! What is told while a deploy goes on, one line each for people and for programs.

use serde::Serialize;

/// Something that happened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A stack has another state.
    Stack {
        /// Its short name.
        stack: String,
        /// Its status, or what is done with it.
        status: String,
        /// What CloudFormation says about it.
        #[serde(skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// A resource has another state.
    Resource {
        /// The short name of its stack.
        stack: String,
        /// Its logical id.
        resource: String,
        /// Its type.
        kind: String,
        /// Its status.
        status: String,
        /// What CloudFormation says about it.
        #[serde(skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// An object was uploaded.
    Asset {
        /// Its bucket.
        bucket: String,
        /// Its key.
        key: String,
        /// Its size in bytes.
        bytes: u64,
    },
    /// The lock of the environment is not simply taken and given back.
    Lock {
        /// What became of it.
        status: String,
        /// Whose it was, or why.
        reason: String,
    },
    /// The result was looked at.
    Check {
        /// What was looked at.
        subject: String,
        /// Whether it is as planned; nothing where it could not be looked at.
        passed: Option<bool>,
        /// What is the matter.
        #[serde(skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Something else that a person should know.
    Note {
        /// It.
        text: String,
    },
}

impl Event {
    /// Returns the event of a stack.
    pub fn stack(stack: &str, status: &str, reason: &str) -> Self {
        let [stack, status, reason] = [stack, status, reason].map(str::to_owned);
        Self::Stack { stack, status, reason }
    }

    /// Returns the event of the lock.
    pub fn lock(status: &str, reason: &str) -> Self {
        let [status, reason] = [status, reason].map(str::to_owned);
        Self::Lock { status, reason }
    }

    /// Returns something that a person should know.
    pub fn note(text: impl Into<String>) -> Self {
        Self::Note { text: text.into() }
    }
}

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let because = |reason: &str| match reason {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        match self {
            Self::Stack { stack, status, reason } => {
                write!(f, "{stack}  {status}{}", because(reason))
            }
            Self::Resource { stack, resource, kind, status, reason } => {
                write!(f, "{stack}  {status}  {resource} ({kind}){}", because(reason))
            }
            Self::Asset { bucket, key, bytes } => {
                write!(f, "uploaded s3://{bucket}/{key} ({bytes} bytes)")
            }
            Self::Lock { status, reason } => write!(f, "lock {status}{}", because(reason)),
            Self::Check { subject, passed, reason } => {
                let verdict = match passed {
                    Some(true) => "as planned",
                    Some(false) => "NOT as planned",
                    None => "not checked",
                };
                write!(f, "{subject}  {verdict}{}", because(reason))
            }
            Self::Note { text } => f.write_str(text),
        }
    }
}
