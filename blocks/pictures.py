"""Where the UI sends people to read more about blocks; it fetches nothing from there itself."""

from typing import Final

ABOUT_BLOCKS: Final = "https://docs.prefect.io/v3/concepts/blocks"
ABOUT_BRAKET: Final = (
    "https://docs.aws.amazon.com/braket/latest/developerguide/braket-enable-overview.html"
)
