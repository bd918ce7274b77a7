"""Which devices an AWS account can reach, region by region."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tasks.backends.braket.connection import Connection
from tasks.backends.braket.faults import translated
from tasks.backends.braket.patience import BRISK
from tasks.backends.braket.session import session

# Regions with devices: docs.aws.amazon.com/braket, Supported regions and devices.
REGIONS: Final = ("eu-north-1", "eu-west-2", "us-east-1", "us-west-1", "us-west-2")
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BRAKET")
_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A device as SearchDevices lists it; `status` is ONLINE, OFFLINE or RETIRED."""

    arn: str
    name: str
    status: str


def has_account() -> bool:
    """Whether there is an endpoint or are credentials by which devices could be asked."""
    if any(os.environ.get(name, "").strip() for name in _ENDPOINTS):
        return True
    with translated("Reading the AWS settings"):
        return session().get_credentials() is not None


def listed(connection: Connection) -> Iterator[Listed]:
    """Go through the devices of a region; simulators are in several.

    Raises:
        Transient: the service does not answer.
        Refused: it does not say.
    """
    more: dict[str, str] = {}
    while True:
        page = connection.ask(
            "braket", "SearchDevices", patience=BRISK, filters=[], maxResults=_PAGE, **more
        )
        for device in page["devices"]:
            yield Listed(device["deviceArn"], device["deviceName"], device["deviceStatus"])
        if not page.get("nextToken"):
            return
        more = {"nextToken": page["nextToken"]}
