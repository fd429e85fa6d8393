"""How far long work has come, on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

STEPS = 100
"""The bar is told of every hundredth part of the whole."""


class Progress:
    """A bar on stderr that goes away at the end. Use as a context manager.

    There is none where stderr is no terminal, nor for work that is done at once.
    """

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = self._shown = 0
        self._bar: Bar | None = None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()
        self._bar = None

    def advance(self, steps: int) -> None:
        """So much more is done."""
        self.reach(self._done + steps)

    def reach(self, done: int) -> None:
        """So much is done in all."""
        self._done = done
        is_end = done >= self._total
        if self._bar if is_end else done - self._shown >= self._total / STEPS and sys.stderr.isatty():
            self._shown = done
            self._bar = self._bar or self._start()
            self._bar.update(self._bar.task_ids[0], completed=done)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Without the bar, so that something else can be written."""
        if self._bar:
            self._bar.stop()
        yield
        if self._bar:
            self._bar.start()

    def _start(self) -> "Bar":
        bar = _make_bar()
        bar.add_task(self._what, total=self._total)
        bar.start()
        return bar


def _make_bar() -> "Bar":
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    from abuse_intake.cli.output import make_console

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = make_console(stderr=True)
    # What goes to stdout must not end up on stderr, which rich would see to while the bar is shown.
    return RichProgress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    )
