"""The one table from what AWS says to the tree of errors."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from datasets.files.url_secrets import masked
from tasks.backends.provider_clock import note, provider_time
from tasks.errors import (
    AccessDenied,
    Conflict,
    CredentialsExpired,
    CredentialsMissing,
    DeviceOffline,
    DeviceRetired,
    InvalidRequest,
    NotFound,
    QuotaExceeded,
    Refused,
    Throttled,
    Unavailable,
)

Fault = type[Throttled | Unavailable | Refused]

BRAKET: Final[Mapping[str, Fault]] = {
    "AccessDeniedException": AccessDenied,
    "ConflictException": Conflict,
    "DeviceOfflineException": DeviceOffline,
    "DeviceRetiredException": DeviceRetired,
    "InternalServiceException": Unavailable,
    "ResourceNotFoundException": NotFound,
    "ServiceQuotaExceededException": QuotaExceeded,
    "ThrottlingException": Throttled,
    "ValidationException": InvalidRequest,
}
# Codes of any AWS service, of S3 and of STS. HEAD answers have their status for a code.
ANY_SERVICE: Final[Mapping[str, Fault]] = {
    "ExpiredToken": CredentialsExpired,
    "ExpiredTokenException": CredentialsExpired,
    "RequestExpired": CredentialsExpired,
    "IncompleteSignature": CredentialsMissing,
    "InvalidAccessKeyId": CredentialsMissing,
    "InvalidClientTokenId": CredentialsMissing,
    "InvalidSignatureException": CredentialsMissing,
    "InvalidToken": CredentialsMissing,
    "MissingAuthenticationTokenException": CredentialsMissing,
    "SignatureDoesNotMatch": CredentialsMissing,
    "UnrecognizedClientException": CredentialsMissing,
    "AccessDenied": AccessDenied,
    "AllAccessDisabled": AccessDenied,
    "NotAuthorized": AccessDenied,
    "OptInRequired": AccessDenied,
    "SubscriptionRequiredException": AccessDenied,
    "403": AccessDenied,
    "NoSuchBucket": NotFound,
    "NoSuchKey": NotFound,
    "404": NotFound,
    "BucketAlreadyExists": AccessDenied,  # it belongs to another account
    "PermanentRedirect": InvalidRequest,  # the bucket is in another region
    "301": InvalidRequest,
    "RequestLimitExceeded": Throttled,
    "RequestThrottled": Throttled,
    "RequestThrottledException": Throttled,
    "SlowDown": Throttled,
    "Throttling": Throttled,
    "TooManyRequestsException": Throttled,
    "InternalError": Unavailable,
    "InternalFailure": Unavailable,
    "OperationAborted": Unavailable,
    "RequestTimeout": Unavailable,
    "RequestTimeTooSkewed": InvalidRequest,  # this machine's clock is wrong
    "ServiceUnavailable": Unavailable,
    "ServiceUnavailableException": Unavailable,
}
# What botocore raises of its own, by class or base class, the narrowest first in its order.
CLIENT: Final[Mapping[str, Fault]] = {
    "NoCredentialsError": CredentialsMissing,
    "PartialCredentialsError": CredentialsMissing,
    "ProfileNotFound": CredentialsMissing,
    "CredentialRetrievalError": CredentialsExpired,
    "TokenRetrievalError": CredentialsExpired,
    "SSOError": CredentialsExpired,
    "ConnectionError": Unavailable,
    "HTTPClientError": Unavailable,
    "ResponseStreamingError": Unavailable,
    "IncompleteReadError": Unavailable,
    "BotoCoreError": InvalidRequest,
}
_SIGNATURES: Final = {
    "InvalidSignatureException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
}
_SKEW_S: Final = 240  # signatures are good for five minutes
_TOO_MANY: Final = 429
_OWN_FAILURE: Final = 500


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Raise what botocore raises inside the block as a fault of the tree.

    Raises:
        Transient: asking again may help.
        Refused: it cannot.
    """
    from botocore.exceptions import (  # type: ignore[import-untyped]  # has no types
        BotoCoreError,
        ClientError,
    )

    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        code = str(said.get("Code") or "no code")
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
        note(error.response)
        text = masked(str(said.get("Message") or "no message")) + _clock_fault(code)
        # Not always `operation`: to be able to ask, a role may have to be assumed first.
        raise of_code(code, status=status)(error.operation_name, code, text) from error
    except BotoCoreError as error:
        raise of_client(type(error))(operation, type(error).__name__, _short(error)) from error


def _clock_fault(code: str) -> str:
    """Say so where a signature is refused because this machine's clock is wrong."""
    there = provider_time()
    if code not in _SIGNATURES or there is None:
        return ""
    ahead_s = (datetime.now(UTC) - there).total_seconds()
    if abs(ahead_s) < _SKEW_S:
        return ""
    how = "ahead of" if ahead_s > 0 else "behind"
    return f". This machine's clock is {abs(ahead_s):,.0f} s {how} the service's: set it"


def _short(error: BaseException) -> str:
    """Return the error's words without what people do not read."""
    return f"{masked(str(error)):.160}"


def of_code(code: str, *, status: int) -> Fault:
    """Return the fault that a service's code stands for; a code that is not known, by status."""
    if known := BRAKET.get(code) or ANY_SERVICE.get(code):
        return known
    if status == _TOO_MANY:
        return Throttled
    return Unavailable if status >= _OWN_FAILURE else InvalidRequest


def of_client(kind: type[BaseException]) -> Fault:
    """Return the fault that an error of the client itself stands for."""
    names = (base.__name__ for base in kind.__mro__)
    return next((CLIENT[name] for name in names if name in CLIENT), InvalidRequest)
