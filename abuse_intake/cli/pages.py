"""Lists by the page: what `--cursor` means, and how a page is printed, whole lists too."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic

import click

from abuse_intake.cli.output import print_json, print_more
from storage.values import Page, RecordT

_START = "start"
cursor_option = click.option(
    "--cursor",
    metavar="CURSOR",
    help="The page that begins there; `start` is the first. With --json the last line is then "
    '{"cursor": …}: where the next page begins, null at the end.',
)


@dataclass(frozen=True, slots=True)
class PagedList(Generic[RecordT]):
    """How a list is read, whole or by the page, and how it is shown to programs and to people."""

    read: Callable[[int], Iterable[RecordT]]
    read_page: Callable[[int, str | None], Page[RecordT]]
    as_json: Callable[[RecordT], dict[str, Any]]
    print_table: Callable[[Iterable[RecordT]], None]


def require_pages(context: click.Context, limit: int, cursor: str | None) -> None:
    """A cursor leads through pages: a list without end has none."""
    if cursor is not None and limit == 0:
        raise click.UsageError("--cursor needs pages: a --limit over 0.", context)


def print_list(listed: PagedList[RecordT], limit: int, cursor: str | None, *, as_json: bool) -> None:
    """The whole list in constant memory, where it is for a program that asks for no pages."""
    if cursor is None and (as_json or limit == 0):
        found = listed.read(limit)
        if as_json:
            _print_as_json(listed, found)
        else:
            listed.print_table(found)
        return
    page = listed.read_page(limit, cursor if cursor != _START else None)
    if as_json:
        _print_as_json(listed, page.records)
        print_json({"cursor": page.cursor})
        return
    listed.print_table(page.records)
    if page.cursor:
        print_more(page.cursor)


def _print_as_json(listed: PagedList[RecordT], found: Iterable[RecordT]) -> None:
    for one in found:
        print_json(listed.as_json(one))
