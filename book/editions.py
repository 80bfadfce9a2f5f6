"""The book as one PDF and as an ePub, from the same sources: _build/editions/chain-rule.pdf and chain-rule.epub.

The PDF is the pages of _build/html joined in the order of _toc.yml and printed by Chromium. The ePub is Sphinx's own,
with its formulas turned into MathML. Both have the same cover, drawn here.
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent / "_ext"))
from build import ROOT, build, environment  # noqa: E402

HTML, EDITIONS = ROOT / "_build" / "html", ROOT / "_build" / "editions"
NAME = "chain-rule"
ROADS = [("t", "x", "dx/dt"), ("t", "y", "dy/dt"), ("x", "z", "∂z/∂x"), ("y", "z", "∂z/∂y")]


def cover(title: str, author: str) -> str:
    """The cover as SVG, 1600 by 2260: the title over the graph of chapter 2."""
    from chainrule_lib import Graph

    graph = Graph.symbolic(ROADS).svg(theme="light", title="Two roads from t to z")
    graph = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", graph, count=1)  # as large as its place
    first, _, rest = title.partition(", ")
    words = f'<text x="800" y="420" font-size="132" font-weight="700">{first}</text>'
    words += f'<text x="800" y="540" font-size="72">{rest}</text>' if rest else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 2260" role="img"><title>Cover</title>'
        '<rect width="1600" height="2260" fill="#14375e"/><rect x="140" y="760" width="1320" height="900" rx="40" fill="#fff"/>'
        f'<g fill="#fff" text-anchor="middle" font-family="sans-serif">{words}'
        f'<text x="800" y="1900" font-size="56">From one variable to backpropagation</text>'
        f'<text x="800" y="2060" font-size="44">{author}</text></g>'
        f'<svg x="200" y="820" width="1200" height="780">{graph}</svg></svg>'
    )


def contents() -> list[str]:
    """The pages' names in reading order, the root first."""
    import yaml

    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    return [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"])]


def joined(pages: list[str], cover_svg: str) -> str:
    """All pages as one: ids get their page's name in front, links between pages become links inside."""
    from bs4 import BeautifulSoup

    slugs = {name: name.rpartition("/")[2] for name in pages}
    parts, entries = [], []
    for name, slug in slugs.items():
        page = BeautifulSoup((HTML / f"{name}.html").read_text("utf-8"), "html.parser")
        article = page.find("article")
        for tag in article.find_all(["script", "style"], src=True):
            tag.decompose()
        for box in article.find_all("details"):
            box["open"] = ""
        for tag in article.find_all(id=True):
            if not tag.find_parent("svg") and tag.name != "svg":
                tag["id"] = f"{slug}--{tag['id']}"
        for link in article.find_all("a", href=True):
            parts_of = urlsplit(link["href"])
            target = Path(parts_of.path).stem or slug
            if parts_of.scheme:
                continue
            if target in slugs.values():
                link["href"] = f"#{target}--{parts_of.fragment}" if parts_of.fragment else f"#{target}"
            else:  # the index, a notebook: only on the site
                link.unwrap()
        for picture in article.find_all("img", src=True):
            picture["src"] = os.path.relpath(HTML / "book" / picture["src"], EDITIONS)
        title = article.h1.get_text().removesuffix("#")
        entries.append(f'<li><a href="#{slug}">{title}</a></li>')
        parts.append(f'<section class="chapter bd-article" id="{slug}">{article.decode_contents()}</section>')
    styles = "".join(f'<link rel="stylesheet" href="../html/_static/{css}" />' for css in ("book.css", "print.css"))
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8" /><title>{book_title()}</title>{styles}</head>'
        f'<body><div class="cover">{cover_svg}</div><main><nav class="contents"><h1>Contents</h1><ol>{"".join(entries)}</ol></nav>{"".join(parts)}</main></body></html>'
    )


def settings() -> dict:
    import yaml

    return yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))


def book_title() -> str:
    return settings()["title"]


def pdf(cover_svg: str) -> None:
    page = EDITIONS / "book.html"
    page.write_text(joined(contents(), cover_svg), "utf-8")
    run("node", ROOT / "book" / "print.mjs", page, EDITIONS / f"{NAME}.pdf")


def epub() -> None:
    """Sphinx's ePub, its formulas as MathML, its solutions open, and its pages marked for what they hold."""
    from lean import typeset

    out = EDITIONS / "sphinx"
    run("jupyter-book", "build", ".", "--builder", "custom", "--custom-builder", "epub", "--path-output", out, "-W", "-n", "--keep-going", "-q")
    folder = out / "_build" / "epub"
    typeset(folder, "mml")
    holds = {}
    for page in folder.rglob("*.xhtml"):
        text = page.read_text("utf-8")
        text = re.sub(r"<details(?= |>)", '<details open="open"', text)
        text = re.sub(r'<a [^>]*href="\.\./notebooks/[^>]*>(.*?)</a>', r"\1", text)
        page.write_text(text, "utf-8")
        holds[page.relative_to(folder).as_posix()] = " ".join(k for k, sign in (("mathml", "<math"), ("svg", "<svg")) if sign in text)
    shutil.copy(EDITIONS / "cover.png", folder / "cover.png")
    package = (folder / "content.opf").read_text("utf-8")
    package = re.sub(
        r'(<item id="[^"]*" href="([^"]*)" media-type="application/xhtml\+xml")\s*/>',
        lambda m: f'{m[1]} properties="{holds[m[2]]}" />' if holds.get(m[2]) else m[0],
        package,
    )
    picture = '<item id="cover" href="cover.png" media-type="image/png" properties="cover-image" />'
    package = package.replace("</manifest>", picture + "</manifest>").replace("</metadata>", '<meta name="cover" content="cover" /></metadata>')
    (folder / "content.opf").write_text(package, "utf-8")
    named = re.findall(r'href="([^"]*)"', package)
    with zipfile.ZipFile(EDITIONS / f"{NAME}.epub", "w", zipfile.ZIP_DEFLATED) as book:
        book.write(folder / "mimetype", "mimetype", zipfile.ZIP_STORED)  # first, and not compressed: the format says so
        for name in ["META-INF/container.xml", "content.opf", *dict.fromkeys(named)]:
            book.write(folder / name, name)
    shutil.rmtree(out)


def offer() -> None:
    """Put both on the built site, and a line about them where its landing page leaves room."""
    for kind in ("pdf", "epub"):
        shutil.copy(EDITIONS / f"{NAME}.{kind}", HTML / f"{NAME}.{kind}")
    landing = HTML / "book" / "index.html"
    line = f'<p>The whole book is also <a href="../{NAME}.pdf">a PDF</a> and <a href="../{NAME}.epub">an ePub</a>.</p>'
    landing.write_text(landing.read_text("utf-8").replace("<!-- editions -->", line), "utf-8")


def run(*command) -> None:
    subprocess.run([str(word) for word in command], cwd=ROOT, env=environment(), check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    if code := build():
        return code
    EDITIONS.mkdir(parents=True, exist_ok=True)
    drawing = cover(book_title(), settings()["author"])
    page = EDITIONS / "cover.html"
    page.write_text(f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Cover</title></head><body style="margin:0">{drawing}</body></html>', "utf-8")
    run("node", ROOT / "book" / "print.mjs", page, EDITIONS / "cover.png", 1600, 2260)
    pdf(drawing)
    epub()
    offer()
    print(f"{EDITIONS / NAME}.pdf\n{EDITIONS / NAME}.epub")
    return 0


if __name__ == "__main__":
    sys.exit(main())
