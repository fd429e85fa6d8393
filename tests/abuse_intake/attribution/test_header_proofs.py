"""What a provider header says of the signatures beside it that do not prove it."""

import pytest
from attribution_world import ELSEWHERE, RELAY, FakeVerifier, attribute, find_headers, make_verdict

from abuse_intake.attribution.signatures import SignatureVerdict

FROM_SES = "Feedback-ID: ::1.us-east-1.c0n+oso/1=:AmazonSES"
SIGNED = make_verdict("amazonses.com", "feedback-id", "from", "subject")


@pytest.mark.parametrize(
    ("verdict", "route", "why"),
    [
        (make_verdict("amazonses.com", "from"), RELAY, "amazonses.com, but it does not cover Feedback-ID"),
        (
            make_verdict("provider.example", "feedback-id"),
            RELAY,
            "provider.example, but that is not the service's own key",
        ),
        (SIGNED, ELSEWHERE, "amazonses.com, but nothing shows that the message left our servers"),
    ],
)
def test_a_header_says_what_a_signature_beside_it_lacks(
    verdict: SignatureVerdict, route: str, why: str
) -> None:
    """Whoever sees a verified signature of the provider beside a header is told why that is no proof of it."""
    found = attribute(FROM_SES, route=route, verifier=FakeVerifier(verdict))

    (evidence,) = find_headers(found)
    assert evidence.detail.endswith(f"; it is signed by {why}: no proof of it")


@pytest.mark.parametrize(
    "verdicts", [(SIGNED,), (), (make_verdict(is_proof=False),), (make_verdict("provider.example"), SIGNED)]
)
def test_a_header_that_lacks_nothing_says_nothing_of_signatures(
    verdicts: tuple[SignatureVerdict, ...],
) -> None:
    """Nor one beside which no proof of the provider's stands."""
    found = attribute(FROM_SES, verifier=FakeVerifier(*verdicts))

    assert "no proof" not in find_headers(found)[0].detail
