"""The direction of imports, and what each room may reach for: a test for each arrow that must not be drawn."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {"parsers": 0, "storage": 1, "abuse_intake": 2}
"""Room → floor: a module imports from its own floor and from those below."""
FORBIDDEN_IN_PARSERS = frozenset(
    """aiohttp apscheduler asyncio click datetime.datetime.now dns ftplib http httpx imapclient imaplib jinja2
    os.environ poplib psycopg pydantic pydantic_settings requests rich sched select selectors smtplib socket
    socketserver sqlalchemy sqlite3 ssl structlog subprocess time tomllib urllib.request urllib3""".split()
)
CLOCK_CALLS = frozenset({"now", "utcnow", "today", "time", "monotonic", "perf_counter", "getenv"})
LEFT_OUT_BY_PARSE = ("sqlalchemy", "pydantic", "pydantic_settings", "rich", "jinja2")


def _modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    """Every name that a module imports, wherever the import stands in it."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it leads"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_no_arrow_points_up(room: str) -> None:
    """A module imports only from its own room and from the rooms below."""
    found = [(path, name.partition(".")[0]) for path in _modules(room) for name in _imports(path)]

    upwards = [(_name(path), top) for path, top in found if ROOMS.get(top, -1) > ROOMS[room]]

    assert found
    assert upwards == []


def test_only_the_store_knows_its_database_library() -> None:
    """No row and no session leaves storage/: the application hands them on and never looks into one."""
    found = [(path, name) for path in _modules("abuse_intake") for name in _imports(path)]

    libraries = ("sqlalchemy", "alembic", "sqlite3", "psycopg")
    assert [(_name(path), name) for path, name in found if name.partition(".")[0] in libraries] == []


def test_parsers_and_storage_know_no_templates() -> None:
    """Only the application renders anything."""
    found = [
        (path, name) for room in ("parsers", "storage") for path in _modules(room) for name in _imports(path)
    ]

    assert [(_name(path), name) for path, name in found if name.partition(".")[0] == "templates"] == []


def test_parsers_import_no_outside_world() -> None:
    """The parsers are pure: no database, network, clock, process or settings library is imported there."""
    found = [(path, name) for path in _modules("parsers") for name in _imports(path)]

    wrong = [
        (_name(path), name)
        for path, name in found
        for forbidden in FORBIDDEN_IN_PARSERS
        if name == forbidden or name.startswith(f"{forbidden}.")
    ]

    assert wrong == []


def test_parsers_ask_no_clock() -> None:
    """Nothing in the parsers calls for the present time: the same bytes always read the same."""
    calls = [
        (_name(path), ast.unparse(node))
        for path in _modules("parsers")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCK_CALLS
    ]

    assert calls == []


def test_parsers_open_no_file() -> None:
    """The parsers get bytes, they never fetch any."""
    calls = [
        (_name(path), ast.unparse(node))
        for path in _modules("parsers")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("open", "io.open", "Path", "os.open")
    ]

    assert calls == []


def test_alembic_is_no_package() -> None:
    """With an __init__.py our migrations would hide the library alembic."""
    assert not (ROOT / "alembic" / "__init__.py").exists()
    assert not (ROOT / "alembic" / "versions" / "__init__.py").exists()


def test_import_alembic_finds_the_library() -> None:
    """From the root of a checkout, `import alembic` is the library's."""
    command = [sys.executable, "-c", "import alembic.command; print(alembic.command.__file__)"]

    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    assert not Path(found).is_relative_to(ROOT / "alembic")


def test_parse_imports_only_what_it_needs(tmp_path: Path) -> None:
    """`abuse-intake parse` waits for no database, settings, table or template library."""
    (tmp_path / "a.eml").write_bytes(b"From: a@b.example\r\nSubject: Hi\r\n\r\nHello\r\n")
    script = (
        "import json, sys\n"
        "from abuse_intake.cli import main\n"
        "try:\n    main(['parse', 'a.eml'])\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    loaded = {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}
    assert loaded.isdisjoint(LEFT_OUT_BY_PARSE)
