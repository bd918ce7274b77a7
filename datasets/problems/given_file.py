"""Read a file that a caller named, and say in one line what is wrong with its name."""

from datasets.files.named import named_path
from datasets.files.reading import read_bytes
from tasks.errors import BadInput


def looks_like_path(text: str, *endings: str) -> bool:
    """Whether the text is meant as a path, not as a name."""
    return text.lower().endswith(endings) or "/" in text or "\\" in text or text in {".", ".."}


def read_given(name: str, *, kind: str, otherwise: str) -> bytes:
    """Return the bytes of the file; `kind` is what it should be, `otherwise` what else to give.

    Raises:
        BadInput: it is not there, too large, or cannot be read.
    """
    try:
        path = named_path(name)
        if path.is_dir():
            message = f"{name} is a folder. Give the path of a {kind} file."
            raise BadInput(message)
        if not path.exists():
            message = f"There is no file {name}. Give {otherwise} or path."
            raise BadInput(message)
        return read_bytes(path, wanted=f"a {kind} problem")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{name!r} cannot be read: {reason}. Give the path of a readable {kind} file."
        raise BadInput(message) from error
