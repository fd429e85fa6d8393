"""The configuration: `abuse-intake.toml` and environment variables, read once, checked, frozen.

Every key may also be given as an environment variable, `ABUSE_INTAKE_MAILBOX__URL` for `mailbox.url`;
the environment wins. Relative paths are relative to the file.
"""

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, InitSettingsSource, SettingsConfigDict

from abuse_intake.errors import ConfigurationError
from abuse_intake.guard.limits import MAX_BYTES
from abuse_intake.settings_attribution import DkimSettings, ProviderSettings, TenantsSettings
from abuse_intake.settings_errors import ENVIRONMENT_PREFIX, explain_toml, explain_validation, plain
from abuse_intake.settings_oauth import OauthSettings
from abuse_intake.settings_section import OptionalText, Section
from abuse_intake.settings_web import WebSettings
from abuse_intake.urls import ServiceUrl, parse_service_url
from parsers.addresses import strict_addr_spec

CREDENTIALS = (
    "such credentials can be read inside the service only: docs/operations.md says how to check there"
)
CONFIG_VARIABLE = "ABUSE_INTAKE_CONFIG"
DEFAULT_CONFIG = Path("abuse-intake.toml")
MAILBOX_SCHEMES = ("imap", "imaps", "maildir", "folder")
OUTBOX_SCHEMES = ("smtp", "smtps", "maildir")


def _checked_address(text: str) -> str:
    address = strict_addr_spec(text)
    if address is None:
        raise ValueError(f"{text!r} is no mail address; write for example junk@provider.example")
    return address


def _checked_folder(name: str) -> str:
    parts = name.split("/")
    if not name.isprintable() or any(part.strip(". ") == "" for part in parts) or name.upper() == "INBOX":
        raise ValueError(f"{name!r} is no folder's name; write for example Processed or Abuse/Processed")
    return name


def _checked_ehlo_name(name: str | None) -> str | None:
    if name and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*|\[[A-Za-z0-9.:]+\]", name):
        raise ValueError(
            f"{name!r} is no host's name; write for example mail.provider.example or [192.0.2.1]"
        )
    return name or None


FolderName = Annotated[str, AfterValidator(_checked_folder)]
MailAddress = Annotated[str, AfterValidator(_checked_address)]


class Folders(Section):
    """Where a mail goes by its disposition."""

    report: FolderName = "Processed"
    not_a_report: FolderName = "Other"
    quarantined: FolderName = "Quarantine"

    def folder_of(self, disposition: str) -> str:
        """The folder's name for one disposition."""
        return str(getattr(self, disposition))


class _Login(Section):
    """What the sections of both servers share."""

    url: str = Field(repr=False)
    username: OptionalText = None
    password_file: Path | None = None
    oauth: OauthSettings | None = None

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if self.oauth and self.password_file:
            raise ValueError("give password_file or oauth, not both")
        return self


class MailboxSettings(_Login):
    """`[mailbox]`: the abuse mailbox and who we are."""

    address: MailAddress
    aliases: tuple[MailAddress, ...] = ()
    poll_seconds: float = Field(default=30, ge=1)
    idle: bool = True
    """Whether an IMAP server is asked to tell of new mail between polls (IDLE, RFC 2177)."""
    authserv_id: OptionalText = None
    max_bytes: int = Field(default=MAX_BYTES, ge=1_000)
    folders: Folders = Folders()


class DatabaseSettings(Section):
    """`[database]`: where incidents are kept."""

    url: str = Field(default="sqlite:///abuse-intake.db", repr=False)


class OutboxSettings(_Login):
    """`[outbox]`: how acknowledgements leave."""

    connections: int = Field(default=4, ge=1, le=50)
    """Connections to the SMTP server at once."""
    ehlo_name: Annotated[str | None, AfterValidator(_checked_ehlo_name)] = None
    """The name that we greet the SMTP server with."""
    per_reporter_hour: int = Field(default=4, ge=0)
    per_hour: int = Field(default=10_000, ge=0)


class WorkerSettings(Section):
    """`[worker]`: how the worker is watched."""

    status_port: int | None = Field(default=None, ge=0, le=65535)
    """A port of 127.0.0.1 for /healthz, /readyz and /metrics."""
    log_format: Literal["logfmt", "json"] = "logfmt"


class Settings(BaseSettings):
    """The whole configuration. `mailbox` and `outbox` are None where no command needs them."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter="__"
    )

    mailbox: MailboxSettings | None = None
    database: DatabaseSettings = DatabaseSettings()
    outbox: OutboxSettings | None = None
    provider: ProviderSettings = ProviderSettings()
    tenants: TenantsSettings = TenantsSettings()
    dkim: DkimSettings = DkimSettings()
    worker: WorkerSettings = WorkerSettings()
    web: WebSettings = WebSettings()
    base: Path = Field(default=Path(), exclude=True)
    """The folder that relative paths are relative to."""

    def need_mailbox(self) -> MailboxSettings:
        """The mailbox's settings; ConfigurationError when there are none."""
        if self.mailbox is None:
            raise ConfigurationError(_missing("mailbox.url and mailbox.address"))
        return self.mailbox

    def need_outbox(self) -> OutboxSettings:
        """The outbox's settings; ConfigurationError when there are none."""
        if self.outbox is None:
            raise ConfigurationError(_missing("outbox.url"))
        return self.outbox

    def mailbox_url(self) -> ServiceUrl:
        """The mailbox's URL, taken apart."""
        return _service_url("mailbox.url", self.need_mailbox().url, MAILBOX_SCHEMES, self.base)

    def outbox_url(self) -> ServiceUrl:
        """The outbox's URL, taken apart."""
        return _service_url("outbox.url", self.need_outbox().url, OUTBOX_SCHEMES, self.base)

    def database_url(self) -> str:
        """The database's URL with a relative SQLite path resolved."""
        return resolve_database_url(self.database.url, self.base)

    def directory_path(self) -> Path | None:
        """The tenants file, or None when the directory lives in the database."""
        return self.base / self.tenants.directory if self.tenants.directory else None

    def password(self, section: MailboxSettings | OutboxSettings, url: ServiceUrl) -> str | None:
        """The password from `password_file` (one trailing newline ignored), else the URL's."""
        if section.password_file is None:
            return url.password
        path = self.base / section.password_file
        try:
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            where = f" ({CREDENTIALS})" if path.is_relative_to("/run/credentials") else ""
            key = "mailbox" if isinstance(section, MailboxSettings) else "outbox"
            raise ConfigurationError(
                f"{key}.password_file {path} cannot be read: {plain(error)}{where}"
            ) from None


def resolve_database_url(url: str, base: Path) -> str:
    """An absolute form of the database's URL; ConfigurationError for a database that we do not know."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        name = rest.removeprefix("/")
        if name in ("", ":memory:"):
            raise ConfigurationError("database.url names no file; write sqlite:///abuse-intake.db")
        return f"sqlite:///{(base / name).absolute()}"
    if scheme not in ("postgresql", "postgresql+psycopg"):
        # What stands there is not repeated: a mistyped URL may have its password anywhere.
        raise ConfigurationError("database.url must begin with sqlite:/// or postgresql+psycopg://")
    return f"postgresql+psycopg://{rest}"


class _Environment(EnvSettingsSource):
    """The environment variables, where a list may also be written plainly, with commas."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        if isinstance(value, str) and not value.lstrip().startswith(("[", "{")):
            return [part.strip() for part in value.split(",") if part.strip()]
        return super().decode_complex_value(field_name, field, value)


def load_settings(path: Path | None = None, *, environment: bool = True) -> Settings:
    """Read the configuration from `path`, else the file that the environment names, else ./abuse-intake.toml.

    Without any file all keys may come from the environment, which wins unless it is left out; with neither,
    ConfigurationError.
    """
    named = path or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    file = named or DEFAULT_CONFIG
    values = _read_toml(file, must_exist=named is not None or not _is_in_environment())
    return build_settings(values, file.absolute().parent, str(file), environment=environment)


def _is_in_environment() -> bool:
    return any(name.startswith(ENVIRONMENT_PREFIX) and name != CONFIG_VARIABLE for name in os.environ)


def build_settings(
    values: dict[str, Any], base: Path, source: str = "configuration", *, environment: bool = True
) -> Settings:
    """Settings from the values of a file, and of the environment; relative paths are relative to `base`."""

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(cls, settings_cls: type[BaseSettings], *_: Any, **__: Any) -> Any:
            file = InitSettingsSource(settings_cls, init_kwargs=values)
            return (_Environment(settings_cls), file) if environment else (file,)

    if "base" in values:
        raise ConfigurationError(f"{source}: base: unknown key")
    try:
        settings = FromFile()
    except ValidationError as error:
        raise ConfigurationError(explain_validation(error, source, Settings)) from None
    except ValueError as error:  # an environment variable that should hold JSON and does not
        raise ConfigurationError(f"environment: {plain(error)}") from None
    return _checked(settings.model_copy(update={"base": base}))


def _checked(settings: Settings) -> Settings:
    settings.database_url()
    if settings.mailbox:
        _check_login("mailbox", settings.mailbox, settings.mailbox_url())
    if settings.outbox:
        _check_login("outbox", settings.outbox, settings.outbox_url())
    return settings


def _check_login(name: str, section: _Login, url: ServiceUrl) -> None:
    if section.oauth and url.host is None:
        raise ConfigurationError(f"{name}.oauth means nothing for {url.scheme}://")
    if section.oauth and url.password:
        raise ConfigurationError(f"{name}.url has a password: take it out, {name}.oauth stands in its place")


def _read_toml(file: Path, must_exist: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if must_exist:
            raise ConfigurationError(
                f"{file} is not there; name the configuration with --config FILE or {CONFIG_VARIABLE}; "
                "README.md says how to begin, and `abuse-intake demo` needs none"
            ) from None
        return {}
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file} cannot be read: {explain_toml(error, file)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read: {plain(error)}") from None


def _service_url(key: str, url: str, schemes: tuple[str, ...], base: Path) -> ServiceUrl:
    try:
        return parse_service_url(url, schemes, base)
    except ValueError as error:
        raise ConfigurationError(f"{key}: {plain(error)}") from None


def _missing(keys: str) -> str:
    return (
        f"{keys} must be given: in {DEFAULT_CONFIG}, in the file named with --config, or in the environment "
        f"({ENVIRONMENT_PREFIX}MAILBOX__URL …); docs/configuration.md has an example"
    )
