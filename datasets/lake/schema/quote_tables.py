"""The table of what work was quoted, before any of it was bought."""

from datasets.lake.schema.columns import Column, Table

QUOTES = Table(
    "One item of what work would cost on one target.",
    ("quote_id", "target", "item"),
    (
        Column("quote_id", "id", "The quote: digest of what it says."),
        Column("run_id", "id", "The run; null where it was only asked.", required=False),
        Column("flow", "text", "The flow's name, such as `vqe`."),
        Column("target", "text", "Where the work would run, such as `emulator:garnet`."),
        Column("chosen", "bool", "Whether the work goes there; else it is an alternative."),
        Column(
            "item",
            "text",
            "`task_fees`, `shots`, `simulator_minutes`, `mitigation`, `readout_calibration` or "
            "`expected_retries`.",
        ),
        Column("tasks", "int64", "Tasks of the item.", unit="tasks"),
        Column("shots", "int64", "Shots of the item.", unit="shots"),
        Column("usd", "money", "What it is expected to cost.", unit="USD"),
        Column("at_most_usd", "money", "What it may cost.", unit="USD"),
        Column("quoted_at", "time", "When.", volatile=True),
    ),
)
