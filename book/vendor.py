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
    ("MathJax", "Apache-2.0", "npm:mathjax/LICENSE", ["mathjax/*"]),
    ("Sphinx", "BSD-2-Clause", "pip:sphinx/LICENSE.rst",
     ["basic.css", "doctools.js", "documentation_options.js", "language_data.js", "searchtools.js",
      "sphinx_highlight.js", "file.png", "minus.png", "plus.png"]),
    ("Pygments", "BSD-2-Clause", "pip:pygments/LICENSE", ["pygments.css"]),
    ("sphinx-book-theme", "BSD-3-Clause", "pip:sphinx-book-theme/LICENSE",
     ["styles/sphinx-book-theme.css", "scripts/sphinx-book-theme.js", "sbt-webpack-macros.html", "images/logo_*",
      "locales/*", "styles/sphinx-book-theme.css.map", "scripts/sphinx-book-theme.js.map"]),
    ("PyData Sphinx Theme", "BSD-3-Clause", "pip:pydata-sphinx-theme/LICENSE",
     ["styles/theme.css", "styles/pydata-sphinx-theme.css*", "scripts/pydata-sphinx-theme.js*", "webpack-macros.html"]),
    ("Bootstrap", "MIT", "pip:pydata-sphinx-theme/bootstrap.js.LICENSE.txt", ["scripts/bootstrap.js*"]),
    ("Font Awesome Free", "CC-BY-4.0 (icons), OFL-1.1 (fonts), MIT (code)",
     "pip:pydata-sphinx-theme/fontawesome.js.LICENSE.txt", ["scripts/fontawesome.js*", "vendor/fontawesome/*"]),
    ("MyST-NB", "BSD-3-Clause", "pip:myst-nb/LICENSE", ["mystnb.*.css"]),
    ("sphinx-copybutton", "MIT", "pip:sphinx-copybutton/LICENSE",
     ["copybutton.*", "copybutton_funcs.js", "check-solid.svg", "copy-button.svg", "clipboard.min.js"]),
    ("sphinx-design", "MIT", "pip:sphinx-design/LICENSE", ["sphinx-design.min.css", "design-tabs.js"]),
    ("sphinx-exercise", "MIT", "pip:sphinx-exercise/LICENSE", ["exercise.css"]),
    ("sphinx-proof", "BSD-3-Clause", "pip:sphinx-proof/LICENSE", ["proof.css"]),
]  # fmt: skip


def licence_text(where: str) -> str:
    """The licence text at `npm:package/file` or `pip:distribution/file name`."""
    kind, _, path = where.partition(":")
    package, _, name = path.partition("/")
    if kind == "npm":
        return (ROOT / "node_modules" / package / name).read_text("utf-8")
    found = [f for f in distribution(package).files or [] if f.name == name]
    if not found:
        raise FileNotFoundError(f"{package} is installed without {name}: its licence cannot be shown.")
    return min(found, key=lambda f: len(f.parts)).read_text("utf-8")


def version(where: str) -> str:
    """The installed version of the package that `where` names."""
    kind, _, path = where.partition(":")
    package = path.partition("/")[0]
    if kind == "npm":
        return json.loads((ROOT / "node_modules" / package / "package.json").read_text("utf-8"))["version"]
    return distribution(package).version


def build(target: Path = ROOT / "_vendor") -> None:
    """Write `target` afresh: MathJax's one script and its fonts, and licences.json."""
    source = ROOT / "node_modules" / "mathjax" / "es5"
    if not source.exists():
        raise SystemExit("The book needs MathJax, and node_modules/ does not have it: run `npm ci` first.")
    shutil.rmtree(target, ignore_errors=True)
    fonts = Path("output/chtml/fonts/woff-v2")
    shutil.copytree(source / fonts, target / "mathjax" / fonts)
    shutil.copy(source / "tex-chtml.js", target / "mathjax")
    rows = [
        {"name": name, "version": version(where), "licence": licence, "files": files, "text": licence_text(where)}
        for name, licence, where, files in SHIPPED
    ]
    (target / "licences.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    build()
