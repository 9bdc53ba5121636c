//! Why a deploy ends before it is done, each with what to type next.

use std::fmt;

use crate::cloud::Trouble;
use crate::plan::Happened;

/// Why a deploy ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Failure {
    /// A request failed before anything was started by it.
    Request {
        /// What was being done.
        doing: String,
        /// What went wrong.
        trouble: Trouble,
    },
    /// A stack did not become what it should.
    Stack {
        /// Its short name.
        stack: String,
        /// Its name in CloudFormation.
        stack_name: String,
        /// Its status now.
        status: String,
        /// What failed first.
        cause: Option<Box<Happened>>,
        /// What to do next.
        help: String,
    },
    /// It is refused, by CloudFormation or here.
    Refused {
        /// What is the matter.
        what: String,
        /// What to do next.
        help: String,
    },
    /// A stack goes on without being watched.
    Running {
        /// Its short name.
        stack: String,
        /// Why it is no longer watched; nothing when a person wants it so.
        trouble: Option<Trouble>,
    },
    /// It was undone because a person wanted it.
    Cancelled {
        /// The stack's short name.
        stack: String,
        /// Its status now.
        status: String,
    },
}

impl Failure {
    /// Returns what a failed request becomes; `doing` completes the sentence `cannot …`.
    pub fn request(doing: impl Into<String>) -> impl FnOnce(Trouble) -> Self {
        let doing = doing.into();
        move |trouble| Self::Request { doing, trouble }
    }

    /// Returns a refusal.
    pub fn refused(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), help: help.into() }
    }

    /// Tells whether it ended because a person wanted it.
    pub fn is_wanted(&self) -> bool {
        matches!(self, Self::Running { trouble: None, .. } | Self::Cancelled { .. })
    }

    /// Returns the next line to type; `env` is the environment.
    pub fn help(&self, env: &str) -> String {
        match self {
            Self::Request { trouble, .. } => trouble.help().to_owned(),
            Self::Stack { help, .. } | Self::Refused { help, .. } => help.clone(),
            Self::Running { .. } => format!("watch it with `gen watch --env {env}`"),
            Self::Cancelled { .. } => format!("start again with `gen apply --env {env}`"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Request { doing, trouble } => write!(f, "cannot {doing}: {trouble}"),
            Self::Stack { stack_name, status, cause: None, .. } => {
                write!(f, "the stack `{stack_name}` is in {status}")
            }
            Self::Stack { stack_name, status, cause: Some(cause), .. } => {
                let Happened { logical_id, kind, reason, .. } = &**cause;
                if logical_id == stack_name {
                    return write!(f, "the stack `{stack_name}` is in {status}: {reason}");
                }
                write!(
                    f,
                    "the stack `{stack_name}` is in {status}: {logical_id} ({kind}) failed: {reason}"
                )
            }
            Self::Refused { what, .. } => f.write_str(what),
            Self::Running { stack, trouble: None } => write!(f, "`{stack}` goes on unwatched"),
            Self::Running { stack, trouble: Some(trouble) } => {
                write!(f, "`{stack}` is still running, unwatched: {trouble}")
            }
            Self::Cancelled { stack, status } => {
                write!(f, "`{stack}` was cancelled and is in {status}")
            }
        }
    }
}

impl std::error::Error for Failure {}
