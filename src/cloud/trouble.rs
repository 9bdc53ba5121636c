//! What can go wrong with a request, each with a sentence and what to do next.

use std::error::Error;
use std::fmt::{self, Write};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// Why AWS did not do what was asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Trouble {
    /// Nothing says in which region to ask.
    NoRegion,
    /// No credentials were found.
    NoCredentials(String),
    /// The credentials were good once.
    Expired,
    /// The clock here is not that of AWS; what AWS says of it.
    Skewed(String),
    /// The credentials belong to nobody.
    Unknown(String),
    /// The credentials do not allow it; what AWS says of it.
    Denied(String),
    /// AWS asks for patience, and had enough of it.
    Throttled,
    /// No answer came.
    Unreachable(String),
    /// The service failed.
    Broken(String),
    /// The service refuses the request.
    Refused {
        /// The error's code.
        code: String,
        /// The service's words.
        message: String,
    },
}

const EXPIRED: [&str; 4] =
    ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];
const SKEWED: [&str; 2] = ["RequestTimeTooSkewed", "RequestInTheFuture"];
/// How the words of a refused signature begin when only its time is wrong.
const WRONG_TIME: [&str; 2] = ["Signature expired", "Signature not yet current"];
const UNKNOWN: [&str; 6] = [
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
    "InvalidToken",
    "AuthFailure",
];
const DENIED: [&str; 6] = [
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "NotAuthorized",
    "Forbidden",
];
const THROTTLED: [&str; 7] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
    "RequestThrottled",
];

impl Trouble {
    /// Judges the code and the words of a service's error.
    pub fn of(code: &str, message: &str, status: u16) -> Self {
        let message = message.trim();
        match code {
            _ if SKEWED.contains(&code)
                || WRONG_TIME.iter().any(|one| message.starts_with(one)) =>
            {
                Self::Skewed(message.to_owned())
            }
            _ if EXPIRED.contains(&code) => Self::Expired,
            _ if UNKNOWN.contains(&code) => Self::Unknown(message.to_owned()),
            _ if DENIED.contains(&code) || code.is_empty() && status == 403 => {
                Self::Denied(message.to_owned())
            }
            _ if THROTTLED.contains(&code) || message == "Rate exceeded" => Self::Throttled,
            _ if status >= 500 => {
                Self::Broken(format!("{status} {code} {message}").trim().to_owned())
            }
            _ => Self::Refused { code: code.to_owned(), message: message.to_owned() },
        }
    }

    /// Tells whether what was asked about is not there.
    pub fn is_missing(&self) -> bool {
        let Self::Refused { code, message } = self else { return false };
        let codes = ["NotFound", "NoSuchKey", "NoSuchBucket", "ChangeSetNotFound"];
        codes.iter().any(|known| code.contains(known)) || message.ends_with("does not exist")
    }

    /// Tells whether the service has taken this very request before.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code.starts_with("TokenAlreadyExists"))
    }

    /// Tells whether the service refused with this code, with or without `Exception` behind it.
    pub fn is(&self, code: &str) -> bool {
        matches!(self, Self::Refused { code: own, .. } if own.trim_end_matches("Exception") == code)
    }

    /// Tells whether what is under way goes on without the one who asked.
    pub fn only_blinds(&self) -> bool {
        match self {
            Self::Expired
            | Self::Skewed(_)
            | Self::NoCredentials(_)
            | Self::Unknown(_)
            | Self::Throttled
            | Self::Unreachable(_)
            | Self::Broken(_) => true,
            Self::NoRegion | Self::Denied(_) | Self::Refused { .. } => false,
        }
    }

    /// Returns what to do next.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoRegion => "give `--region`, or set AWS_REGION",
            Self::NoCredentials(_) => {
                "run `aws sso login`, give `--profile`, or set AWS_ACCESS_KEY_ID and its companions"
            }
            Self::Expired => {
                "renew them (`aws sso login`, or assume the role again), then run this again"
            }
            Self::Skewed(_) => {
                "set the clock of this machine (`sudo timedatectl set-ntp true`), then run this again"
            }
            Self::Unknown(_) => "look which ones are meant: `aws sts get-caller-identity`",
            Self::Denied(_) => {
                "use the deploying role; when the blueprint has changed its rights, run `gen bootstrap`"
            }
            Self::Throttled => "wait a minute, then run this again",
            Self::Unreachable(_) => {
                "look at the network, the proxy, and `--endpoint-url`, then run this again"
            }
            Self::Broken(_) => {
                "run this again; https://health.aws.amazon.com says whether AWS knows"
            }
            Self::Refused { code, .. } if code.contains("LimitExceeded") => {
                "do less at a time (`--concurrency 1`), or ask for a higher quota; `aws cloudformation describe-account-limits` tells it"
            }
            Self::Refused { .. } => "mend what is said there, then run this again",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::NoRegion => f.write_str("no AWS region is set"),
            Self::NoCredentials(why) => write!(f, "no AWS credentials were found: {why}"),
            Self::Expired => f.write_str("the AWS credentials have expired"),
            Self::Skewed(why) => write!(f, "the clock here differs from that of AWS: {why}"),
            Self::Unknown(why) => write!(f, "AWS does not know the credentials: {why}"),
            Self::Denied(why) => write!(f, "access is denied: {why}"),
            Self::Throttled => f.write_str("AWS is asked too often (`Rate exceeded`)"),
            Self::Unreachable(why) => write!(f, "AWS cannot be reached: {why}"),
            Self::Broken(why) => write!(f, "AWS fails: {why}"),
            Self::Refused { code, message } => write!(f, "AWS refuses: {message} ({code})"),
        }
    }
}

impl Error for Trouble {}

impl<E> From<SdkError<E, HttpResponse>> for Trouble
where
    E: ProvideErrorMetadata + Error + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        match &error {
            SdkError::ServiceError(service) => {
                let meta = service.err();
                let status = service.raw().status().as_u16();
                Self::of(
                    meta.code().unwrap_or_default(),
                    meta.message().unwrap_or_default(),
                    status,
                )
            }
            other => unanswered(&chain(other)),
        }
    }
}

/// Judges a request that no service answered by the words of its causes: the SDK keeps those of credentials private.
pub(super) fn unanswered(said: &str) -> Trouble {
    let lower = said.to_lowercase();
    let about_credentials = lower.contains("credential") || lower.contains("identity");
    match about_credentials || lower.contains("sso") {
        true if lower.contains("expired") => Trouble::Expired,
        true => {
            Trouble::NoCredentials("none in the environment, the profile, or this machine".into())
        }
        false => Trouble::Unreachable(said.to_owned()),
    }
}

pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut said = String::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let separator = if said.is_empty() { "" } else { ": " };
        // Writing to a string does not fail.
        let _ = write!(said, "{separator}{cause}");
        next = cause.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart() {
        assert_eq!(Trouble::of("ExpiredToken", "", 403), Trouble::Expired);
        assert_eq!(Trouble::of("Throttling", "Rate exceeded", 400), Trouble::Throttled);
        assert_eq!(Trouble::of("", "", 403), Trouble::Denied(String::new()));
        assert!(matches!(Trouble::of("InternalFailure", "", 500), Trouble::Broken(_)));
        let late = "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z";
        let skewed = |code, words| matches!(Trouble::of(code, words, 403), Trouble::Skewed(_));
        assert!(skewed("SignatureDoesNotMatch", late) && skewed("RequestTimeTooSkewed", ""));
        assert!(!skewed("SignatureDoesNotMatch", "The request signature does not match"));
        let gone = Trouble::of("ValidationError", "Stack with id x does not exist", 400);
        assert!(gone.is_missing());
        let taken = Trouble::of("TokenAlreadyExistsException", "", 400);
        assert!(taken.is_taken() && taken.is("TokenAlreadyExists"));
    }

    #[test]
    fn no_answer_is_the_network_or_the_credentials() {
        assert!(matches!(
            unanswered("dispatch failure: connection refused"),
            Trouble::Unreachable(_)
        ));
        assert!(matches!(
            unanswered("the credential provider was not enabled"),
            Trouble::NoCredentials(_)
        ));
        assert_eq!(unanswered("the SSO session has expired"), Trouble::Expired);
    }
}
