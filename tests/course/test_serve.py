"""`make serve` shows pages and nothing else."""

import http.client
import importlib.util
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def get(tmp_path):
    spec = importlib.util.spec_from_file_location("serve", ROOT / "book" / "serve.py")
    serve = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(serve)
    serve.BOOK, serve.SAMPLE = tmp_path / "html", tmp_path / "sample"
    for name, text in {
        "html/index.html": "book",
        "sample/report.html": "report",
        "sample/gradebook.db": "secret",
        "sample/.course_key": "secret",
        "sample/submitted/student01/a2/a2.ipynb": "secret",
        "sample/feedback/student01/a2/a2.html": "feedback",
        "sample/feedback/student01/a2/notes.txt": "secret",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "sample/feedback/link.html").symlink_to(tmp_path / "sample/gradebook.db")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(serve.Pages, directory=serve.BOOK))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def ask(path):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()

    yield ask
    server.shutdown()
    server.server_close()


def test_the_book_the_report_and_the_feedback_are_served(get):
    assert get("/index.html") == (200, "book")
    assert get("/sample/report.html") == (200, "report")
    assert get("/sample/feedback/student01/a2/a2.html") == (200, "feedback")


@pytest.mark.parametrize(
    "path",
    [
        "/sample/gradebook.db",
        "/sample/.course_key",
        "/sample/submitted/student01/a2/a2.ipynb",
        "/sample/feedback/student01/a2/notes.txt",
        "/sample/feedback/link.html",
        "/sample/feedback/../gradebook.db",
        "/../sample/gradebook.db",
        "/%2e%2e/sample/gradebook.db",
        "/sample/",
        "/sample/feedback/",
    ],
)
def test_nothing_else_is_served(get, path):
    status, text = get(path)
    assert status == 404 and "secret" not in text
