"""The password of the server that `qrt up` keeps: the operator's, or the home's own."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from datasets.files.writing import make_folder, publish_file
from datasets.home import Home
from tasks.errors import BadInput, StorageFault

GIVEN: Final = "PREFECT_API_AUTH_STRING"  # what Prefect's clients send
ASKED: Final = "PREFECT_SERVER_API_AUTH_STRING"  # what Prefect's server wants
_USER: Final = "qrt"
_BYTES: Final = 24
_MOST: Final = 1024  # characters: a header has it, and servers take no header of any length
_SHAPE: Final = f"USER:PASSWORD of at most {_MOST:,} plain ASCII characters"


def given() -> str:
    """Return the password that the environment has; nothing where it has none."""
    return os.environ.get(GIVEN) or os.environ.get(ASKED) or ""


def password_to_ask(home: Home) -> str:
    """Return the password of a server that starts now: the environment's, else the home's.

    Raises:
        BadInput: it is none.
        StorageFault: the home's cannot be read or made.
    """
    password = given()
    if password and not _is_one(password):
        message = f"{GIVEN} is no password. Set it to {_SHAPE}, or unset it."
        raise BadInput(message)
    return password or password_of(home)


def auth_file(home: Home) -> Path:
    """Return where the home's own password is."""
    return home.root / "auth"


def password_of(home: Home) -> str:
    """Return the home's own password, making one where there is none.

    Raises:
        BadInput: the file holds none.
        StorageFault: it cannot be read or written.
    """
    path = auth_file(home)
    try:
        make_folder(path.parent)
        if not path.exists():
            with suppress(FileExistsError):  # another one has made it just now
                publish_file(path, new_password())
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The password in {path} cannot be read or made ({error}). Check its rights."
        raise StorageFault(message) from error
    if not _is_one(found):
        message = f"{path} holds no {_SHAPE}. Remove it: the next `qrt up` makes another."
        raise BadInput(message)
    return found


def new_password() -> str:
    """Return one that nobody has had."""
    return f"{_USER}:{secrets.token_urlsafe(_BYTES)}"


def _is_one(password: str) -> bool:
    """Whether it is one that Prefect's server compares, which it does with ASCII alone."""
    user, _, secret = password.partition(":")
    plain = password.isascii() and password.isprintable()
    return bool(user and secret) and plain and len(password) <= _MOST
