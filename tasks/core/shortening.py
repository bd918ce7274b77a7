"""A text that people read, cut to a width: within a word too, so that something of it stays."""

_CUT = "..."


def shortened(text: str, most: int) -> str:
    """Return a text as one line of at most `most` characters, which are more than three."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - len(_CUT)] + _CUT
