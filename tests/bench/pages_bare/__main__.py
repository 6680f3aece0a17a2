"""Serve a bare page the way the portal is served: an st.App under uvicorn, with the same configuration.

`python -m tests.bench.pages_bare [NAME]`: the page of that name here, that of the invoices by default.
"""

import sys
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from core.settings import settings
from core.web.app import server_config


async def _healthy(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


if __name__ == "__main__":
    page = Path(__file__).with_name(f"{(sys.argv[1:] or ['page'])[0]}.py")
    app = st.App(str(page), routes=[Route("/healthz", _healthy)])
    uvicorn.Server(server_config(app, settings())).run()
