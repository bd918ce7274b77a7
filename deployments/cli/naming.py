"""Find the run that a command names; a run that the journal has lost is no unknown one."""

from datasets.records.runs import Run
from tasks.context.runtime import Runtime
from tasks.errors import BadInput, UnknownName


def named_run(text: str, *, runtime: Runtime) -> Run:
    """Return the journal's run of an id, or of the beginning of one.

    Raises:
        BadInput: no id begins like that, or the journal has lost the run.
        UnknownName: nobody knows such a run.
    """
    try:
        return runtime.journal.run(text)
    except UnknownName:
        from tasks.run.openings import lost_run

        if lost := lost_run(text, runtime=runtime):
            message = f"The journal has lost run {lost}. `qrt resume {lost}` takes it up again."
            raise BadInput(message) from None
        raise
