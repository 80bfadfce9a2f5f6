"""Show the built book and the sample class on 127.0.0.1: `python book/serve.py [PORT]`.

Only the pages are served: the book at /, the sample's class report and feedback pages under /sample/.
A gradebook, a key, a submission or a source notebook is never reachable.
"""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOOK, SAMPLE = ROOT / "_build" / "html", ROOT / "_build" / "sample"


class Pages(SimpleHTTPRequestHandler):
    """Maps a URL to a file below the book, or to one of the sample's pages; everything else is a 404."""

    def translate_path(self, path: str) -> str:
        inside_book = Path(super().translate_path(path))
        parts = inside_book.relative_to(BOOK).parts
        if parts[:1] != ("sample",):
            return str(inside_book)
        page = SAMPLE.joinpath(*parts[1:]).resolve()
        is_page = page == SAMPLE / "report.html" or (SAMPLE / "feedback" in page.parents and page.suffix == ".html")
        return str(page if is_page else SAMPLE / "not-a-page")

    def log_message(self, format, *args):
        pass


def main(port: int = 8000) -> None:
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(Pages, directory=BOOK))
    except OSError as error:
        sys.exit(f"Port {port} of 127.0.0.1 is not free ({error.strerror}). Name another: python book/serve.py 8001")
    print(f"The book          http://127.0.0.1:{port}/")
    if (SAMPLE / "report.html").exists():
        print(f"The class report  http://127.0.0.1:{port}/sample/report.html")
    print("Ctrl-C stops it.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
