"""How each service words the refusals that faults bring about."""

from deployments.sandbox.fault_model import Kind
from deployments.sandbox.wire import ACCOUNT, Refusal

_DENIED = (
    "User: arn:aws:iam::{account}:user/sandbox is not authorized to perform: braket:{operation}"
)
_EXPIRED = "The security token included in the request is expired"
_WORDS: dict[tuple[str, Kind], tuple[int, str, str]] = {
    ("braket", Kind.THROTTLE): (429, "ThrottlingException", "Rate exceeded"),
    ("braket", Kind.INTERNAL): (
        500,
        "InternalServiceException",
        "An internal service error occurred.",
    ),
    ("braket", Kind.EXPIRED): (403, "ExpiredTokenException", _EXPIRED),
    ("braket", Kind.DENIED): (
        403,
        "AccessDeniedException",
        _DENIED,
    ),
    ("braket", Kind.QUEUE_FULL): (
        402,
        "ServiceQuotaExceededException",
        "The queue of the device is full.",
    ),
    ("s3", Kind.THROTTLE): (503, "SlowDown", "Please reduce your request rate."),
    ("s3", Kind.INTERNAL): (
        500,
        "InternalError",
        "We encountered an internal error. Please try again.",
    ),
    ("s3", Kind.EXPIRED): (400, "ExpiredToken", "The provided token has expired."),
    ("s3", Kind.DENIED): (403, "AccessDenied", "Access Denied"),
    ("sts", Kind.THROTTLE): (400, "Throttling", "Rate exceeded"),
    ("sts", Kind.INTERNAL): (500, "InternalFailure", "An internal error occurred."),
    ("sts", Kind.EXPIRED): (403, "ExpiredToken", _EXPIRED),
    ("sts", Kind.DENIED): (403, "AccessDenied", "Access denied"),
}


def of(kind: Kind, service: str, *, operation: str) -> Refusal:
    """Return the refusal that a fault brings about."""
    status, code, message = _WORDS[service, kind]
    return Refusal(status, code, message.format(account=ACCOUNT, operation=operation))
