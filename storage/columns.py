"""Column types, and the forms in which ids and addresses are stored, alike on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from ipaddress import IPv4Address, ip_address
from socket import AF_INET, inet_pton
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator

from parsers.values import IPAddress
from storage.errors import NotFound
from storage.values import IPNetwork

MAX_ID = 2**63 - 1

# SQLite numbers rows itself only in a column of its own INTEGER type, which is as wide.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC: SQLite keeps no zone, and PostgreSQL answers in the zone of the session."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time as it is stored; a naive one is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored time, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """The same in one step for SQLite's text, which every row of a list has some of."""
        return _utc_of_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _utc_of_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def sortable_address(address: IPAddress) -> bytes:
    """The address at a fixed width for its family, family first: compares as bytes, families never mix."""
    return bytes([address.version]) + address.packed


def sortable_range(network: IPNetwork) -> tuple[bytes, bytes]:
    """The first and last address of the network in sortable form, both inclusive."""
    return sortable_address(network.network_address), sortable_address(network.broadcast_address)


def address_of(text: str | None) -> IPAddress | None:
    """The address that was stored as canonical text; the platform reads most of them faster than Python."""
    if text is None or ":" in text:
        return None if text is None else ip_address(text)
    return IPv4Address(inet_pton(AF_INET, text))


def text_hash(text: str | None) -> int | None:
    """A number to find a text by, of any length: texts that share it are rare, but must be compared."""
    if text is None:
        return None
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), signed=True)


def lower_address(text: str | None) -> str | None:
    """A mail address to be compared in any case."""
    return None if text is None else text.lower()


def parse_id(text: str) -> int | None:
    """The row number behind an id, or None when the text is no id at all."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    number = int(text)
    return number if number <= MAX_ID else None


def require_id(text: str, missing: Callable[[str], NotFound]) -> int:
    """The row number behind an id; what is no id cannot be found either."""
    number = parse_id(text)
    if number is None:
        raise missing(text)
    return number
