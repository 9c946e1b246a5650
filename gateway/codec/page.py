"""The codec server's only page."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
"""Of every answer that is for one operator alone."""

_SCRIPT = """
const token = location.hash.slice(1);
if (token) { document.querySelector("[name=token]").value = token; history.replaceState(null, "", "/"); }
"""
"""Takes the token out of the link that `selfology codec` prints. Servers and logs never see that part of an address."""
_STYLE = """
:root { color-scheme: light dark; }
body { margin: 12vh auto; max-width: 34rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
label, textarea, input { display: block; width: 100%; box-sizing: border-box; } label { margin-top: 1rem; }
textarea, input { font: inherit; padding: .5rem; margin-top: .25rem; }
button { font: inherit; margin-top: 1rem; padding: .5rem 1rem; } .quiet { opacity: .75; }
"""


def page(reason: str, *, longest: int) -> HTMLResponse:
    """Returns the page. `reason` is the one that holds now; empty when there is none."""
    shown = _template().render(reason=reason, longest=longest, script=_SCRIPT, style=_STYLE)
    allowed = f"script-src '{_hash(_SCRIPT)}'; style-src '{_hash(_STYLE)}'; form-action 'self'"
    policy = f"default-src 'none'; base-uri 'none'; frame-ancestors 'none'; {allowed}"
    return HTMLResponse(shown, headers={**HEADERS, "Content-Security-Policy": policy})


def _hash(source: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"


@cache
def _template() -> Template:
    templates = Environment(loader=PackageLoader(__name__, "."), autoescape=True, undefined=StrictUndefined)
    return templates.get_template("page.html.jinja")
