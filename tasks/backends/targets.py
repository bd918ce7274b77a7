"""Targets, read once from the text that names them, and the registry of who provides them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from datasets.records.targets import device_name, provider_name
from tasks.backends.braket.provider import BRAKET
from tasks.backends.here import EMULATED, LOCAL
from tasks.backends.protocol import Provider

# A provider is a package beside this module, and a line here. The first knows what no name tells.
PROVIDERS: Final[dict[str, Provider]] = {one.name: one for one in (LOCAL, EMULATED, BRAKET)}


@dataclass(frozen=True, slots=True)
class Target:
    """A place to run: the text that people write, and the provider that its beginning names."""

    text: str
    provider: Provider

    @property
    def device(self) -> str:
        """The device's name with its provider: `garnet`, `sv`, an ARN, a path."""
        return device_name(self.text)

    @property
    def is_bought(self) -> bool:
        """Whether work there costs money."""
        return self.provider.sells

    @property
    def is_simulator(self) -> bool:
        """Whether its name says that it is no device."""
        return self.provider.is_simulator(self.text)

    @property
    def region(self) -> str:
        """Where it stands, as its provider calls it; empty for this machine."""
        return self.provider.region(self.text)

    @property
    def vendor(self) -> str:
        """Who made the device, in lower case; empty where its name does not say."""
        return self.provider.vendor(self.text)


def target_of(text: str) -> Target:
    """Return the target that a text names; whether there is such a device, its provider says."""
    return Target(text, PROVIDERS.get(provider_name(text), LOCAL))


def is_bought(text: str) -> bool:
    """Whether work on the target costs money."""
    return target_of(text).is_bought


def sellers() -> Iterator[Provider]:
    """Go through the providers whose devices are bought."""
    return (one for one in PROVIDERS.values() if one.sells)
