"""All tables of wordings, by their names."""

from parsers import claims, robots
from parsers.wording import (
    Wording,
    aggregates,
    bounce_subjects,
    bounce_texts,
    complaints,
    feedback,
    programs,
    replies,
)

MODULES = (aggregates, bounce_subjects, bounce_texts, complaints, feedback, programs, replies, robots, claims)
TABLES = {
    name: table for module in MODULES for name, table in vars(module).items() if isinstance(table, Wording)
}
