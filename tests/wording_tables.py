"""The tables of wordings that tell what is no report, by their names."""

from parsers import robots
from parsers.wording import Wording, aggregates, bounce_subjects, bounce_texts, programs, replies

TABLES = {
    name: table
    for module in (aggregates, bounce_subjects, bounce_texts, programs, replies, robots)
    for name, table in vars(module).items()
    if isinstance(table, Wording)
}
