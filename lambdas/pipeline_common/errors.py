"""The two errors that a Lambda raises on purpose.

Lambda reports an error by its class name, and the state machines match that name, so there are few of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.parsers import ResponseParserError

RETRIED = ("TransientError",)
NOT_RETRIED = ("PermanentError",)


class TransientError(Exception):
    """AWS could not answer just now: throttling, a service fault, a timeout, a lost connection."""


class PermanentError(Exception):
    """The same call would fail again: a bad event, configuration, permission or request."""


# AWS's general codes, then those of single services. Many come with HTTP status 400, so the status alone does not tell.
TRANSIENT_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
        *("InternalError", "InternalFailure", "ServiceUnavailable"),  # S3, query protocols
        *("InternalServerError", "InternalServerException"),  # EMR
        *("KMSThrottling", "Throttled"),  # SNS
        "KmsThrottlingException",  # Step Functions
    }
)

# ResponseParserError is an answer that is no AWS answer, such as a load balancer's error page.
NO_ANSWER = (NoConnectionError, HTTPClientError, IncompleteReadError, ResponseParserError)


@contextmanager
def translated(attempt: str) -> Iterator[None]:
    """Turn botocore's errors into ours; `attempt` says what was being done, on what."""
    try:
        yield
    except ClientError as error:
        kind = TransientError if _is_transient(error) else PermanentError
        raise kind(f"{attempt}: {error}") from error
    except NO_ANSWER as error:
        raise TransientError(f"{attempt}: {error}") from error
    except BotoCoreError as error:
        raise PermanentError(f"{attempt}: {error}") from error


def code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _is_transient(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or code(error) in TRANSIENT_CODES
