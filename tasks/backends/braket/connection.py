"""One account in one region: clients that are made once, and every call to AWS in one place."""

import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from datasets.files.url_secrets import masked
from tasks.backends.braket.faults import translated
from tasks.backends.braket.patience import QUOTAS, Clock, Pace, Patience, patiently
from tasks.backends.braket.session import ROLE, session
from tasks.backends.provider_clock import note, provider_time
from tasks.core.identity import digest
from tasks.core.progress.events import emit
from tasks.errors import BadInput, CredentialsExpired, NotFound, Refused

BUCKET: Final = "AMZN_BRAKET_OUT_S3_BUCKET"  # the name that the Braket SDK reads too
_OURS: Final = "BucketAlreadyOwnedByYou"
_SERVICES: Final = ("braket", "s3", "sts")
_CONNECT_S: Final = 10
_READ_S: Final = 60
_POOL: Final = 16  # connections that may be open: 8 readers and the caller, with room
Members = Mapping[str, Any]


class Connection:
    """Calls to Braket, S3 and STS in one region; safe to share by threads."""

    def __init__(self, region: str, *, clock: Clock | None = None) -> None:
        self.region = region
        self.clock = clock or Clock()
        self._pace = Pace(QUOTAS, clock=self.clock)
        self._clients: dict[str, Any] = {}
        self._bucket: str | None = None
        self._account: str | None = None
        self._lock = threading.RLock()
        self.described: dict[str, tuple[float, Any]] = {}  # by ARN: when GetDevice said what

    def ask(
        self, service: str, operation: str, *, patience: Patience | None = None, **members: Any
    ) -> dict[str, Any]:
        """Return the answer to an operation, asking again while that can help.

        Not for operations that buy: see `ask_once`.

        Raises:
            Transient: it did not help.
            Refused: it could not.
        """
        return patiently(
            lambda: self.ask_once(service, operation, **members),
            patience=patience or Patience(),
            clock=self.clock,
        )

    def ask_once(self, service: str, operation: str, **members: Any) -> dict[str, Any]:
        """Return the answer to an operation, which is called once.

        Raises:
            Transient: asking again may help.
            Refused: it cannot.
        """
        from botocore import xform_name  # type: ignore[import-untyped]  # has no types

        self._pace.keep(operation)
        emit("provider.asked", operation=operation)
        try:
            with translated(operation):
                answer = getattr(self._client(service), xform_name(operation))(**members)
                note(answer)
                found = {**answer, "Body": answer["Body"].read()} if "Body" in answer else answer
        except CredentialsExpired:
            self._forget()
            raise
        emit("provider.answered", operation=operation)
        return dict(found)

    def now(self) -> datetime:
        """Return what time it is at the provider, which is asked once; raises as `account` does.

        An endpoint that does not say is taken to go by this machine's clock.
        """
        if provider_time() is None:
            self.account()
        return provider_time() or datetime.now(UTC)

    def account(self, *, patience: Patience | None = None) -> str:
        """Return the account that pays for what is bought here.

        Raises:
            Transient: STS does not answer.
            Refused: it does not know the caller.
        """
        with self._lock:
            if self._account is None:
                answer = self.ask("sts", "GetCallerIdentity", patience=patience)
                self._account = str(answer["Account"])
            return self._account

    def bucket(self, *, patience: Patience | None = None) -> str:
        """Return the bucket for results, which exists: the named one, or the SDK's default.

        Raises:
            Refused: it is not there, or not for this caller.
        """
        with self._lock:
            if self._bucket is None:
                self._bucket = self._ready_bucket(patience)
            return self._bucket

    def _ready_bucket(self, patience: Patience | None) -> str:
        named = os.environ.get(BUCKET, "").strip()
        name = named or self._default_bucket(patience)
        try:
            self._make_sure(name, patience=patience, create=not named)
        except Refused as fault:
            text = f"the bucket {name} for results: {fault.text}"
            raise type(fault)(fault.operation, fault.code, text) from fault
        return name

    def _make_sure(self, name: str, *, patience: Patience | None, create: bool) -> None:
        try:
            self.ask("s3", "HeadBucket", patience=patience, Bucket=name)
        except NotFound:
            if not create:
                raise
            self._create(name, patience=patience)

    def _create(self, name: str, *, patience: Patience | None) -> None:
        try:
            self.ask("s3", "CreateBucket", patience=patience, Bucket=name, **self._location())
        except Refused as fault:
            if fault.code != _OURS:  # somebody was faster, or an answer was lost
                raise

    def _default_bucket(self, patience: Patience | None) -> str:
        return f"amazon-braket-{self.region}-{self.account(patience=patience)}"

    def _location(self) -> Members:
        """Return where to create a bucket; us-east-1 is S3's default and may not be named."""
        if self.region == "us-east-1":
            return {}
        return {"CreateBucketConfiguration": {"LocationConstraint": self.region}}

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                self._clients |= _clients(self.region)
            return self._clients[service]

    def _forget(self) -> None:
        """Have the next call read the credentials anew."""
        with self._lock:
            self._clients.clear()
            self._account = None


def connect(region: str) -> Connection:
    """Return the connection to `region` for today's environment; the default one when empty.

    Raises:
        BadInput: no region is named anywhere.
    """
    settings = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    ours = {name: os.environ.get(name) for name in (BUCKET, ROLE)}
    return _connected(region or _default_region(), digest(settings | ours))


@lru_cache(maxsize=16)
def _connected(region: str, environment: str) -> Connection:
    del environment  # a part of the key: other credentials are another connection
    return Connection(region)


def named_region() -> str:
    """Return the region that the environment or a profile names, or nothing."""
    with translated("Reading the AWS settings"):
        return str(session().region_name or "")


def _default_region() -> str:
    found = named_region()
    if not found:
        message = (
            "No AWS region is set, and a simulator's ARN names none. Set AWS_DEFAULT_REGION, such "
            "as us-east-1."
        )
        raise BadInput(message)
    return found


def _clients(region: str) -> dict[str, Any]:
    from botocore.config import Config  # type: ignore[import-untyped]  # has no types
    from botocore.exceptions import (  # type: ignore[import-untyped]  # has no types
        NoCredentialsError,
    )

    # One attempt: what is asked again, and how, is decided here and not in the client.
    config = Config(
        connect_timeout=_CONNECT_S,
        read_timeout=_READ_S,
        retries={"total_max_attempts": 1, "mode": "standard"},
        max_pool_connections=_POOL,
        user_agent_extra="quantum-runtime",
    )
    try:
        with translated("Reading the AWS settings"):
            mine = session(region)
            if mine.get_credentials() is None:  # clients take half a second to make
                raise NoCredentialsError
            return {name: mine.client(name, config=config) for name in _SERVICES}
    except ValueError as error:
        reason = masked(str(error))
        message = (
            f"The AWS settings cannot be used: {reason}. Correct AWS_ENDPOINT_URL or AWS_REGION."
        )
        raise BadInput(message) from error
