"""The invoices page as a plain server-drawn page: Starlette and Jinja, the same texts from memory."""

import uvicorn
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from core.settings import settings
from core.web.app import server_config
from tests.bench.pages_bare.memory import TEXTS

_PAGE = Environment(autoescape=True).from_string(
    """<!doctype html><html lang="it"><meta charset="utf-8"><title>{{ texts.title }}</title>
<header>{{ texts.name }} <form method="post" action="/logout"><button>Esci</button></form></header>
<h1>{{ texts.title }}</h1><p>{{ texts.lead }}</p>
<form><select name="contract">{% for contract in texts.contracts %}<option>{{ contract }}</option>{% endfor %}</select>
{% for state in texts.states %}<label><input type="radio" name="state">{{ state }}</label>{% endfor %}
<input type="search" name="q">
<select name="sort">{% for order in texts.orders %}<option>{{ order }}</option>{% endfor %}</select></form>
<a href="/exports/invoices.xlsx">{{ texts.export }}</a>
<dl>{% for label, value, note in texts.cards %}<dt>{{ label }}</dt><dd>{{ value }} <small>{{ note }}</small></dd>
{% endfor %}</dl>
<table><thead><tr>{% for column in texts.columns %}<th>{{ column }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</tbody></table>
<nav>{% for number in range(1, pages + 1) %}<a href="?page={{ number }}">{{ number }}</a> {% endfor %}</nav>
<footer>{{ texts.legal }}</footer></html>"""
)


async def _invoices(request: Request) -> HTMLResponse:
    number = int(request.query_params.get("page", "1"))
    return HTMLResponse(_PAGE.render(texts=TEXTS, rows=TEXTS.pages[number - 1], pages=len(TEXTS.pages)))


async def _healthy(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


if __name__ == "__main__":
    app = Starlette(routes=[Route("/healthz", _healthy), Route("/invoices", _invoices)])
    uvicorn.Server(server_config(app, settings())).run()
