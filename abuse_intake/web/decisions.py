"""What an analyst decides, as a request says it, checked before the store takes it."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, model_validator

from abuse_intake.deciding import MAX_NOTE, MAX_TENANT, check_note
from abuse_intake.errors import DecisionError
from storage.decisions import Decision
from storage.values import IncidentStatus

MAX_IDS = 1_000
MAX_ID = 20


def _printable(text: str | None) -> str | None:
    if text is not None and not text.isprintable():
        raise ValueError("must be printable")
    return text


def _check_note(note: str) -> str:
    try:
        return check_note(note)
    except DecisionError as error:
        raise ValueError(str(error)) from None


Note = Annotated[
    str,
    AfterValidator(_check_note),
    Field(
        description="may have several lines, but no control characters",
        examples=["told by phone"],
        json_schema_extra={"minLength": 1, "maxLength": MAX_NOTE},
    ),
]


class DecisionBody(BaseModel):
    """What is to change; what is not given stays as it is. A tenant by hand needs a note that says why."""

    model_config = ConfigDict(extra="forbid")

    status: IncidentStatus | None = None
    tenant: Annotated[str | None, AfterValidator(_printable)] = Field(
        default=None,
        min_length=1,
        max_length=MAX_TENANT,
        description="the tenant by hand; null = nobody of ours, whatever the evidence says",
        examples=["contoso"],
    )
    as_evidence_says: StrictBool = Field(default=False, description="take the correction by hand back")
    note: Note | None = None

    @model_validator(mode="after")
    def _decides(self) -> Self:
        names_tenant = "tenant" in self.model_fields_set
        if names_tenant and self.as_evidence_says:
            raise ValueError("tenant and as_evidence_says exclude each other")
        if names_tenant and not self.note:
            raise ValueError("a tenant by hand needs a note that says why")
        if self.status is None and self.note is None and not self.as_evidence_says:
            raise ValueError("nothing is to change: give status, tenant, as_evidence_says or note")
        return self

    def as_decision(self) -> Decision:
        """As the store takes it."""
        return Decision(
            status=self.status,
            tenant=self.tenant,
            clears_tenant="tenant" in self.model_fields_set and self.tenant is None,
            withdraws_correction=self.as_evidence_says,
            note=self.note,
        )


class SetBody(DecisionBody):
    """The same for many incidents: all of them, or none where one is not there."""

    ids: list[Annotated[str, Field(max_length=MAX_ID)]] = Field(
        min_length=1, max_length=MAX_IDS, examples=[["17", "18"]]
    )
