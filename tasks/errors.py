"""Everything that can go wrong, as one tree. Retry reads the type, never the text.

    RuntimeFault
    +-- Transient                 worth trying again
    |   +-- Throttled             the provider was asked too often, and did nothing
    |   +-- Unavailable           no answer, or a failure of its own: what it did is not known
    +-- Terminal                  never
        +-- BadInput              the caller can mend it: one line, exit 2
        |   +-- UnknownName       not in a closed set; says what there is
        |   +-- TooLarge          does not fit the device
        |   +-- DeviceWithheld    quarantined, or under maintenance: no work goes there
        |   +-- CalibrationStale  older than what the caller accepts
        |   +-- SpendingCapped    the run would spend more than it was allowed to
        +-- BrokenContract        data that its contract refuses: quarantined, downstream stops
        +-- StorageFault          the disk is full, read-only or gone: one line, exit 1
        +-- RunCancelled          somebody asked for it: `qrt cancel`
        +-- ExecutionFailed       the target took the work and could not do it
        |   +-- ResultUnreadable  it did the work, and what it left cannot be read
        +-- Refused               the provider says no, and would say it again
            +-- InvalidRequest    the request breaks a rule of the device or the service
            +-- AccessDenied      the caller may not do this
            +-- NotFound          no such device, task, bucket or object
            +-- Conflict          the token stands for another request
            +-- QuotaExceeded     a quota or a limit on spending is used up
            +-- DeviceOffline     another device can do it now, or this one later
            +-- DeviceRetired     another device can do it
            +-- CredentialsMissing  none were found, or they are not known
            +-- CredentialsExpired  renew them; the run goes on where it stopped

Each carries its arguments unchanged to `super().__init__` so that it survives pickling, and makes
its text in `__str__`: what, the limit, what to do.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar

LONGEST_WORD = 400  # of a message: what people name can be of any length


class RuntimeFault(Exception):  # noqa: N818 - the tree is of faults, as its docstring draws it
    """The root: whatever the runtime itself raises; its text is one line, whatever people name."""

    def __str__(self) -> str:
        words = " ".join(map(_shortened, super().__str__().split()))
        return "".join(each if each.isprintable() else repr(each)[1:-1] for each in words)


def _shortened(word: str) -> str:
    half = LONGEST_WORD // 2
    return word if len(word) <= LONGEST_WORD else f"{word[:half]}...{word[-half:]}"


class Transient(RuntimeFault):
    """Worth trying again."""


class Terminal(RuntimeFault):
    """Trying again cannot help."""


class BadInput(Terminal):
    """The caller can mend it; the message says how."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: the message says all, the traceback nothing."""
        return [str(self)]


class UnknownName(BadInput):
    """A name that is not in a closed set."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        super().__init__(kind, name, self.known)

    def __str__(self) -> str:
        return f"Unknown {self.kind} {self.name!r:.80}. Choose one of: {', '.join(self.known)}."


class TooLarge(BadInput):
    """A circuit that does not fit the device."""

    def __init__(self, device: str, available: int, needed: int) -> None:
        self.device, self.available, self.needed = device, available, needed
        super().__init__(device, available, needed)

    def __str__(self) -> str:
        return (
            f"{self.device} has {self.available} usable qubits; the circuit needs {self.needed}. "
            "Choose a larger device."
        )


class DeviceWithheld(BadInput):
    """No work goes to a device, as an operator or a check has decided; `until` is for people."""

    def __init__(self, target: str, state: str, reason: str, until: str) -> None:
        self.target, self.state, self.reason, self.until = target, state, reason, until
        super().__init__(target, state, reason, until)

    def __str__(self) -> str:
        return (
            f"{self.target} is {self.state}, {self.until}: {self.reason.rstrip('. ')}. Choose "
            f"another device, or `qrt devices restore {self.target} --reason WHY`."
        )


class CalibrationStale(BadInput):
    """The calibration is older than the caller accepts, or nobody can say how old it is."""

    def __init__(self, target: str, age: str, limit_h: float) -> None:
        self.target, self.age, self.limit_h = target, age, limit_h
        super().__init__(target, age, limit_h)

    def __str__(self) -> str:
        return (
            f"The calibration of {self.target} is {self.age}; at most {self.limit_h:g} h are "
            "accepted. Wait for a new one, choose another device, or raise --max-calibration-age."
        )


class SpendingCapped(BadInput):
    """The next task would take a run beyond what it was allowed to spend."""

    def __init__(
        self, run_id: str, most_usd: Decimal, spent_usd: Decimal, next_usd: Decimal
    ) -> None:
        self.run_id, self.most_usd = run_id, most_usd
        self.spent_usd, self.next_usd = spent_usd, next_usd
        super().__init__(run_id, most_usd, spent_usd, next_usd)

    def __str__(self) -> str:
        return (
            f"Run {self.run_id} may spend {self.most_usd:,f} USD; {self.spent_usd:,f} are spent or "
            f"set aside, and its next task costs {self.next_usd:,f}, which was not bought. "
            f"`qrt resume {self.run_id} --max-usd MORE` goes on with it."
        )


class BrokenContract(Terminal):
    """Rows that their contract refuses; they are in quarantine, with the report beside them."""

    def __init__(self, table: str, failed: tuple[str, ...], quarantined: str) -> None:
        self.table, self.failed, self.quarantined = table, failed, quarantined
        super().__init__(table, failed, quarantined)

    def __str__(self) -> str:
        return (
            f"Rows for {self.table} break its contract ({'; '.join(self.failed)}). "
            f"They are kept in {self.quarantined}; what depends on them was not run."
        )


class StorageFault(Terminal):
    """The lake, journal or spool cannot be written or read."""


class RunCancelled(Terminal):
    """Somebody asked for the run to be cancelled; whoever works on it stops here."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(run_id)

    def __str__(self) -> str:
        return f"Run {self.run_id} was cancelled. `qrt show {self.run_id}` says what it cost."


class ExecutionFailed(Terminal):
    """The target took the work and could not do it."""


class ResultUnreadable(ExecutionFailed):
    """What the target left for a finished execution is missing or damaged."""

    def __init__(self, place: str, fault: str) -> None:
        self.place, self.fault = place, fault
        super().__init__(place, fault)

    def __str__(self) -> str:
        return (
            f"The result at {self.place} cannot be used: {self.fault}. The task was paid for: "
            "restore the object, then `qrt resume` the run, or ask the provider."
        )


_RESUME = " Then `qrt resume` goes on with the run; nothing is bought twice."


class _Answered(RuntimeFault):
    """What a provider said to an operation; `code` is its own name for the fault.

    `remedy` is what to do, `afterwards` what becomes of a run that has begun.
    """

    remedy: ClassVar[str]
    afterwards: ClassVar[str] = ""

    def __init__(self, operation: str, code: str, text: str) -> None:
        self.operation, self.code, self.text = operation, code, text
        super().__init__(operation, code, text)

    def __str__(self) -> str:
        return self.plainly + self.afterwards

    @property
    def plainly(self) -> str:
        """What and what to do, where no run has begun."""
        return f"{self.operation}: {self.text.rstrip('. ')} ({self.code}). {self.remedy}"


class Throttled(_Answered, Transient):
    """The provider was asked too often, and did nothing."""

    remedy = "Wait a minute."
    afterwards = _RESUME


class Unavailable(_Answered, Transient):
    """No answer, or a failure of the provider's own; whether it did the work is not known."""

    remedy = "Check the network and the endpoint."
    afterwards = _RESUME


class Refused(_Answered, Terminal):
    """The provider says no, and would say it again."""

    remedy = "Correct the request."


class InvalidRequest(Refused):
    """The request breaks a rule of the device or the service."""

    remedy = "Correct what it names; limits are in `qrt devices`, spending limits in the account."


class AccessDenied(Refused):
    """The caller may not do this."""

    remedy = "Grant the permission; docs/aws.md has the policy."
    afterwards = _RESUME


class NotFound(Refused):
    """There is no such device, task, bucket or object."""

    remedy = "Check its name, region and account."


class Conflict(Refused):
    """The idempotency token stands for another request."""

    remedy = "Resume the run with the bucket and release that began it."


class QuotaExceeded(Refused):
    """A quota, or a limit on spending, is used up."""

    remedy = "Raise the limit, or wait until other work has finished."
    afterwards = _RESUME


class DeviceOffline(Refused):
    """The device takes no tasks now."""

    remedy = "Choose another device, or wait until this one is back."
    afterwards = _RESUME


class DeviceRetired(Refused):
    """The device will take no task ever again."""

    remedy = "Choose another device."


class CredentialsMissing(Refused):
    """No credentials were found, or the provider does not know them."""

    remedy = "Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (docs/aws.md)."


class CredentialsExpired(Refused):
    """The credentials were good once."""

    remedy = "Renew the credentials."
    afterwards = _RESUME
