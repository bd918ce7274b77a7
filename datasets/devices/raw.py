"""Open the forms in which Braket's capability documents travel."""

from dataclasses import dataclass
from typing import Any, NoReturn

from datasets.devices.document_model import MAX_LABEL
from datasets.files.json_text import read_json
from tasks.errors import BadInput

MAX_NESTING = 3  # a document in a string in a string is the worst seen
MAX_QUBITS = MAX_LABEL + 1
MAX_TEXT = 1_000  # characters of a name or ARN
_WANTED = "Give the answer of Braket's GetDevice."


@dataclass(frozen=True, slots=True)
class RawDevice:
    """A capabilities document with what the answer around it said; empty where it did not.

    `origin` names it in messages.
    """

    capabilities: dict[str, Any]
    name: str
    arn: str
    origin: str

    def refuse(
        self,
        what: str,
        *,
        remedy: str = "Give an unchanged GetDevice document.",
        cause: Exception | None = None,
    ) -> NoReturn:
        """Raise the error that says what is wrong with the document.

        Raises:
            BadInput: always.
        """
        message = f"{self.origin}: {what}. {remedy}"
        raise BadInput(message) from cause

    def section(self, *path: str) -> dict[str, Any]:
        """Return the object at `path`; an absent one is empty."""
        found: Any = self.capabilities
        for depth, key in enumerate(path, start=1):
            found = found.get(key)
            if found is None:
                return {}
            if not isinstance(found, dict):
                self.refuse(f"{'.'.join(path[:depth])} is not an object")
        return dict(found)

    def label(self, text: object) -> int:
        """Return a qubit label, or refuse it."""
        word = str(text)
        if not (word.isascii() and word.isdigit() and len(word) <= len(str(MAX_LABEL))):
            self.refuse(f"{word[:40]!r} is not a qubit label of 0 to {MAX_LABEL}")
        if int(word) > MAX_LABEL:
            self.refuse(f"qubit label {word} is above {MAX_LABEL}")
        return int(word)

    def pair(self, text: str) -> tuple[int, int]:
        """Return the labels of `3-8`, ascending, or refuse it."""
        parts = text.split("-")
        if len(parts) != 2:  # noqa: PLR2004 - a pair has two
            self.refuse(f"{text[:40]!r} does not name a pair of qubits, such as 3-8")
        first, second = sorted(self.label(part) for part in parts)
        if first == second:
            self.refuse(f"pair {text} couples a qubit with itself")
        return first, second


def open_document(text: str, *, origin: str) -> RawDevice:
    """Return the document in `text`: an object, a string that holds one, or a GetDevice answer.

    Raises:
        BadInput: the text is none of these.
    """
    content = _parse(text, origin=origin)
    if "format" in content and "calibration_id" in content:
        message = f"{origin} is a device snapshot already. Use it as emulator:{origin}"
        raise BadInput(message)
    capabilities: Any = content
    if "deviceCapabilities" in content:
        capabilities = content["deviceCapabilities"]
        if isinstance(capabilities, str):
            capabilities = _parse(capabilities, origin=f"{origin} (deviceCapabilities)")
    if not isinstance(capabilities, dict) or "paradigm" not in capabilities:
        message = (
            f"{origin} is not a capabilities document of a gate-model device: it has no paradigm. "
            "Give the answer of Braket's GetDevice."
        )
        raise BadInput(message)
    return RawDevice(
        capabilities=capabilities,
        name=_text(content.get("deviceName")),
        arn=_text(content.get("deviceArn")),
        origin=origin,
    )


def _parse(text: str, *, origin: str) -> dict[str, Any]:
    content: Any = text
    for _ in range(MAX_NESTING):
        content = read_json(content, origin=origin, wanted=_WANTED)
        if not isinstance(content, str):
            break
    if not isinstance(content, dict):
        message = f"{origin} holds no JSON object. {_WANTED}"
        raise BadInput(message)
    return content


def _text(value: object) -> str:
    fits = isinstance(value, str) and len(value) <= MAX_TEXT and value.isprintable()
    return str(value) if fits else ""
