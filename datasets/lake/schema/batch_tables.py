"""The table of what the executions of a batch hold: which circuit has which number."""

from datasets.lake.schema.columns import Column, Table

MEMBERS = Table(
    "One circuit of a batch: the executions of a batch hold circuits of several programs.",
    ("run_id", "target", "point"),
    (
        Column("run_id", "id", "The flow run that made the row."),
        Column("target", "text", "Where the work ran, such as `emulator:garnet`."),
        Column("set_id", "id", "All that were compiled: the `compiled_id` of the executions."),
        Column("point", "int32", "The circuit's number, from 0; `point` of counts and estimates."),
        Column("name", "text", "A name for readers."),
        Column("program_id", "id", "The program."),
        Column("compiled_id", "id", "The compiled program; null if there is none.", required=False),
        Column("shots", "int64", "Shots of each of its bases.", unit="shots"),
        Column("failure", "text", "Why it could not be compiled, or null.", required=False),
    ),
)
