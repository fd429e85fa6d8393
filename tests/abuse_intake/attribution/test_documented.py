"""docs/attribution.md and docs/configuration.md tell of every row, reason and source of the program."""

import re
from pathlib import Path
from typing import get_args

import pytest
from attribution_world import PROVIDER, attribute

from abuse_intake.attribution.decide import GROUPS, RULES
from abuse_intake.attribution.provider_headers import PROFILES
from abuse_intake.cli.explanations import UNATTRIBUTED
from abuse_intake.settings_attribution import ProfileName

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "attribution.md").read_text("utf-8")
CONFIGURATION = (DOCS / "configuration.md").read_text("utf-8")


def _row_of(name: str) -> str:
    (row,) = re.findall(rf"^\| `{name}` \|.*$", PAGE, re.MULTILINE)
    return str(row)


@pytest.mark.parametrize("name", get_args(ProfileName))
def test_every_profile_has_its_row(name: str) -> None:
    """A row in the table of provider headers, and its name where it is said how to switch it off."""
    (bullet,) = re.findall(r"\*\*disabled_profiles\*\*.*?(?=\n- |\n\n)", CONFIGURATION, re.DOTALL)

    assert _row_of(name)
    assert f"`{name}`" in bullet


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_every_field_and_signer_of_a_profile_is_told(profile: object) -> None:
    """The fields that a row reads stand in its row, and the domains that make it a proof beside its name."""
    (found,) = (one for one in PROFILES if one is profile)

    assert all(f"`{field}" in _row_of(found.name) for field in found.fields)
    assert all(f"`{signer}` (`{found.name}`)" in PAGE for signer in found.signers)


@pytest.mark.parametrize("reason", UNATTRIBUTED)
def test_every_reason_stands_in_the_table_of_rules(reason: str) -> None:
    """With what leads to it."""
    assert f"| unattributed, `{reason}` |" in PAGE


def test_every_rule_is_numbered() -> None:
    """As many as the program has, in its order."""
    section = PAGE.partition("## 4. The decision")[2].partition("\n## ")[0]

    assert re.findall(r"^\| (\d+) \|", section, re.MULTILINE) == [str(n + 1) for n in range(len(RULES))]


@pytest.mark.parametrize("source", GROUPS)
def test_every_source_stands_in_the_table_of_evidence(source: str) -> None:
    """With its group."""
    rows = re.findall(rf"^\| {GROUPS[source]} \|.*`{source}`.*$", PAGE, re.MULTILINE)

    assert rows


def test_the_example_of_the_address_is_true() -> None:
    """The lines that show where the walk ends lead to the address that the page says, in each of its cases."""
    block = PAGE.partition("An example, with `provider.relays")[2].split("```")[1]
    first, second, third = block.strip().replace("…", "").splitlines()
    routes = {
        "192.0.2.5": (first, second, third),
        "203.0.113.7": (first, second.replace("192.0.2.5", "10.0.0.5"), third),
        "192.0.2.200": (first, second.replace("192.0.2.5", "192.0.2.200"), third),
    }

    ips = [str(attribute(route="\n".join(lines)).ip) for lines in routes.values()]

    assert ips == list(routes)
    foreign = second.replace("by mx1.out.provider.example", "by mail.other.example")
    assert str(attribute(route="\n".join((first, foreign, third))).ip) == "203.0.113.7"
    without = PROVIDER.model_copy(update={"relays": ()})
    found = attribute(route="\n".join((first, second)), provider=without)
    assert (str(found.ip), found.route) == ("203.0.113.7", "elsewhere")
