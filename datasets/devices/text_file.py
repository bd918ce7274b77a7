"""Read and write a text file that somebody names, or say in one line why that cannot be."""

from pathlib import Path

from datasets.file_writing import publish_file, replace_file
from tasks.errors import BadInput, StorageFault

MAX_BYTES = 32 * 2**20  # the largest published capabilities document has 0.44 MB


def read_text(path: Path, *, wanted: str = "a device document") -> str:
    """Return the text of the file at `path`, which may start with `~`; `wanted` is for messages.

    Raises:
        BadInput: it is missing, a folder, unreadable, empty, too large, or not UTF-8.
    """
    try:
        content = _read_bytes(path.expanduser(), wanted)
    except OSError as error:
        reason = f"{error.strerror or error}{_looked_in(path)}"
        message = f"{path} cannot be read ({reason}). Check its path and rights."
        raise BadInput(message) from error
    except (ValueError, RuntimeError) as error:
        message = f"{str(path)!r} is not a path ({error}). Give the path of a file."
        raise BadInput(message) from error
    if not content.strip():
        message = f"{path} is empty. Give a file with {wanted}."
        raise BadInput(message)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        raise BadInput(message) from error


def _looked_in(path: Path) -> str:
    """Say where a path begins that does not say so itself: a worker's folder is its own."""
    whole = path.is_absolute() or str(path).startswith("~")
    return "" if whole else f"; looked for in {Path.cwd()}"


def _read_bytes(path: Path, wanted: str) -> bytes:
    if path.is_dir():
        message = f"{path} is a folder. Give the path of a file in it."
        raise BadInput(message)
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        message = f"{path} is larger than {MAX_BYTES // 2**20} MiB. Give {wanted}."
        raise BadInput(message)
    return content


def write_text(path: Path, text: str, *, replace: bool) -> None:
    """Write the file at once or not at all; the same text again changes nothing.

    Raises:
        BadInput: another file has this name and `replace` is off, or there is no such folder.
        StorageFault: the disk refuses.
    """
    if not path.parent.is_dir():
        message = f"There is no folder {path.parent}. Create it, or choose another."
        raise BadInput(message)
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "no plain file"
        message = f"{path} is {what}. Choose the name of a file."
        raise BadInput(message)
    try:
        _write(path, text, replace=replace)
    except FileExistsError:
        message = f"{path} exists and differs. Use --force to replace it, or --out for another."
        raise BadInput(message) from None
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror}). Choose another place."
        raise StorageFault(message) from error


def _write(path: Path, text: str, *, replace: bool) -> None:
    if replace:
        replace_file(path, text)
        return
    try:
        publish_file(path, text)
    except FileExistsError:
        if path.read_bytes() != text.encode():
            raise
