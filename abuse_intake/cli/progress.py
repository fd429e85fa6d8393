"""How far long work has come, on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Progress:
    """A bar on stderr that goes away at the end; nothing where stderr is no terminal. Use as a context manager."""

    def __init__(self, what: str, total: int) -> None:
        self._bar = _make_bar() if sys.stderr.isatty() and total else None
        self._task = self._bar.add_task(what, total=total) if self._bar else None

    def __enter__(self) -> "Progress":
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def advance(self, steps: int) -> None:
        """So much more is done."""
        if self._bar and self._task is not None:
            self._bar.advance(self._task, steps)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Without the bar, so that something else can be written."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()


def _make_bar() -> "Bar":
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    from abuse_intake.cli.output import make_console

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = make_console(stderr=True)
    # What goes to stdout must not end up on stderr, which rich would see to while the bar is shown.
    return RichProgress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    )
