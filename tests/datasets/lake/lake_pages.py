"""The columns of the lake as Markdown; run it to bring docs/lake.md up to date."""

from pathlib import Path

from datasets.lake.schema.schemas import SCHEMA_VERSIONS, arrow_type
from datasets.lake.schema.tables import TABLES

PAGE = Path(__file__).parents[3] / "docs" / "lake.md"
START = "<!-- columns: written by tests/datasets/lake/lake_pages.py -->\n"


def columns() -> str:
    """Every table with its columns, as docs/lake.md has them after its introduction."""
    return "\n".join(_table(name) for name in TABLES)


def _table(name: str) -> str:
    table = TABLES[name]
    title = f"## {name}\n\n{table.row} Version {SCHEMA_VERSIONS[name]}."
    key = f"Within a file {', '.join(f'`{column}`' for column in table.key)} tell rows apart."
    rows = [
        f"| `{c.name}` | {arrow_type(c.kind)} | {'' if c.required else 'yes'} | {c.unit} "
        f"| {c.meaning} |"
        for c in table.columns
    ]
    head = ["| column | type | null | unit | meaning |", "|---|---|---|---|---|"]
    return "\n".join([title, "", key, "", *head, *rows, ""])


if __name__ == "__main__":
    PAGE.write_text(PAGE.read_text("utf-8").partition(START)[0] + START + "\n" + columns(), "utf-8")
