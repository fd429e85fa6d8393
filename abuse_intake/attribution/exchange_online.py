"""Exchange Online's headers, which name the sender's tenant, or the receiver's: only one of them says which."""

import re
from collections.abc import Iterator, Sequence

from abuse_intake.attribution.claims import MOST_FIELDS, Claim, describe_owner, refuse
from abuse_intake.attribution.directory import Directory, Owner
from parsers.values import Trace

FROM_ENTITY = "X-MS-Exchange-CrossTenant-FromEntityHeader"
TENANT_ID = "X-MS-Exchange-CrossTenant-Id"
ORIGINATOR = "X-OriginatorOrg"
SERVICE = "Exchange Online"

CONSUMERS = "84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa"
"""The tenant of outlook.com and hotmail.com, which is no customer."""

ROLES = {"hosted": "sender's", "hybridonprem": "relaying"}
"""What FromEntityHeader says → whose the ids are. `Internet` came from outside: then they are the receiver's."""

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+")


def read_exchange_online(traces: Sequence[Trace], directory: Directory) -> Iterator[Claim]:
    """Whose the tenant id and the originator's domain are, where FromEntityHeader says that they are the sender's."""
    entities, ids, domains = (_distinct(traces, name) for name in (FROM_ENTITY, TENANT_ID, ORIGINATOR))
    owners = _find_owners(ids, domains, directory)
    known = [owner for owner in owners.values() if owner]
    if why := _find_doubt(traces, entities):
        yield refuse(SERVICE, why, traces, [*owners, *entities][0])
    elif why := _find_conflict(ids, domains, known):
        yield refuse(SERVICE, why, traces, [*owners, *entities][0], known)
    else:
        role = ROLES[entities[0]]
        for name, owner in owners.items():
            detail = f"{SERVICE}: {name} is the {role} tenant, {describe_owner(owner)}"
            tenant = owner.tenant if owner else None
            yield Claim(name, tenant, detail, tuple(traces), owner is not None and tenant is None)


def _distinct(traces: Sequence[Trace], name: str) -> list[str]:
    values = (trace.value.strip().lower() for trace in traces if trace.name.lower() == name.lower())
    return list(dict.fromkeys(values))


def _find_owners(ids: list[str], domains: list[str], directory: Directory) -> dict[str, Owner | None]:
    """Value → whose it is."""
    of_ids = {id: directory.find_external_owner(id) for id in ids}
    return of_ids | {domain: directory.find_domain_owner(domain) for domain in domains}


def _find_doubt(traces: Sequence[Trace], entities: list[str]) -> str | None:
    """Why the ids are not the sender's, or it cannot be told whose they are."""
    rules = (
        (len(traces) > MOST_FIELDS, f"it has more than {MOST_FIELDS} of these fields"),
        (not entities, f"no {FROM_ENTITY} says whether these are the sender's or the receiver's"),
        (len(entities) > 1, f"two {FROM_ENTITY} differ"),
        (entities == ["internet"], f"{FROM_ENTITY} says Internet: these are the receiver's"),
        (not set(entities) <= ROLES.keys(), f"{FROM_ENTITY} says what is not known"),
    )
    return next((why for holds, why in rules if holds), None)


def _find_conflict(ids: list[str], domains: list[str], known: list[Owner]) -> str | None:
    """Why the sender's ids name no tenant."""
    rules = (
        (not ids and not domains, f"there is no {TENANT_ID}"),
        (len(ids) > 1, f"two {TENANT_ID} differ"),
        (len(domains) > 1, f"two {ORIGINATOR} differ"),
        (ids == [CONSUMERS], "this is the service for consumers, which is no customer"),
        (not all(map(_GUID.fullmatch, ids)), f"{TENANT_ID} is no GUID"),
        (not all(map(_DOMAIN.fullmatch, domains)), f"{ORIGINATOR} is no domain"),
        (
            len({owner.tenant for owner in known}) > 1,
            f"{TENANT_ID} and {ORIGINATOR} fit more than one tenant",
        ),
    )
    return next((why for holds, why in rules if holds), None)
