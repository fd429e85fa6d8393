"""What a provider's header, or an address that it wrote, says: an id, whose that is, and why in words."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from abuse_intake.attribution.directory import Directory, Owner
from abuse_intake.settings_attribution import ProfileName
from parsers.content import clean_text
from parsers.values import Trace

VALUE_CHARACTERS = 200
MOST_FIELDS = 10
"""Fields of one row in a message that are looked at; a server writes one, and behind so many some may be hidden."""

_ID = re.compile(r"[!-~]{1,200}")


class Claim(NamedTuple):
    """Whom the fields of one row name; `tenant` is None when they name nobody."""

    value: str
    """The id or the domain."""
    tenant: str | None
    detail: str
    """A sentence that an analyst can check."""
    traces: tuple[Trace, ...] = ()
    """The fields that it stands on."""
    is_ambiguous: bool = False
    """It names nobody because it fits two tenants."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A row of the table: the fields of one service, and how they name its customer."""

    name: ProfileName
    fields: tuple[str, ...]
    read: Callable[[Sequence[Trace], Directory], Iterator[Claim]]
    """All its fields in a message, topmost first → what they say; nothing where they are another service's."""
    signers: tuple[str, ...] = ()
    """Domains that sign what this service sends, and nothing in which it did not write these fields itself."""
    rewriters: tuple[str, ...] = ()
    """Domains of servers that write these fields anew also into what a stranger's host hands to them."""


class Found(NamedTuple):
    """What one field holds: the value to show, and whose it is."""

    value: str
    owner: Owner | None
    kind: str = "an id"
    """What the value is, in words."""


Extract = Callable[[Trace], tuple[str, ...] | None]
"""The forms in which the directory may list the id of a field; none when it cannot be read, None: not of this row."""
Find = Callable[[Directory, tuple[str, ...]], Found]


def find_id(directory: Directory, forms: tuple[str, ...]) -> Found:
    """Who lists one of these forms of an id; forms that two tenants list are as one that both do."""
    owners = [owner for form in forms if (owner := directory.find_external_owner(form))]
    if len({owner.tenant for owner in owners}) > 1:
        return Found(forms[0], Owner(forms[0], None))
    return Found(forms[0], owners[0] if owners else None)


def make_reader(
    service: str, extract: Extract, find: Find = find_id
) -> Callable[[Sequence[Trace], Directory], Iterator[Claim]]:
    """A `Profile.read` for fields of which each holds one id; different ids in several fields are none."""

    def read(traces: Sequence[Trace], directory: Directory) -> Iterator[Claim]:
        extracted = [(trace, forms) for trace in traces if (forms := extract(trace)) is not None]
        if extracted and len(traces) > MOST_FIELDS:
            yield refuse(service, f"it has more than {MOST_FIELDS} of these fields", traces)
        elif extracted:
            of_row, forms_of = zip(*extracted, strict=True)
            yield _conclude(service, of_row, set(forms_of), directory, find)

    return read


def refuse(
    service: str, why: str, traces: Sequence[Trace], value: str = "", owners: Iterable[Owner] = ()
) -> Claim:
    """A claim that names nobody, and why; ambiguous where those whose the values are, are two tenants."""
    shown = clean_text(value or traces[0].value)[:VALUE_CHARACTERS]
    named = {owner.tenant for owner in owners}
    is_ambiguous = len(named) > 1 or None in named
    return Claim(shown, None, f"{service}: {why}, so that it names nobody", tuple(traces), is_ambiguous)


def describe_owner(owner: Owner | None) -> str:
    """Whose an id is, as the end of a sentence."""
    if owner is None:
        return "of no tenant"
    return f"of {owner.tenant}" if owner.tenant else "that two tenants list"


def is_id(text: str) -> bool:
    """Whether it may be an id: visible ASCII, of which nothing looks like something else in another case."""
    return _ID.fullmatch(text) is not None


def _conclude(
    service: str, traces: tuple[Trace, ...], forms: set[tuple[str, ...]], directory: Directory, find: Find
) -> Claim:
    readable = {tuple(form.casefold() for form in one): find(directory, one) for one in forms if one}
    owners = [found.owner for found in readable.values() if found.owner]
    if len(readable) + (() in forms) > 1:
        return refuse(service, "its fields hold different ids", traces, owners=owners)
    if not readable:
        return refuse(service, "the field holds no id of its form", traces)
    (found,) = readable.values()
    detail = f"{service}: {traces[0].name} holds {found.value}, {found.kind} {describe_owner(found.owner)}"
    tenant = found.owner.tenant if found.owner else None
    return Claim(found.value, tenant, detail, traces, found.owner is not None and tenant is None)
