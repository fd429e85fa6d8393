"""What is answered has the form that the OpenAPI document tells."""

from typing import Any

import pytest
from pydantic import BaseModel
from web_world import JSON_LINES, MAIL, REPORT, Api

from abuse_intake.web import models

FORMS: dict[str, type[BaseModel]] = {
    "/incidents": models.IncidentPage,
    "/incidents/1": models.IncidentInFull,
    "/incidents/1/full": models.MessageView,
    "/incidents/top/tenants": models.JunkCounts,
    "/incidents/top/networks?most=true": models.JunkCounts,
    "/incidents/counts": models.Counts,
    "/incidents/counts?by=network": models.Counts,
    "/incidents/counts?by=day&tenant=contoso": models.Counts,
    "/mails": models.Mails,
    "/mails/1": models.MailInFull,
    "/tenants/contoso": models.TenantInFull,
    "/outbox": models.Acknowledgements,
    "/stats": models.Statistics,
    "/audit": models.Audit,
}


def names_of(value: Any) -> Any:
    """The shape of JSON: its names, all the way down."""
    if isinstance(value, dict):
        return {name: names_of(one) for name, one in value.items()}
    return [names_of(one) for one in value] if isinstance(value, list) else None


def require_form(form: type[BaseModel], body: Any) -> None:
    """Every field is there, of its type, and no other."""
    read = form.model_validate(body)

    assert names_of(read.model_dump(by_alias=True)) == names_of(body)


@pytest.mark.parametrize("path", FORMS)
def test_answers_have_their_form(api: Api, path: str) -> None:
    """The form of the document and `as_json` say the same."""
    api.patch("/incidents/1", json={"tenant": "fabrikam", "note": "why"})

    require_form(FORMS[path], api.get(path).json())


@pytest.mark.parametrize(
    ("path", "form"), [("/parse", models.ReadMail), ("/attribute", models.AttributedMail)]
)
def test_read_mails_have_their_form(api: Api, path: str, form: type[BaseModel]) -> None:
    """Likewise for what is read."""
    require_form(form, api.post(path, content=REPORT, headers=MAIL).json())


def test_decisions_have_their_form(api: Api) -> None:
    """Likewise for many at once."""
    require_form(models.Decided, api.post("/incidents/set", json={"ids": ["1"], "note": "x"}).json())


def test_what_is_imported_has_its_form(api: Api) -> None:
    """Likewise for a directory."""
    answer = api.put("/tenants", content=b'{"id": "a", "name": "A"}', headers=JSON_LINES)

    require_form(models.Imported, answer.json())


def test_what_is_read_again_has_its_form(api: Api) -> None:
    """Likewise for a mail before and after."""
    require_form(models.Retried, api.post("/mails/1/retry").json())
