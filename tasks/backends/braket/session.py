"""Whose credentials are used: the environment's own, or those of a role that they assume."""

import os
from typing import Any, Final

ROLE: Final = "QRT_AWS_ROLE_ARN"
SESSION_NAME: Final = "quantum-runtime"  # what CloudTrail shows beside the role


def session(region: str | None = None) -> Any:
    """Return a session of boto3's; a role's credentials are taken, and renewed, as they are needed.

    A role that may not be assumed shows in the first call that needs it.
    """
    import boto3  # type: ignore[import-untyped]  # has no types

    own = boto3.session.Session(region_name=region)
    role = os.environ.get(ROLE, "").strip()
    return _assuming(role, own, region=region or own.region_name) if role else own


def _assuming(role: str, own: Any, *, region: str | None) -> Any:
    import boto3
    from botocore.credentials import (  # type: ignore[import-untyped]  # has no types
        DeferredRefreshableCredentials,
    )
    from botocore.session import Session  # type: ignore[import-untyped]  # has no types

    def taken() -> dict[str, str]:
        sts = own.client("sts", region_name=region)
        found = sts.assume_role(RoleArn=role, RoleSessionName=SESSION_NAME)["Credentials"]
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "token": found["SessionToken"],
            "expiry_time": found["Expiration"].isoformat(),
        }

    assumed = Session()
    chain = assumed.get_component("credential_provider")
    chain.providers.insert(0, _Held(DeferredRefreshableCredentials(taken, "assume-role")))
    return boto3.session.Session(botocore_session=assumed, region_name=region)


class _Held:
    """A provider, in botocore's sense, of credentials that are at hand."""

    METHOD = "quantum-runtime-role"
    CANONICAL_NAME = None

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def load(self) -> Any:
        return self._credentials
