"""Check the tables of the whole lake against each other in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from datasets.contracts.meaning import RARE_SHOTS, RELEARNT, ROUNDING
from datasets.lake.views import connect

MOST_TOLD: Final = 20  # of one kind
MOST_SIGMAS: Final = 6  # as the contract of the estimates has it


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """A row that does not agree with others: which it is, and what is wrong with it."""

    subject: str
    text: str


def _missing(table: str, column: str, *, among: Sequence[tuple[str, str]], words: str) -> str:
    """Return the rule that each id of a table stands in one of some others."""
    held = " UNION ALL ".join(f"SELECT {name} FROM {other}" for other, name in among)  # noqa: S608
    return f"""SELECT DISTINCT 'execution ' || execution_id AS subject, '{words} ' || {column}
            || ', which is not in the lake.' AS text FROM {table}
        WHERE {column} NOT IN ({held}) ORDER BY ALL"""  # noqa: S608 - our own names


_EXECUTIONS: Final = [("executions", "execution_id")]
_BEHIND: Final = "(SELECT execution_id, unnest(execution_ids) AS behind FROM estimates)"

# Each selects `subject` and `text` of every row that breaks it, in order.
RULES: Final = (
    # What was landed last of a run that goes on may be on its way.
    """SELECT 'execution ' || execution_id AS subject, format('{:,} shots of it are counted, '
            'and {:,} came back.', counted, back) AS text
        FROM (SELECT execution_id, any_value(run_id) AS run_id,
                coalesce(max(shots_returned), 0)::BIGINT AS back FROM executions GROUP BY ALL)
        LEFT JOIN (SELECT execution_id, sum(count)::BIGINT AS found FROM counts GROUP BY ALL)
            USING (execution_id), LATERAL (SELECT coalesce(found, 0) AS counted)
        WHERE counted <> back AND (found IS NOT NULL
            OR run_id NOT IN (SELECT run_id FROM runs WHERE state = 'running'))
        ORDER BY ALL""",
    """SELECT 'execution ' || execution_id AS subject, format('{:,} shots of it came back, and '
            '{:,} were asked for.', shots_returned, shots_requested) AS text
        FROM executions WHERE shots_returned > shots_requested ORDER BY ALL""",
    """SELECT DISTINCT 'execution ' || execution_id AS subject,
            'It has counts, and is not in the lake itself.' AS text FROM counts
        WHERE execution_id NOT IN (SELECT execution_id FROM executions) ORDER BY ALL""",
    """SELECT DISTINCT 'execution ' || execution_id AS subject,
            'It has estimates, and is not in the lake itself.' AS text FROM estimates
        WHERE execution_id NOT IN (SELECT execution_id FROM executions) ORDER BY ALL""",
    _missing(
        _BEHIND,
        "behind",
        among=_EXECUTIONS,
        words="Its estimates are also made of execution",
    ),
    _missing(
        "executions",
        "compiled_id",
        among=[("compiled_programs", "compiled_id"), ("members", "set_id")],
        words="It ran the compiled program",
    ),
    _missing(
        "executions",
        "calibration_id",
        among=[("device_snapshots", "calibration_id")],
        words="It was compiled for the calibration",
    ),
    """SELECT 'compiled program ' || compiled_id AS subject,
            'It is of the program ' || program_id || ', which is not in the lake.' AS text
        FROM compiled_programs WHERE program_id NOT IN (SELECT program_id FROM programs)
        ORDER BY ALL""",
    f"""SELECT 'run ' || run_id AS subject, format('{{}} at point {{}} is {{:.6g}} ± {{:.2g}}, '
            'and no state gives more than {{:.6g}}.', observable, point, value, stderr, bound)
            AS text
        FROM estimates WHERE outside AND abs(value) > bound + {ROUNDING} * greatest(bound, 1)
            + {MOST_SIGMAS} * stderr + CASE WHEN method = 'none' THEN 0
                ELSE bound * ({RARE_SHOTS} / greatest(shots, 1) + {RELEARNT}) END
        ORDER BY ALL""",  # noqa: S608 - our own numbers
)


def inconsistencies(lake_root: str | Path) -> list[Inconsistency]:
    """Return what does not agree in the lake, of each kind the first `MOST_TOLD` and how many more.

    Files that are damaged or missing are `verification`'s business: tell them first.

    Raises:
        StorageFault: the lake cannot be listed.
    """
    with connect(lake_root) as lake:
        return [one for rule in RULES for one in _told(lake.execute(rule).fetchall())]


def _told(rows: Sequence[tuple[str, str]]) -> list[Inconsistency]:
    told = [Inconsistency(subject, text) for subject, text in rows[:MOST_TOLD]]
    left = len(rows) - len(told)
    rest = f"{left:,} more rows have the same fault."
    return [*told, Inconsistency("the lake", rest)] if left > 0 else told
