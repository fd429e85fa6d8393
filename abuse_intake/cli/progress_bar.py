"""A bar on the terminal for what takes a while."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STEP = 100
"""The bar is told of every hundredth part of the whole, and of the end."""


@contextmanager
def show_progress(doing: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr that fills up to `total`; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from abuse_intake.cli.output import make_console

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=make_console(stderr=True)) as progress:
        task = progress.add_task(doing, total=total)
        told = 0

        def tell(done: int) -> None:
            nonlocal told
            if done - told >= total / STEP or done >= total > told:
                told = done
                progress.update(task, completed=done)

        yield tell
