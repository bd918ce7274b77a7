"""Find a batch's circuits: files, folders, patterns, lists in CSV files, and texts as they are."""

import csv
import glob
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

from datasets.files.named import named_path
from datasets.files.reading import read_text
from tasks.core.qasm.tokens import shown
from tasks.errors import BadInput
from tasks.program.sources import WANTED
from tasks.requests.circuits import SUFFIXES, is_path
from tasks.requests.run import MAX_CIRCUIT_SHOTS

MAX_CIRCUITS: Final = 10_000
LIST: Final = ".csv"
_TOLD: Final = 20  # circuits that cannot be read, which a message names
_NAME_LENGTH: Final = 100
Asked = TypeVar("Asked")
Read = TypeVar("Read")
_COLUMNS: Final = ("circuit", "name", "shots", "observables")


@dataclass(frozen=True, slots=True)
class Listed:
    """A circuit as it was asked for; without `shots` and `observables` the batch's hold.

    `text` is OpenQASM, or before it was read the path of a file.
    """

    name: str
    text: str
    shots: int | None = None
    observables: tuple[str, ...] = ()


def listed(entries: Sequence[str]) -> tuple[Listed, ...]:
    """Return every circuit that is asked for, each read from its file, each with a name of its own.

    An entry is a file, a folder or a pattern (its files in the order of their names), a CSV file,
    or OpenQASM text. One that is there twice is measured twice.

    Raises:
        BadInput: there is none, there are too many, or a file cannot be read.
    """
    found = [each for entry in entries for each in _found(entry)]
    if not found:
        message = "There is no circuit. Give files with OpenQASM 2 or 3: --circuit FILE."
        raise BadInput(message)
    if len(found) > MAX_CIRCUITS:
        message = (
            f"The batch has {len(found):,} circuits; at most {MAX_CIRCUITS:,} are bought in one "
            "run. Divide them over several."
        )
        raise BadInput(message)
    texts = {text: _text(text) for text in dict.fromkeys(each.text for each in found)}
    return tuple(_named(replace(each, text=texts[each.text]) for each in found))


def all_of(asked: Sequence[Asked], read: Callable[[Asked], Read]) -> tuple[Read, ...]:
    """Read every item; all that cannot be read are named in one error.

    Raises:
        BadInput: the one fault as it is, or how many there are and the first few.
    """
    found, faults = list[Read](), list[BadInput]()
    for each in asked:
        try:
            found.append(read(each))
        except BadInput as fault:
            faults.append(fault)
    if len(faults) > 1:
        told = " ".join(str(fault) for fault in faults[:_TOLD])
        rest = f" And {len(faults) - _TOLD} more." if len(faults) > _TOLD else ""
        message = f"{len(faults)} of {len(asked)} circuits cannot be taken. {told}{rest}"
        raise BadInput(message) from faults[0]
    if faults:
        raise faults[0]
    return tuple(found)


def _found(entry: str) -> Iterator[Listed]:
    if not entry.strip():
        message = "A circuit is empty. Give files with OpenQASM 2 or 3: --circuit FILE."
        raise BadInput(message)
    if not is_path(entry):
        yield Listed("circuit", entry)
        return
    path = named_path(entry)
    if path.suffix.lower() == LIST:
        yield from _rows(path)
    elif _answers(path.is_dir):
        files = (each for each in path.iterdir() if each.suffix.lower() in SUFFIXES)
        yield from _all(files, where=f"The folder {shown(entry)}")
    elif glob.has_magic(entry) and not _answers(path.exists):
        matches = map(Path, glob.glob(_pattern(path), recursive=True))  # noqa: PTH207 - takes any pattern
        yield from _all(matches, where=f"{shown(entry)}")
    else:
        yield Listed(path.stem, str(path))


def _expanded(text: str) -> Path:
    path = Path(text)
    with suppress(RuntimeError, ValueError):  # no such home: whoever reads the file says so
        path = path.expanduser()
    return path


def _pattern(path: Path) -> str:
    """Return a pattern of files; a folder that is there is itself, whatever is in its name."""
    there = next((above for above in path.parents if _answers(above.is_dir)), None)
    return str(path if there is None else Path(glob.escape(str(there))) / path.relative_to(there))


def _answers(question: Callable[[], bool]) -> bool:
    """Evaluate a path predicate; False for an invalid path, such as one that is too long."""
    try:
        return question()
    except (OSError, ValueError):
        return False


def _all(paths: Iterator[Path], *, where: str) -> Iterator[Listed]:
    files = sorted((path for path in paths if path.is_file()), key=str)
    if not files:
        endings = ", ".join(SUFFIXES)
        message = f"{where} has no files that end in {endings}. Give files with OpenQASM 2 or 3."
        raise BadInput(message)
    for path in files:
        if not path.name.isprintable():
            message = f"The file {path.name!r:.80} has a name that is not one line. Rename it."
            raise BadInput(message)
        yield Listed(path.stem, str(path))


def _rows(path: Path) -> Iterator[Listed]:
    """Yield the circuits of a list, whose paths are relative to its folder."""
    text = read_text(path, wanted="a list of circuits")
    try:
        yield from _each(csv.DictReader(io.StringIO(text), strict=True), path)
    except csv.Error as error:
        message = f"{path} cannot be read as CSV ({error}). Correct it."
        raise BadInput(message) from error


def _each(rows: "csv.DictReader[str]", path: Path) -> Iterator[Listed]:
    """Yield a circuit a row.

    Raises:
        BadInput: the list has other columns, or a row is wrong.
    """
    columns = [(name or "").strip() for name in rows.fieldnames or ()]
    strange = next((name for name in columns if name not in _COLUMNS), None)
    if strange is not None or "circuit" not in columns:
        what = "no column circuit" if strange is None else f"a column {shown(strange)}"
        message = f"{path} has {what}. Its columns are {', '.join(_COLUMNS)}; circuit is needed."
        raise BadInput(message)
    rows.fieldnames = columns
    for row in rows:
        yield _row(row, path, line=rows.line_num)


def _row(row: dict[str, str], path: Path, *, line: int) -> Listed:
    if None in row or None in row.values():
        message = f"{path}, line {line}: it has not as many cells as columns. Correct it."
        raise BadInput(message)
    circuit, name = row["circuit"].strip(), row.get("name", "").strip()
    where = f"{path}, line {line}"
    if not circuit:
        message = f"{where}: there is no circuit. Give the path of its file."
        raise BadInput(message)
    if not name.isprintable() or len(name) > _NAME_LENGTH:
        message = (
            f"{where}: the name {shown(name)} is not one line of at most {_NAME_LENGTH} "
            "characters. Give another."
        )
        raise BadInput(message)
    text = str(path.parent / _expanded(circuit)) if is_path(circuit) else circuit
    name = name or (Path(circuit).stem if is_path(circuit) else "circuit")
    wanted = row.get("observables", "").strip()
    shots = _shots(row.get("shots", "").strip(), where)
    return Listed(name, text, shots, (wanted,) if wanted else ())


def _shots(text: str, where: str) -> int | None:
    """Return the shots of a row, or None where the batch's hold."""
    if not text:
        return None
    long = len(text) > len(str(MAX_CIRCUIT_SHOTS))
    if long or not (text.isascii() and text.isdecimal() and 0 < int(text) <= MAX_CIRCUIT_SHOTS):
        message = (
            f"{where}: shots {shown(text)} is no number of shots. Give 1 to {MAX_CIRCUIT_SHOTS:,}."
        )
        raise BadInput(message)
    return int(text)


def _text(text: str) -> str:
    return read_text(named_path(text), wanted=WANTED) if is_path(text) else text


def _named(found: Iterator[Listed]) -> Iterator[Listed]:
    """Number the names that are there more than once, from the second on."""
    seen: set[str] = set()
    for each in found:
        name, number = each.name, 1
        while name in seen:
            number += 1
            name = f"{each.name}-{number}"
        seen.add(name)
        yield replace(each, name=name)
