"""Texts and faults as one line of limited length, cut within a word if need be."""

_CUT = "..."


def shortened(text: str, most: int) -> str:
    """Return a text as one line of at most `most` characters, which are more than three."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - len(_CUT)] + _CUT


def fault_line(fault: BaseException, most: int) -> str:
    """Return the type and the text of a fault as one line of at most `most` characters."""
    return shortened(f"{type(fault).__name__}: {fault}", most)
