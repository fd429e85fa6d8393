"""The API over a seeded database, within the test: no socket, but every layer that a request passes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import httpx
from report_builders import make_junk, make_mail
from storage_builders import attribution, keep_all, message, open_empty, outcome, record, replace_directory, report
from storage_builders import acknowledgement as acknowledgement_
from storage_builders import arrival

from abuse_intake.attribution import Attributor, Directory
from abuse_intake.guard.failure import Failure
from abuse_intake.guard.pool import Guard
from abuse_intake.settings import Settings, build_settings
from abuse_intake.web.application import make_application
from abuse_intake.web.backend import Backend
from storage.database import Database
from storage.tokens import add_token, revoke_token
from storage.values import Actor, Role, Tenant

US = Actor("root", "terminal")
BASE = "http://localhost:8025/api/v1"
JSON_LINES = {"Content-Type": "application/jsonl"}
MAIL = {"Content-Type": "message/rfc822"}
REPORT = make_mail(make_junk())
