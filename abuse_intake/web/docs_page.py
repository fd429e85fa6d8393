"""The page `/api/v1/docs`: the OpenAPI document for people; nothing on it runs or is fetched."""

import base64
from hashlib import sha256

from fastapi import FastAPI, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from abuse_intake.web.answers import PRIVATE, answer
from abuse_intake.web.described_forms import describe_forms
from abuse_intake.web.gate import PREFIX
from abuse_intake.web.openapi import describe_routes, document

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222;background:#fff}"
    "h2{font-size:1.1em;border-top:1px solid #ccc;padding-top:1em}"
    "code{overflow-wrap:anywhere}"
    "table{border-collapse:collapse}td,th{text-align:left;padding:.2em 1em .2em 0;vertical-align:top}"
)
_STYLE_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'"


def add_document(app: FastAPI) -> None:
    """Serve the document and its page."""

    def openapi(request: Request) -> Response:
        return answer(request, document(app))

    def docs() -> Response:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": PRIVATE}
        return HTMLResponse(render_docs(app), headers=headers)

    app.add_api_route(f"{PREFIX}/openapi.json", openapi, include_in_schema=False)
    app.add_api_route(f"{PREFIX}/docs", docs, include_in_schema=False)


def render_docs(app: FastAPI) -> str:
    """The page."""
    environment = Environment(
        loader=PackageLoader("templates", "web"), autoescape=True, undefined=StrictUndefined
    )
    made = document(app)
    return environment.get_template("docs.html").render(
        title=made["info"]["title"],
        version=made["info"]["version"],
        description=made["info"]["description"],
        openapi=made["openapi"],
        routes=describe_routes(app),
        forms=describe_forms(made),
        style=STYLE,
    )
