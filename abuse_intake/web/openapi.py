"""The OpenAPI document: what FastAPI makes of the routes, with the errors and the token that all of them have."""

import re
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from abuse_intake import __version__
from abuse_intake.web.described_forms import describe_content, describe_meaning
from abuse_intake.web.gate import PREFIX
from abuse_intake.web.problem_form import MEDIA_TYPE, Problem

REFS = "#/components/schemas/{model}"
DESCRIPTION = """What `abuse-intake` does on the command line with incidents, mails and tenants, for other programs.
Send `Authorization: Bearer TOKEN`; tokens are made with `abuse-intake tokens add`. A reader may look, but not at raw
mail and the audit log; an analyst may do all. Subjects, addresses, names and texts were written by strangers."""
ERRORS = {
    "400": "the cursor, or the request as a whole, is not understood",
    "401": "no token, or one that is not valid",
    "403": "the role of the token may not do this",
    "404": "nothing of that name or id",
    "408": "the body did not come in time",
    "413": "the body is too large",
    "414": "the query is too long",
    "421": "asked for by another name than it is served under",
    "422": "a part of the request is not understood; `errors` says which",
    "431": "the header fields are too large",
    "500": "a fault of the program",
    "503": "not right now: try again after Retry-After",
}
WRITING_ERRORS = {"415": "the content type is another than wanted"}
PATCH_ERRORS = {"412": "If-Match is not the ETag of now"}
HEADERS = {
    "ETag": {"description": "of these bytes; for If-None-Match", "schema": {"type": "string"}},
    "X-Content-Type-Options": {"schema": {"type": "string", "const": "nosniff"}},
}


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _make(app)
    return app.openapi_schema


def _make(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(title="abuse-intake", version=__version__, description=DESCRIPTION, routes=app.routes)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template=REFS)
    schemas.update(problem.pop("$defs"), Problem=problem)
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"token": []}]
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    return made


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.update({status: _problem(text) for status, text in _errors(path, method).items()})
    if method == "get" and "application/json" in responses["200"].get("content", {}):
        responses["200"]["headers"] = HEADERS
        responses["304"] = {"description": "the client has it already (If-None-Match)"}


def _errors(path: str, method: str) -> dict[str, str]:
    return {
        **ERRORS,
        **(WRITING_ERRORS if method != "get" else {}),
        **(PATCH_ERRORS if method == "patch" else {}),
    }


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": REFS.format(model="Problem")}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


def find_methods(made: dict[str, Any], path: str) -> list[str]:
    """The methods of this path, as the Allow field names them: those of the template that fits it best."""
    fitting = [one for one in made["paths"] if re.fullmatch(re.sub(r"{[^}]*}", "[^/]+", one), path)]
    best = min(fitting, key=lambda one: one.count("{"), default=None)
    return sorted(method.upper() for method in made["paths"][best]) if best else ["GET"]


def describe_routes(app: FastAPI) -> list[dict[str, Any]]:
    """The document as a page shows it: a row an operation."""
    return [
        {
            "anchor": operation["operationId"],
            "method": method.upper(),
            "path": path,
            "summary": operation.get("description") or operation.get("summary", ""),
            "parameters": [
                {"name": one["name"], "in": one["in"], "description": _describe(one)}
                for one in operation.get("parameters", ())
            ],
            "bodies": describe_content(operation.get("requestBody", {}).get("content", {})),
            "answers": describe_content(operation["responses"]["200"].get("content", {})),
        }
        for path, methods in document(app)["paths"].items()
        if path.startswith(PREFIX)
        for method, operation in methods.items()
    ]


def _describe(parameter: dict[str, Any]) -> str:
    schema = parameter.get("schema", {})
    choices = [one for part in (schema, *schema.get("anyOf", ())) for one in part.get("enum", ())]
    return describe_meaning(schema, parameter.get("description", ""), " | ".join(map(str, choices)))
