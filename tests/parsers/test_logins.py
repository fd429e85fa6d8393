"""Received lines: whether the client had logged in, which only the server may tell."""

import pytest

from parsers.logins import had_logged_in


@pytest.mark.parametrize(
    "received",
    [
        "from [192.168.1.7] (host.isp.example [198.51.100.7]) (Authenticated sender: a@b.example)\t"
        "by mx1.out.provider.example (Postfix) with ESMTPSA id 4Z0; Mon, 16 Nov 2026 07:59:00 +0000",
        "from host.isp.example ([198.51.100.7]:4711 helo=pc) by mx1.example with esmtpsa (TLS1.3) (Exim 4.97) id 1",
        "from pc (host [198.51.100.7]) (authenticated bits=0) by mx1.example (8.17/8.17) with ESMTPA id 1",
        "from pc (host [198.51.100.7]) by mx1.example with UTF8SMTPSA id 1",
        "from pc (host [198.51.100.7]) by mx1.example with UTF8SMTPA id 1",
        "from pc (host with by [198.51.100.7]) by mx1.example with ESMTPSA",
    ],
)
def test_a_protocol_with_authentication_says_so(received: str) -> None:
    """The keywords of RFC 3848, as Postfix, Exim and Sendmail write them."""
    assert had_logged_in(received)


@pytest.mark.parametrize(
    "received",
    [
        "",
        "from pc (host [198.51.100.7]) by mx1.example with ESMTPS id 1",
        "from pc (host [198.51.100.7]) by mx1.example (with ESMTPSA) with ESMTPS id 1",
        "from ESMTPSA (host [198.51.100.7]) by mx1.example with SMTP id ESMTPSA",
        "from pc with ESMTPSA (host [198.51.100.7]) by mx1.example with ESMTPS id 1",
        "from pc by mx1.example with ESMTPSA (host [198.51.100.7]) by mx1.example with ESMTPS id 1",
        "from x) by mx1.example with ESMTPSA ( (host [198.51.100.7]) by mx1.example with ESMTPS id 1",
        "from pc with ESMTPSA (host [198.51.100.7]) by mx1.example id 1",
        'from pc (host [198.51.100.7]) by mx1.example id 1 for <"a with ESMTPSA b"@tenant.example>',
        "from pc by mx1.example with ESMTPSA (host [198.51.100.7]) by mx1.example id 1",
        "from pc (host [198.51.100.7]) by mx1.example with ESMTPSA id with ESMTPS",
        "from pc (host [198.51.100.7]) by mx1.example with LMTPA id 1",
        "from pc (host [198.51.100.7]) by mx1.example with",
    ],
)
def test_what_the_client_said_does_not(received: str) -> None:
    """Its HELO, its reverse name, a recipient and comments stand in the same line."""
    assert not had_logged_in(received)
