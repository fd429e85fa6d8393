"""What `abuse-intake check` tries of attribution: the directory, provider headers, and the keys of signatures."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from abuse_intake.app import load_attributor
from abuse_intake.attribution import Directory
from abuse_intake.cli.output import count
from abuse_intake.errors import NameServersError
from abuse_intake.settings import Settings
from abuse_intake.settings_attribution import PROFILES
from parsers.addresses import domain_of
from storage.database import Database, SchemaState

MOST = 10
"""Networks in our relays that are told."""


class Hint(Exception):  # noqa: N818 - nothing is wrong
    """All works; something could be better."""


def look_at(database: Database) -> SchemaState:
    """The state of the tables; opening an SQLite file that is not there would make it."""
    return database.state() if database.is_there() else "empty"


def check_directory(settings: Settings) -> str:
    """How many tenants, and what is doubtful about them; a network of a relay is a hint."""
    directory = _load_directory(settings)
    if not directory.tenant_count:
        return (
            "no tenants yet: nothing can be attributed; use tenants.directory or abuse-intake tenants import"
        )
    held = list(islice(_tell_held_relays(settings, directory), MOST))
    answer = "; ".join((count(directory.tenant_count, "tenant"), *held, *directory.warnings))
    if held:
        raise Hint(answer)
    return answer


def _tell_held_relays(settings: Settings, directory: Directory) -> Iterator[str]:
    now = datetime.now(UTC)
    for relays in settings.provider.relays:
        for holding in directory.find_held_in(relays, now):
            yield (
                f"{holding.tenant} holds {holding.network}, and {relays} in provider.relays are servers that all send"
                f" through: what leaves by the addresses of both is attributed to {holding.tenant}"
            )


def _load_directory(settings: Settings) -> Directory:
    if settings.tenants.directory:
        return load_attributor(settings).directory
    database = Database(settings.database_url())
    try:
        return Directory() if look_at(database) == "empty" else load_attributor(settings, database).directory
    finally:
        database.close()


def check_profiles(settings: Settings) -> str:
    """Which provider headers are believed; to believe all of them is a hint, where any would be."""
    provider = settings.provider
    if not provider.relays:
        return "provider.relays is not set: only mail from tenants' own networks is seen to be ours"
    if not provider.disabled_profiles:
        raise Hint(
            f"all {len(PROFILES)} profiles of provider headers are believed: name those that your servers do not write"
            " in provider.disabled_profiles"
        )
    believed = [name for name in PROFILES if name not in provider.disabled_profiles]
    return f"headers believed: {', '.join(believed) or 'none'}"


def check_keys(settings: Settings) -> str:
    """How many keys are archived, and whether the DNS answers for the others."""
    from abuse_intake.attribution.dkim import open_keyring
    from abuse_intake.attribution.dkim.dns_keys import Unreachable
    from abuse_intake.attribution.dkim.resolver import Resolver

    dkim = settings.dkim
    archive = open_keyring(dkim, settings.base).archive
    archived = f"{count(archive.count(), 'key')} in the archive" if dkim.keys else "no archive"
    if not dkim.dns:
        return f"{archived}; the DNS is not asked"
    try:
        Resolver(dkim.nameservers).fetch(f"_domainkey.{domain_of(settings.need_mailbox().address)}")
    except Unreachable as error:
        if dkim.nameservers:
            raise NameServersError(
                f"{archived}; no answer from {', '.join(dkim.nameservers)}, so that no other key is found ({error}):"
                " correct dkim.nameservers, or set dkim.dns = false"
            ) from None
        raise Hint(f"{archived}; the DNS does not answer, so that no other key is found: {error}") from None
    return f"{archived}; the DNS answers"
