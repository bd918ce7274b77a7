"""Independent streams of random numbers, derived from a run's seed and from what they are for.

With the seed alone, two problems of one scan would share their sampling errors: each estimate would
be right on average, and all of them off to the same side.
"""

from typing import Final

from datasets.records.runs import Run
from tasks.core.identity import digest

_DIGITS: Final = 15  # hexadecimal: 60 bits, which JSON keeps


def stream_seed(run: Run, *content: object) -> int:
    """Return the seed of a stream for `content`: the same for the same seed and content.

    Runs that began before streams were derived keep the seed itself, so that what they have bought
    stays what their plan says.
    """
    if run.streams == 1:
        return run.seed
    return int(digest(["stream", run.seed, *content])[:_DIGITS], 16)
