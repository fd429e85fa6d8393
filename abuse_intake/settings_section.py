"""What all sections of the configuration are made of."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

OptionalText = Annotated[str | None, AfterValidator(lambda text: text or None)]
"""Empty counts as absent, as in files of environment variables."""


class Section(BaseModel):
    """Checked, frozen, and without keys that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
