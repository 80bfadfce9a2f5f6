"""Fill `_vendor/` with what the published pages ship of other people's work, and with its licences.

`html_static_path` copies `_vendor/` into the site. It is rebuilt from node_modules/ and the installed packages,
never committed, and it is not called `_static/` because jupyter-book adds every script below a folder of
that name to every page.
"""

import json
import shutil
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# name, SPDX licence, where its licence text is found, the files below _static/ that are its work
SHIPPED = [
    ("MathJax", "Apache-2.0", "npm:mathjax/LICENSE", ["book.css", "mathjax/*"]),
    ("Font Awesome Free", "CC-BY-4.0 (icons)", "npm:@fortawesome/fontawesome-free/LICENSE.txt", []),
    ("Sphinx", "BSD-2-Clause", "pip:sphinx/LICENSE.rst",
     ["book.css", "doctools.js", "language_data.js", "searchtools.js", "sphinx_highlight.js", "file.png", "minus.png", "plus.png"]),
    ("Pygments", "BSD-2-Clause", "pip:pygments/LICENSE", ["book.css"]),
    ("sphinx-book-theme", "BSD-3-Clause", "pip:sphinx-book-theme/LICENSE",
     ["book.css", "scripts/sphinx-book-theme.js"]),
    ("PyData Sphinx Theme", "BSD-3-Clause", "pip:pydata-sphinx-theme/LICENSE", ["book.css", "scripts/pydata-sphinx-theme.js"]),
    ("Bootstrap", "MIT", "mit:pydata-sphinx-theme/2011-2024 The Bootstrap Authors", ["book.css"]),
    ("MyST-NB", "BSD-3-Clause", "pip:myst-nb/LICENSE", ["book.css"]),
    ("sphinx-copybutton", "MIT", "pip:sphinx-copybutton/LICENSE",
     ["book.css", "copybutton.js", "copybutton_funcs.js", "check-solid.svg", "copy-button.svg"]),
    ("clipboard.js", "MIT", "mit:sphinx-copybutton/Zeno Rocha", ["clipboard.min.js"]),
    ("sphinx-design", "MIT", "pip:sphinx-design/LICENSE", ["book.css"]),
    ("sphinx-exercise", "MIT", "pip:sphinx-exercise/LICENSE", ["book.css"]),
    ("sphinx-proof", "BSD-3-Clause", "pip:sphinx-proof/LICENSE", ["book.css"]),
]  # fmt: skip

# The licence as published by the Open Source Initiative, for work that comes inside another package without it.
MIT = """MIT License

Copyright (c) {holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def licence_text(where: str) -> str:
    """The licence text at `npm:package/file`, `pip:distribution/file name` or `mit:distribution that brings it/holder`."""
    kind, _, path = where.partition(":")
    package, _, name = path.rpartition("/")
    if kind == "mit":
        return MIT.format(holder=name)
    if kind == "npm":
        return (ROOT / "node_modules" / package / name).read_text("utf-8")
    found = [f for f in distribution(package).files or [] if f.name == name]
    if not found:
        raise FileNotFoundError(f"{package} is installed without {name}: its licence cannot be shown.")
    return min(found, key=lambda f: len(f.parts)).read_text("utf-8")


def version(where: str) -> str:
    """The installed version of the package that `where` names."""
    kind, _, path = where.partition(":")
    package = path.rpartition("/")[0]
    if kind == "npm":
        return json.loads((ROOT / "node_modules" / package / "package.json").read_text("utf-8"))["version"]
    return distribution(package).version


def build(target: Path = ROOT / "_vendor") -> None:
    """Write `target` afresh: the fonts of MathJax's formulas, and licences.json."""
    source = ROOT / "node_modules" / "mathjax" / "es5"
    if not source.exists():
        raise SystemExit("The book needs MathJax, and node_modules/ does not have it: run `npm ci` first.")
    shutil.rmtree(target, ignore_errors=True)
    fonts = Path("output/chtml/fonts/woff-v2")
    shutil.copytree(source / fonts, target / "mathjax" / fonts)
    rows = [
        {"name": name, "version": version(where), "licence": licence, "files": files, "text": licence_text(where)}
        for name, licence, where, files in SHIPPED
    ]
    (target / "licences.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    build()
