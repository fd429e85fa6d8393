"""The orders of incidents, by the names that people and programs ask for them with."""

from typing import Literal, get_args

from storage.values import IncidentOrder

Sort = Literal["newest", "most-reported", "first-seen"]
SORTS: tuple[Sort, ...] = get_args(Sort)
ORDERS: dict[Sort, IncidentOrder] = {
    "newest": "newest",
    "most-reported": "most_reported",
    "first-seen": "first_seen",
}
