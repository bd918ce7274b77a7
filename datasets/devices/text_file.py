"""Write a text file that somebody names, or say in one line why that cannot be."""

from pathlib import Path

from datasets.files.writing import publish_file, replace_file
from tasks.errors import BadInput, StorageFault


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
