"""A home is its owner's alone: others are refused, and one that others could read is made private.

What is made new is private from the start (`datasets.files.writing`); libraries that write files of
their own do so under `private_creation`, or in a process whose umask is `PRIVATE_UMASK`.
"""

import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Final

from tasks.errors import BadInput

PRIVATE_UMASK: Final = 0o077
_OTHERS: Final = 0o077
# What the runtime keeps in a home. Whatever else lies there is not its to change.
_KEPT: Final = frozenset({
    "auth", "cache", "claims", "devices", "inputs", "lake", "logs", "prefect", "quarantine",
    "reports", "sandbox", "spool",
})  # fmt: skip
_JOURNAL: Final = "journal.db"

_lock = Lock()
_private_blocks = 0
_before = 0


def refuse_anothers(root: Path, *, whole: bool = False) -> None:
    """Refuse a home that its user cannot use, or could no longer use after this one has.

    The latter is what root would do to the home of another user of this machine. Parts of a home
    are looked at where `whole`: who only reads a lake may not need the others.

    Raises:
        BadInput: whose it is, and what to do.
    """
    if os.geteuid() == 0:
        _refuse_as_root(root)
        return
    if not root.is_dir():
        return
    if not _lets_in(root, os.R_OK):
        raise BadInput(_closed(root, root))
    # What keeps everybody from writing is no question of whose it is.
    wanted = os.R_OK if os.statvfs(root).f_flag & os.ST_RDONLY else os.R_OK | os.W_OK
    for path in _kept(root) if whole else ():
        if not _lets_in(path, wanted):
            raise BadInput(_closed(path, root))
    if whole and root.stat().st_uid != os.geteuid() and not _lets_in(root, wanted):
        raise BadInput(_closed(root, root))


def _refuse_as_root(root: Path) -> None:
    owner = root.stat().st_uid if root.exists() else 0
    if owner and (known := _name(owner)):
        message = (
            f"The home folder {root} belongs to {known}, who could no longer use what root writes "
            f"there. Call this as {known}, or set QRT_HOME to another folder."
        )
        raise BadInput(message)


def _lets_in(path: Path, rights: int) -> bool:
    """Whether this user has rights to what is there; what is not there keeps nobody out."""
    rights |= os.X_OK if path.is_dir() else 0
    return os.access(path, rights, effective_ids=True) or not os.access(path, os.F_OK)


def _closed(path: Path, root: Path) -> str:
    """Say whose a path is that this user has not all rights to, and what to do."""
    owner, user = path.stat().st_uid, os.geteuid()
    if owner == user:
        return f"{path} is closed to its own user. Open it with `chmod -R u+rwX {root}`."
    return (
        f"{path} belongs to {_name(owner) or f'user {owner}'} and is closed to "
        f"{_name(user) or f'user {user}'}; a home is one user's. "
        "Have its rights mended, or set QRT_HOME to a folder of your own."
    )


def _name(user: int) -> str:
    """Return what a user of this machine is called; nothing where there is none."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return ""


def make_private(root: Path) -> bool:
    """Take from others the rights to a home and to what is kept in it; say whether they had any.

    Links are not followed, and the folder itself stays as it is where it is not the runtime's alone
    to close: the user's own home folder, one directly below `/`, or one that another user owns.

    Raises:
        BadInput: everybody may write there, as in /tmp.
        OSError: it cannot be looked at.
    """
    if root.stat().st_mode & stat.S_ISVTX:
        message = (
            f"QRT_HOME is {root}, where everybody may write. Set it to a folder of your own, "
            f"such as {root / 'quantum-runtime'}."
        )
        raise BadInput(message)
    wide = open_to_others(root)
    for path in (root, *_kept(root)) if root in wide else _kept(root) if wide else ():
        close_to_others(path, deep=path != root)
    return bool(wide)


def open_to_others(root: Path) -> list[Path]:
    """Return what others may look at: of what is kept in a home, and the home itself.

    Raises:
        OSError: it cannot be looked at.
    """
    wide = [path for path in (*_kept(root), *_below(root / "prefect")) if _is_open(path)]
    if _is_closable(root) and _is_open(root):
        wide.append(root)
    return wide


def close_to_others(path: Path, *, deep: bool) -> None:
    """Take from others the rights to a path, and to what is below it; links are not followed."""
    if _is_open(path):
        with suppress(FileNotFoundError):
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)
    if deep and path.is_dir() and not path.is_symlink():
        for below in path.iterdir():
            close_to_others(below, deep=True)


@contextmanager
def private_creation() -> Iterator[None]:
    """Have whatever this process creates in the block be its owner's alone.

    The umask is the whole process': it is restored once the last of several blocks has ended.
    """
    global _private_blocks, _before  # noqa: PLW0603 - so is the umask
    with _lock:
        if not _private_blocks:
            _before = os.umask(PRIVATE_UMASK)
        _private_blocks += 1
    try:
        yield
    finally:
        with _lock:
            _private_blocks -= 1
            if not _private_blocks:
                os.umask(_before)


def _kept(root: Path) -> list[Path]:
    return [path for path in root.iterdir() if path.name in _KEPT or _is_journal(path.name)]


def _is_journal(name: str) -> bool:
    return name == _JOURNAL or name.startswith(f"{_JOURNAL}-")


def _below(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _is_closable(root: Path) -> bool:
    return root.stat().st_uid == os.geteuid() and len(root.parts) > 2 and root != Path.home()  # noqa: PLR2004 - "/" and one more


def _is_open(path: Path) -> bool:
    """Whether others have rights to what this user owns, and could be refused them."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    is_ours = found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode)
    return is_ours and bool(found.st_mode & _OTHERS)
