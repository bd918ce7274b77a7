"""Programs that differ in their numbers alone, as one program with parameters.

Reading costs a quarter of a millisecond a gate, evolving a thousandth of that. A loop that binds a
circuit anew for every point writes a new text each time; with its numbers made inputs it is the
same text, which is read once.
"""

import re
from collections import OrderedDict
from functools import lru_cache
from threading import Lock

_NAME = "lifted_number_{}"
_PLACE = r"(?:\w+\[\d+\]|\$\d+)"
_GATE = re.compile(
    rf"^(?P<head>\w+\()(?P<numbers>[-+.,eE\d ]+)(?P<tail>\)(?: {_PLACE}(?:, {_PLACE})*)?;)$",
    re.MULTILINE,
)
_NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d*(?:[eE][-+]?\d+)?(?![\w.])")
_VERSION = re.compile(r"\AOPENQASM 3(?:\.0)?;\n")
_KEPT = 256


@lru_cache(maxsize=_KEPT)
def lifted(source: str) -> tuple[str, tuple[tuple[str, float], ...]] | None:
    """Return the text with the gates' numbers as inputs, and their values.

    None when the text has none, or is not of the plain kind that circuits are written as: whole
    numbers stay, because they divide otherwise, and definitions and branches are left alone.
    """
    body = source.replace("box{", "").replace("box {", "")
    version = _VERSION.match(source)
    if "{" in body or version is None or _NAME.format("") in source:
        return None
    values: list[float] = []

    def name(number: re.Match[str]) -> str:
        values.append(float(number[0]))
        return _NAME.format(len(values) - 1)

    def gate(found: re.Match[str]) -> str:
        return found["head"] + _NUMBER.sub(name, found["numbers"]) + found["tail"]

    text = _GATE.sub(gate, source[version.end() :])
    if not values:
        return None
    names = [_NAME.format(place) for place in range(len(values))]
    inputs = "".join(f"input float {each};\n" for each in names)
    return version[0] + inputs + text, tuple(zip(names, values, strict=True))


class Seen:
    """Remembers the latest templates: one that comes once is not worth its inputs."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def again(self, text: str) -> bool:
        """Return whether the template came before, and remember it."""
        with self._lock:
            known = text in self._texts
            self._texts[text] = None
            self._texts.move_to_end(text)
            while len(self._texts) > _KEPT:
                self._texts.popitem(last=False)
        return known
