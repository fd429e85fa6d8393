"""The forms of the OpenAPI document as its page shows them: what is sent and answered, field by field."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Words = list[tuple[str, str | None]]
"""A type in words; a form that is described further down has its name."""


def describe_forms(made: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All of them, by their names: the fields, and what else is allowed."""
    return [
        {"name": name, "about": schema.get("description", ""), "fields": list(_describe_fields(schema))}
        for name, schema in sorted(made["components"]["schemas"].items())
    ]


def describe_content(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each media type that a body or an answer may have."""
    return [{"media": media, "type": find_words(one.get("schema", {}))} for media, one in content.items()]


def find_words(schema: Mapping[str, Any]) -> Words:
    """What a value may be: `list of Evidence`, `text, a time`, `new | open`, `number or null`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return [(name, name)]
    if any_of := schema.get("anyOf") or schema.get("oneOf"):
        words = list[tuple[str, str | None]]()
        for one in any_of:
            words += [(" or ", None), *find_words(one)] if words else find_words(one)
        return words
    if "enum" in schema or "const" in schema:
        return [(" | ".join(map(str, schema.get("enum") or [schema["const"]])), None)]
    if schema.get("type") == "array":
        return [("list of ", None), *find_words(schema.get("items", {}))]
    return [(_name_type(schema), None)]


def _name_type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "anything")
    if kind == "string":
        return {"date-time": "time", "date": "day", "binary": "bytes"}.get(schema.get("format", ""), "text")
    return {"integer": "number", "boolean": "true or false"}.get(kind, str(kind))


def _describe_fields(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        yield {
            "name": name,
            "type": find_words(one),
            "is_optional": name not in required,
            "description": describe_meaning(one),
        }


def describe_meaning(schema: Mapping[str, Any], description: str = "", choices: str = "") -> str:
    """What is meant, what it may be, such as what, and what it is where it is not given."""
    default = schema.get("default")
    examples = () if choices else _find_first(schema, "examples")
    parts = (
        description or _find_first(schema, "description"),
        choices,
        f"such as {examples[0]}" if examples else "",
        "" if default is None else f"default {json.dumps(default)}",
    )
    return "; ".join(filter(None, parts))


def _find_first(schema: Mapping[str, Any], key: str) -> Any:
    """What the schema, or one of those that it may be, says of itself."""
    return next((part[key] for part in (schema, *schema.get("anyOf", ())) if key in part), "")
