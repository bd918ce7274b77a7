"""What blocks look like in the UI, and where people read more; nothing is fetched from here."""

from typing import Final

LOGO: Final = (
    "https://raw.githubusercontent.com/PrefectHQ/prefect/"
    "420d0d6a78bb6df1fc18bcf188fdad43c1d22ea9/assets/block-logos/process.png"
)
ABOUT_BLOCKS: Final = "https://docs.prefect.io/v3/concepts/blocks"
ABOUT_BRAKET: Final = (
    "https://docs.aws.amazon.com/braket/latest/developerguide/braket-enable-overview.html"
)
