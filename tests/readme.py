"""What the README shows of a command's output, and what the command really prints.

`python -m tests.readme` runs the commands and writes what they print into the README.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.locks import ROOT

README = ROOT / "README.md"
# A command by itself, and the first block after it that holds figures.
_SHOWN = re.compile(
    r"^    (qrt [^\n]+)\n(?:(?!    qrt )[^\n]*\n)*?((?:      [a-z ]+ +[-\d][^\n]*\n)+)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A command of the README, with the lines of its output that stand below it."""

    command: str
    block: str

    @property
    def lines(self) -> list[str]:
        """What is shown, without the block's indentation."""
        return [line.removeprefix("    ") for line in self.block.splitlines()]

    def said(self) -> list[str]:
        """Run the command in an empty home, and return those lines of its output."""
        with tempfile.TemporaryDirectory(prefix="qrt-readme-") as home:
            done = subprocess.run(
                [str(Path(sys.executable).with_name("qrt")), *self.command.split()[1:]],
                env={"PATH": "/usr/bin:/bin", "HOME": home, "QRT_HOME": f"{home}/qrt"},
                cwd=home,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(done.stderr)
        labels = [line[:13] for line in self.lines]
        return [line for line in done.stdout.splitlines() if line[:13] in labels]


def shown() -> Iterator[Shown]:
    """Yield each command whose output the README shows."""
    for command, block in _SHOWN.findall(README.read_text("utf-8")):
        yield Shown(command, block)


def main() -> None:
    """Write what the commands print today."""
    text = README.read_text("utf-8")
    for each in shown():
        now = "".join(f"    {line}\n" for line in each.said())
        text = text.replace(each.block, now)
    README.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
