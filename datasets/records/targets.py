"""The text of a target: a provider's name, a colon, and the device's name with that provider."""

from typing import Final

SOLD_BEFORE: Final = "braket:"  # what earlier releases could buy from; they kept one sum for money


def provider_name(target: str) -> str:
    """Return the name that a target begins with; all of it where there is no colon."""
    return target.partition(":")[0]


def device_name(target: str) -> str:
    """Return what follows the provider's name; nothing where there is no colon."""
    return target.partition(":")[2]
