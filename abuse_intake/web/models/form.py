"""What all forms of answers are made of."""

from pydantic import BaseModel, ConfigDict


class Form(BaseModel):
    """Every field is there always, and no other."""

    model_config = ConfigDict(extra="forbid")
