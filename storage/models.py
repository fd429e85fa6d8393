"""The tables. Rows never leave this room: what goes out are the frozen values of `storage.values`.

Text from strangers may be of any length, and a row of PostgreSQL's btree holds about 2.7 KB: no such text
stands in an index, other than as a hash.
"""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage.columns import BigId, UtcDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
NUMBERED = {"sqlite_autoincrement": True}
"""An id is never given twice, not even after its row was deleted."""


IS_EMPTIED = "coalesce(report_count, report_count) = 0"
"""Written so that the index of counts, which has no times, does not serve it."""


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of the few rows of which something holds."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Base(DeclarativeBase):
    """All tables; `metadata` is what the migrations are compared with."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it once, from the class
        datetime: UtcDateTime(),
        str: Text(),
        bytes: LargeBinary(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        list[dict[str, Any]]: JSON(),
    }


class Mail(Base):
    """A mail that arrived, once however often it lay in the mailbox; unread while `disposition` is null."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_newest", "received_at", "id"),
        Index("ix_mails_disposition", "disposition", "received_at", "id"),
        Index(
            "ix_mails_unread",
            "received_at",
            "id",
            sqlite_where=text("disposition IS NULL"),
            postgresql_where=text("disposition IS NULL"),
        ),
        Index(
            "ix_mails_held_back",
            "reporter_sha256",
            "read_at",
            sqlite_where=text("unanswered_reason = 'held_back'"),
            postgresql_where=text("unanswered_reason = 'held_back'"),
        ),
        NUMBERED,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    disposition: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None]
    reporter: Mapped[str | None]
    subject: Mapped[str | None]
    warnings: Mapped[list[str]]
    attempts: Mapped[int] = mapped_column(Integer)
    interrupted: Mapped[bool]
    leased_by: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    unanswered_reason: Mapped[str | None]
    reporter_sha256: Mapped[str | None] = mapped_column(String(64))
    """The reporter's `recipient_key`, hashed."""


class MailContent(Base):
    """The raw bytes of a mail, compressed; apart from it, because SQLite rewrites a row with all it holds."""

    __tablename__ = "mail_contents"

    mail_id: Mapped[int] = mapped_column(BigId, ForeignKey("mails.id"), primary_key=True, autoincrement=False)
    raw: Mapped[bytes]


class Delivery(Base):
    """One place where a mail lay, and the folder that it was filed into."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("mailbox", "uid", "validity"),
        Index(
            "ix_deliveries_unfiled",
            "mailbox",
            "id",
            sqlite_where=text("filed_at IS NULL"),
            postgresql_where=text("filed_at IS NULL"),
        ),
        NUMBERED,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    mail_id: Mapped[int] = mapped_column(BigId, ForeignKey("mails.id"), index=True)
    mailbox: Mapped[str]
    validity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[str]
    seen_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]
    folder: Mapped[str | None]


class Incident(Base):
    """What analysts work on. `shown_order` and `type_order`: which report it shows, and has its type from."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_newest", "last_seen", "id"),
        Index("ix_incidents_tenant", "tenant", "last_seen", "id"),
        Index("ix_incidents_status", "status", "last_seen", "id"),
        Index("ix_incidents_confidence", "confidence", "last_seen", "id"),
        Index("ix_incidents_address", "ip_sortable", "last_seen", "id"),
        Index("ix_incidents_type", "feedback_type_hash", "last_seen", "id"),
        Index("ix_incidents_message_id", "message_id_hash"),
        Index("ix_incidents_most_reported", "report_count", "id"),
        Index("ix_incidents_tenant_most_reported", "tenant", "report_count", "id"),
        Index("ix_incidents_first_seen", "first_seen", "id"),
        Index("ix_incidents_tenant_first_seen", "tenant", "first_seen", "id"),
        Index("ix_incidents_status_first_seen", "status", "first_seen", "id"),
        _partial("ix_incidents_elsewhere", "last_seen", "id", where="route = 'elsewhere'"),
        _partial("ix_incidents_corrected", "last_seen", "id", where="corrected_at IS NOT NULL"),
        _partial("ix_incidents_emptied", "last_seen", "id", where=IS_EMPTIED),
        _partial(
            "ix_incidents_lasting", "lifetime", "last_seen", "id", "first_seen", where="lifetime IS NOT NULL"
        ),
        NUMBERED,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    tenant: Mapped[str | None]
    """Whom it counts against: as an analyst corrected it, else as the evidence says."""
    attributed_tenant: Mapped[str | None]
    """What the evidence says."""
    corrected_at: Mapped[datetime | None]
    """When the tenant was corrected by hand; null where the evidence stands."""
    corrected_by: Mapped[str | None]
    corrected_tenant: Mapped[str | None]
    correction_note: Mapped[str | None]
    ip: Mapped[str | None]
    ip_sortable: Mapped[bytes | None]
    confidence: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None]
    route: Mapped[str] = mapped_column(String(20))
    feedback_type: Mapped[str | None]
    category: Mapped[str | None]
    """XARF's, like the next."""
    type: Mapped[str | None]
    status: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str | None]
    message_id: Mapped[str | None]
    from_address: Mapped[str | None]
    search_text: Mapped[str]
    evidence: Mapped[list[dict[str, Any]]]
    has_junk: Mapped[bool]
    report_count: Mapped[int] = mapped_column(BigInteger)
    reporter_count: Mapped[int] = mapped_column(BigInteger)
    authenticated_reporter_count: Mapped[int] = mapped_column(BigInteger)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    """When the message that it shows arrived; null where no report says so."""
    shown_order: Mapped[str | None]
    type_order: Mapped[str | None]
    feedback_type_hash: Mapped[int | None] = mapped_column(BigInteger)
    message_id_hash: Mapped[int | None] = mapped_column(BigInteger)
    """Of the id without its brackets."""
    lifetime: Mapped[int | None] = mapped_column(SmallInteger)
    """How long its reports came for, as `tallies.lifetime_class` puts it; null = brief."""


class JunkTally(Base):
    """Incidents with junk that began on one day, and their reports, by what they are counted by (`junk_counts`)."""

    __tablename__ = "junk_tallies"
    __table_args__ = (
        Index("ix_junk_tallies_most", "kind", "day", "reports", "key"),
        {"sqlite_with_rowid": False},
    )

    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    day: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """As `date.toordinal` counts."""
    incidents: Mapped[int] = mapped_column(BigInteger)
    reports: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str | None]
    """What the key is the hash of, as a person knows it."""


class IncidentTally(Base):
    """What an incident has counted already, as a hash: whoever reports the same again adds nothing."""

    __tablename__ = "incident_tallies"
    __table_args__ = ({"sqlite_with_rowid": False},)

    incident_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("incidents.id"), primary_key=True, autoincrement=False
    )
    tally: Mapped[bytes] = mapped_column(primary_key=True)


class IncidentHistory(Base):
    """One change of an incident."""

    __tablename__ = "incident_history"
    __table_args__ = (NUMBERED,)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incidents.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    detail: Mapped[dict[str, Any]]


class Report(Base):
    """One complaint of one mail: its JSON, its attribution, and what counting it needs."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("mail_id", "position"),
        Index("ix_reports_incident", "incident_id", "confidence_rank", "received_at", "mail_id", "position"),
        Index("ix_reports_reporter", "reporter_hash", "incident_id"),
        NUMBERED,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    mail_id: Mapped[int] = mapped_column(BigId, ForeignKey("mails.id"))
    position: Mapped[int] = mapped_column(Integer)
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incidents.id"))
    reporter: Mapped[str | None]
    reporter_hash: Mapped[int | None] = mapped_column(BigInteger)
    """Of the address in lower case."""
    reporter_authenticated: Mapped[bool]
    received_at: Mapped[datetime]
    is_junk: Mapped[bool]
    message_key: Mapped[str]
    tenant: Mapped[str | None]
    ip: Mapped[str | None]
    confidence: Mapped[str] = mapped_column(String(20))
    confidence_rank: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str | None]
    route: Mapped[str] = mapped_column(String(20))
    evidence: Mapped[list[dict[str, Any]]]
    fields: Mapped[dict[str, Any]]


class Acknowledgement(Base):
    """Our reply to one mail, finished when it is stored; `data_sent_at` is the stage before the final dot."""

    __tablename__ = "acknowledgements"
    __table_args__ = (
        Index("ix_acknowledgements_due", "state", "next_attempt_at", "id"),
        Index("ix_acknowledgements_recipient", "to_sha256", "created_at"),
        Index("ix_acknowledgements_newest", "created_at"),
        Index("ix_acknowledgements_state", "state", "id"),
        NUMBERED,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    mail_id: Mapped[int] = mapped_column(BigId, ForeignKey("mails.id"), unique=True)
    to_address: Mapped[str]
    to_sha256: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str]
    content: Mapped[bytes]
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    data_sent_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    leased_by: Mapped[str | None]
    leased_until: Mapped[datetime | None]


class DirectoryImport(Base):
    """One import of the directory; the newest says which one the tables hold."""

    __tablename__ = "directory_imports"
    __table_args__ = (NUMBERED,)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    imported_at: Mapped[datetime]
    tenant_count: Mapped[int] = mapped_column(Integer)


class Tenant(Base):
    """A customer of the provider; `number` is its place in the directory that was imported last."""

    __tablename__ = "tenants"

    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(unique=True)
    document: Mapped[str]
    """Its line of `tenants.jsonl`."""


class AuditEntry(Base):
    """What a person did, or looked at. The database itself refuses to change or delete a row."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_newest", "at", "id"),
        Index("ix_audit_log_actor", "actor", "at", "id"),
        Index("ix_audit_log_kind", "object_kind", "at", "id"),
        Index("ix_audit_log_object", "object_kind", "object_id", "at", "id"),
        NUMBERED,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    via: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[str | None] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]]


class Token(Base):
    """What a program shows the API to be let in. Only the hash of its secret is kept."""

    __tablename__ = "tokens"
    __table_args__ = (NUMBERED,)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(20))
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements over many rows that need no ORM."""
    return cast(Table, model.__table__)
