"""The framework's files in front of its own handler, with the portal's gate and headers around both."""

import gzip
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

from core.ui import style
from core.web import app, framework, static
from tests.web.conftest import ORIGIN, TestClient

FONT, SCRIPT = framework.font(), next(address for address in framework.ahead() if "/index." in address)
SHEET = next(address for address in framework.ahead() if address.endswith(".css"))


@pytest.fixture
def client() -> TestClient:
    """A stranger's browser at the framework's own files."""
    files = create_streamlit_static_handler(str(framework.folder()), None)
    application = Starlette(routes=[*app.routes(style.sheet), Mount("/", files)], middleware=app.middleware())
    return TestClient(application, base_url=ORIGIN, headers={"Accept-Encoding": "br, gzip"})


@pytest.fixture
def unpacked() -> Iterator[None]:
    """As in a fresh process."""
    static.packed.cache_clear()
    yield
    static.packed.cache_clear()


def content(address: str) -> bytes:
    return (framework.folder() / address[1:]).read_bytes()


@pytest.mark.parametrize(("address", "kind"), [(SCRIPT, "text/javascript"), (SHEET, "text/css")])
def test_scripts_and_style_sheets_are_sent_compressed_and_kept_for_good(
    client: TestClient, address: str, kind: str
) -> None:
    with client.stream("GET", address) as response:
        sent = b"".join(response.iter_raw())
    assert (response.status_code, response.headers["content-encoding"]) == (200, "gzip")
    assert len(sent) == int(response.headers["content-length"]) < len(content(address)) / 2
    assert gzip.decompress(sent) == content(address)
    assert response.headers["content-type"].split(";")[0] == kind
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_file_is_compressed_once(client: TestClient, unpacked: None, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = []
    compress = gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda *args, **kwargs: packed.append(args) or compress(*args, **kwargs))
    assert client.get(SCRIPT).content == client.get(SCRIPT).content == content(SCRIPT)
    assert len(packed) == 1


def test_head_says_what_get_would_send(client: TestClient) -> None:
    get, head = client.get(SCRIPT), client.head(SCRIPT)
    assert head.headers == get.headers
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("known", ["{}", "W/{}", '"another", {}', "*"])
def test_who_has_the_file_gets_no_second_copy(client: TestClient, known: str) -> None:
    tag = client.get(SCRIPT).headers["etag"]
    response = client.get(SCRIPT, headers={"If-None-Match": known.format(tag)})
    assert (response.status_code, response.content) == (304, b"")
    assert (response.headers["etag"], response.headers["vary"]) == (tag, "Accept-Encoding")
    assert "immutable" in response.headers["cache-control"]


def test_another_tag_is_another_file(client: TestClient) -> None:
    assert client.get(SCRIPT, headers={"If-None-Match": '"another"'}).status_code == 200


def test_the_two_encodings_have_tags_of_their_own(client: TestClient) -> None:
    plain = client.get(SCRIPT, headers={"Accept-Encoding": "identity"})
    assert plain.headers["etag"] != client.get(SCRIPT).headers["etag"]


@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP", "gzip;q=0.5", "br;q=1.0, gzip; q=1", "*", "*;q=0, gzip"])
def test_who_takes_gzip_gets_it(client: TestClient, accepted: str) -> None:
    assert client.get(SCRIPT, headers={"Accept-Encoding": accepted}).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0, br", "gzip;q=0, *", "xgzip"])
def test_who_does_not_take_gzip_gets_the_file_as_it_is(client: TestClient, accepted: str) -> None:
    response = client.get(SCRIPT, headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in response.headers
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.content == content(SCRIPT)


def test_a_part_of_a_file_is_a_part_of_the_file_as_it_is(client: TestClient) -> None:
    response = client.get(SCRIPT, headers={"Range": "bytes=100-199"})
    assert (response.status_code, response.content) == (206, content(SCRIPT)[100:200])
    assert "content-encoding" not in response.headers


def test_fonts_are_not_compressed_again(client: TestClient) -> None:
    response = client.get(FONT)
    assert "content-encoding" not in response.headers
    assert response.content == content(FONT)


@pytest.mark.parametrize(
    "path",
    [
        "/static/%2e%2e/index.html",
        "/static/js/%2e%2e/%2e%2e/%2e%2e/config.py",
        "/static/js/..%2f..%2f..%2fconfig.py",
        "/static/..%5c..%5cconfig.py",
        "/static//etc/passwd",
        "/static/js/%00.js",
        "/static/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    ],
)
def test_no_address_leads_out_of_the_folder(client: TestClient, path: str) -> None:
    response = client.get(path)
    left = "root:" in response.text or "import " in response.text
    assert (response.status_code in {400, 401, 404} or response.headers["content-type"][:9] == "text/html") and not left


def test_every_text_lies_in_the_folder_and_is_named_as_it_is() -> None:
    root = framework.folder()
    assert len(static.texts()) > 200
    assert [address for address, path in static.texts().items() if path != root / address[1:]] == []


def test_a_missing_script_is_not_kept(client: TestClient) -> None:
    response = client.get("/static/js/index.00000000.js")
    assert response.headers["cache-control"] == "no-store, private"
