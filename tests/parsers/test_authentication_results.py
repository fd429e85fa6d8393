"""Authentication-Results: only what our own server wrote counts, and only for the domain in From."""

import pytest

from parsers.authentication_results import Result, find_results, is_authenticated, parse_sealed_results

US = "mx.provider.example"


def _passes(*values: str, domain: str = "reporter.example") -> bool:
    return is_authenticated(values, US, domain)


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=pass header.from=reporter.example",
        "dmarc=pass (p=reject dis=none) header.from=Reporter.Example",
        "dkim=pass header.d=reporter.example header.s=s1",
        "dkim=pass header.i=@reporter.example",
        "dkim=pass header.d=example.net; dkim=pass header.d=reporter.example",
        "spf=pass smtp.mailfrom=ann@reporter.example",
        "spf=pass smtp.mailfrom=reporter.example",
        "SPF=Pass smtp.MailFrom=reporter.example",
        "dkim/1=pass header.d=reporter.example",
        "spf=fail smtp.mailfrom=reporter.example; dmarc=pass header.from=reporter.example",
        'dkim=pass header.d="reporter.example" header.s="s1"',
        'spf=pass (said "so") smtp.mailfrom="ann@reporter.example"',
        "dmarc\r\n\t=\r\n pass (folded) header.from=reporter.example",
        "dmarc/1 = pass header.from = reporter.example",
        "iprev=pass policy.iprev=192.0.2.1;\r\n\tdkim=pass header.d=reporter.example",
    ],
)
def test_a_domain_that_passed_is_authenticated(results: str) -> None:
    """DMARC, or DKIM or SPF of the very domain, as our server writes them."""
    assert _passes(f"{US}; {results}")


@pytest.mark.parametrize(
    "results",
    [
        "",
        "none",
        "dmarc=fail header.from=reporter.example",
        "dmarc=pass header.from=elsewhere.example",
        "dkim=pass header.d=elsewhere.example",
        "dkim=pass header.d=example",
        "dkim=pass header.d=mail.reporter.example",
        "dkim=pass header.d=xreporter.example",
        "dkim=neutral header.d=reporter.example",
        "dkim=pass",
        "spf=pass smtp.helo=reporter.example",
        "spf=softfail smtp.mailfrom=reporter.example",
        "arc=pass header.d=reporter.example",
        "dkim=fail (dmarc=pass header.from=reporter.example)",
        'dkim=fail reason="; dmarc=pass header.from=reporter.example"',
        "dkim=fail (a (nested; dmarc=pass header.from=reporter.example) comment)",
        'dkim=fail reason="dmarc=pass" header.from=reporter.example',
        'dkim=fail reason="dmarc" "=" "pass" header.from=reporter.example',
        'spf=pass smtp.mailfrom="ann@reporter.example"@elsewhere.example',
        'dkim=pass reason="header.d=reporter.example"',
        "dkim=pass header.d=(reporter.example)",
        "dkim=permerror header.d=reporter.example",
        "dmarc=bestguesspass header.from=reporter.example",
        "dmarc=none header.from=reporter.example; spf=none smtp.mailfrom=reporter.example",
        "dkim=pass header.a=rsa-sha256 header.s=reporter.example",
        "spf=pass smtp.mailfrom=postmaster@elsewhere.example smtp.helo=reporter.example",
        "none; dkim=passed header.d=reporter.example",
        "dkim=fail (never closed; dmarc=pass header.from=reporter.example",
        'dkim=fail reason="never closed; dmarc=pass header.from=reporter.example',
    ],
)
def test_what_did_not_pass_is_not_authenticated(results: str) -> None:
    """Failures, other domains, other methods, and what only stands in a comment or a quoted string."""
    assert not _passes(f"{US}; {results}")


def test_a_subdomain_is_vouched_for_by_the_domain_above() -> None:
    """A signature of the domain above counts for mail of its subdomain."""
    assert _passes(f"{US}; dkim=pass header.d=reporter.example", domain="mail.reporter.example")


@pytest.mark.parametrize(
    "server", ["mx.elsewhere.example", "", "mx.provider.example.evil.example", "amx.provider.example"]
)
def test_what_another_server_wrote_counts_for_nothing(server: str) -> None:
    """A sender may put any such line into its own mail."""
    assert not _passes(f"{server}; dmarc=pass header.from=reporter.example")


def test_only_the_topmost_line_of_ours_counts() -> None:
    """Below the line that our server wrote, a forged one in our name may stand."""
    own = f"{US}; dmarc=fail header.from=reporter.example"
    forged = f"{US}; dmarc=pass header.from=reporter.example"

    assert not _passes(own, forged)
    assert not _passes(own, f"{US} 1; dmarc=pass header.from=reporter.example")
    assert not _passes(f"{US}; none", forged)
    assert not _passes(f"{US}", forged)
    assert _passes("mx.elsewhere.example; dmarc=fail", forged)


@pytest.mark.parametrize(
    "value",
    [
        f"{US} 1; spf=pass",
        "MX.Provider.Example; spf=pass",
        f"(hi) {US} (there); spf=pass",
        f'"{US}"; spf=pass',
    ],
)
def test_our_server_is_known_in_every_form(value: str) -> None:
    """In any case, with a version, with comments around it."""
    (result,) = find_results([value], US)

    assert (result.method, result.outcome) == ("spf", "pass")


@pytest.mark.parametrize(
    "microsoft",
    [
        "spf=pass (sender IP is 40.107.22.100)\r\n smtp.mailfrom=reporter.example;"
        " dkim=pass (signature was verified)\r\n header.d=reporter.example;"
        "dmarc=pass action=none\r\n header.from=reporter.example;compauth=pass reason=100",
        "dmarc=pass header.from=reporter.example",
        "dkim=none (message not signed)\r\n header.d=none;dmarc=none action=none header.from=reporter.example;",
    ],
)
def test_a_line_without_an_id_never_counts(microsoft: str) -> None:
    """Exchange Online names nobody as the writer: so might anybody, above or below what our server wrote."""
    own = f"{US}; dmarc=pass header.from=reporter.example"

    assert not _passes(microsoft)
    assert not _passes(microsoft.replace(";", f"; {US};"))
    assert _passes(microsoft, own)
    assert not _passes(microsoft, f"{US}; none", own)


def test_hostile_nesting_ends() -> None:
    """A thousand nested comments cost no time, and hide no result."""
    assert not _passes(f"{US}; dkim=fail {'(' * 1000}{')' * 1000}; dmarc=pass header.from=reporter.example")


@pytest.mark.parametrize("unit", ['"\\', "(\\", '\\"', "()", '"a'])
def test_comments_are_read_once(unit: str) -> None:
    """Halves of quoted strings and comments are looked at once, however many there are."""
    assert _passes(f"{US}; dkim=pass header.d=reporter.example {unit * 500_000}")


def test_a_comment_parts_words() -> None:
    """What stands around a comment is two words, and no result that nobody wrote."""
    assert not _passes(f"{US}; dmarc=pa(x)ss header.from=reporter.example")


def test_sealed_results_are_read_word_by_word() -> None:
    """Nothing within a value, a comment or a quoted string is taken for a property."""
    results = parse_sealed_results(
        'mx.example 1; dkim=pass (header.d=b.example) header.d=a.example reason="header.i=@c.example"; Auth=PASS'
        ' reason=smtp.auth=x@d.example SMTP.auth="e@f.example"; none'
    )

    assert results == (
        Result("dkim", "pass", {"header.d": "a.example", "reason": ""}),
        Result("auth", "pass", {"reason": "smtp.auth=x@d.example", "smtp.auth": "e@f.example"}),
        Result("none", "", {}),
    )


@pytest.mark.parametrize(
    "value",
    [
        "mx.example; auth=pass smtp.auth=a@b.example smtp.auth=c@d.example",
        "mx.example; auth=pass (smtp.auth=a@b.example",
        'mx.example; auth=pass smtp.auth="a@b.example',
        'mx.example; auth=pass reason="\\" smtp.auth=a@b.example',
        "auth=pass smtp.auth=a@b.example; x=y",
        "mx.example",
        "",
    ],
)
def test_sealed_results_that_are_not_certain_are_none(value: str) -> None:
    """A property that stands twice, a comment or a string that never ends, no server's name."""
    assert parse_sealed_results(value) is None
