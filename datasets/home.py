"""The home: the folder, and the places elsewhere, that hold everything the runtime keeps."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from datasets.files.home_rights import refuse_anothers
from datasets.files.url_secrets import check_urls
from datasets.records.names import file_part, shown
from tasks.errors import BadInput

if TYPE_CHECKING:
    from datasets.records.executions import RunId

_ROOT_LENGTH = 1024  # the files below it have names of their own, and systems take 4,096

_PLACES = ("QRT_HOME", "QRT_JOURNAL_URL", "QRT_LAKE")
_SERVERS = ("postgresql://", "postgresql+psycopg://")


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds everything the runtime keeps on this machine.

    `journal_url` is a PostgreSQL database that holds the journal instead, and `lake_url` a place on
    S3 that holds the lake, for many machines.
    """

    root: Path
    journal_url: str = field(default="", repr=False)  # it may hold a password
    lake_url: str = ""

    @property
    def lake(self) -> Path | str:
        """Parquet files, for reading: a folder, or the URI of one on S3."""
        return self.lake_url or self.root / "lake"

    @property
    def journal(self) -> Path | str:
        """Work in flight and money: a SQLite file, or the URL of a database."""
        return self.journal_url or self.root / "journal.db"

    @property
    def claims(self) -> Path:
        """Locks of the runs that this machine works on, beside a SQLite file."""
        return self.root / "claims"

    @property
    def reports(self) -> Path:
        """Reports of runs."""
        return self.root / "reports"

    @property
    def quarantine(self) -> Path:
        """Rows that their contract refused."""
        return self.root / "quarantine"

    @property
    def spool(self) -> Path:
        """Raw results that are not landed yet."""
        return self.root / "spool"

    @property
    def inputs(self) -> Path:
        """Problems and device snapshots as runs were given them."""
        return self.root / "inputs"

    def inputs_of(self, run_id: "RunId") -> Path:
        """Return where the copies of one run's inputs are."""
        return self.inputs / file_part(run_id)

    def report_of(self, run_id: "RunId") -> Path:
        """Return where one run's report is, or will be."""
        return self.reports / f"{file_part(run_id)}.html"

    @property
    def devices(self) -> Path:
        """Device snapshots that were imported, `NAME@DATE.json`."""
        return self.root / "devices"

    @property
    def cache(self) -> Path:
        """What can be made again."""
        return self.root / "cache"

    @property
    def logs(self) -> Path:
        """Logs of runs and servers."""
        return self.root / "logs"


def home(environment: Mapping[str, str] | None = None) -> Home:
    """Return the home folder: QRT_HOME, else ~/.quantum-runtime; read when called.

    QRT_JOURNAL_URL and QRT_LAKE are where its journal and its lake are, if not in it.

    Raises:
        BadInput: one of them cannot be meant, a URL has credentials in it, or the home is another
            user's.
    """
    settings = os.environ if environment is None else environment
    check_urls(settings)
    named, url, lake = (settings.get(name, "").strip() for name in _PLACES)
    if url and not url.startswith(_SERVERS):
        message = (
            "QRT_JOURNAL_URL is not the URL of a PostgreSQL database. "
            "Set it to postgresql://USER:PASSWORD@HOST/DATABASE, or unset it for one in QRT_HOME."
        )
        raise BadInput(message)
    root = _root(named)
    if lake and not lake.startswith("s3://"):
        message = f"QRT_LAKE is {lake!r:.80}. Set it to s3://BUCKET/PREFIX, or unset it."
        raise BadInput(message)
    refuse_anothers(root)
    return Home(root, url, lake.rstrip("/"))


def _root(named: str) -> Path:
    """Return the folder that QRT_HOME names, or the default one, which need not be there.

    Raises:
        BadInput: no folder can be meant, or none that everything in a home can be kept in.
    """
    text = named or "~/.quantum-runtime"
    try:
        root = Path(text).expanduser().absolute()
        # Prefect's database is named by a URL, in which a query begins with a question mark.
        usable = "?" not in str(root) and str(root).isprintable() and bool(root.name)
        root.exists()
    except (RuntimeError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        message = f"QRT_HOME is {shown(text)}: {reason}. Set it to another folder."
        raise BadInput(message) from error
    if not usable or len(os.fsencode(root)) > _ROOT_LENGTH:
        message = (
            f"QRT_HOME is {shown(text)}, which is not a plain path of at most {_ROOT_LENGTH:,} "
            "bytes, below / and without a question mark. Set it to another folder."
        )
        raise BadInput(message)
    return root
