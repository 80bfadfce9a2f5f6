"""What every page has: a title, a description, valid HTML, links that lead somewhere; and what the site has around them."""

import json
import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "book").glob("[0-9]*.md"))
SOURCES = sorted((ROOT / "book").glob("*.md"))


def test_every_page_has_a_title_and_a_description_of_its_own(pages):
    titles, descriptions = {}, {}
    for name, page in pages.items():
        (title,) = page.head.find_all("title")
        (description,) = page.head.find_all("meta", attrs={"name": "description"})
        assert 40 <= len(description["content"]) <= 160, (name, description["content"])
        assert titles.setdefault(title.text, name) == name or name == "index.html"
        assert descriptions.setdefault(description["content"], name) == name


def test_every_page_of_the_book_has_an_open_graph_card(pages, site):
    for name, page in pages.items():
        if not name.startswith("book/"):
            continue
        card = {m["property"]: m["content"] for m in page.find_all("meta", property=re.compile("^og:"))}
        assert card["og:description"] == page.find("meta", attrs={"name": "description"})["content"]
        assert "<" not in card["og:image:alt"]
        assert (site / urlsplit(card["og:image"]).path.lstrip("/")).stat().st_size > 1000


def test_the_html_is_valid(node, site, pages):
    command = [node, ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs", "--formatter", "text"]
    config = ["--config", Path(__file__).with_name("htmlvalidate.json")]
    run = subprocess.run([*command, *config, *(site / name for name in pages)], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]


def broken_links(name, page, pages, site) -> list[str]:
    """The links of a page that lead to no file of the site, or to no anchor on it."""
    bad = []
    for tag, attribute in [("a", "href"), ("link", "href"), ("img", "src"), ("script", "src")]:
        for element in page.find_all(tag, attrs={attribute: True}):
            address = element[attribute]
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or "canonical" in element.get("rel", []):
                continue
            base = "" if address.startswith("/") else os.path.dirname(name)
            target = os.path.normpath(os.path.join(base, unquote(parts.path).lstrip("/"))) if parts.path else name
            if not (site / target).is_file():
                bad.append(f"{name}: {address} (no such file)")
            elif parts.fragment and target in pages and not pages[target].find(id=unquote(parts.fragment)):
                bad.append(f"{name}: {address} (no such anchor)")
    return bad


def test_every_link_inside_the_site_leads_to_a_page_and_an_anchor(pages, site):
    bad = [link for name, page in pages.items() for link in broken_links(name, page, pages, site)]
    assert not bad, "\n".join(bad)


def test_a_broken_link_or_anchor_is_seen(site, pages):
    from bs4 import BeautifulSoup

    page = BeautifulSoup('<a href="nowhere.html">a</a><a href="index.html#nowhere">b</a><a href="index.html">c</a>', "html.parser")
    assert len(broken_links("book/x.html", page, pages, site)) == 2


def test_no_id_stands_twice_on_a_page(pages):
    for name, page in pages.items():
        ids = [element["id"] for element in page.find_all(id=True)]
        assert len(ids) == len(set(ids)), (name, {i for i in ids if ids.count(i) > 1})


def test_the_spelling_holds():
    run = subprocess.run([Path(sys.executable).parent / "codespell", *SOURCES, ROOT / "book" / "_ext"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_prose_has_one_sentence_a_line():
    """Two sentences on a line hide a change of one of them; lists, tables and cells keep their own form."""
    for path in SOURCES:
        text = re.sub(r"^```.*?^```|^\$\$.*?^\$\$|^---\n.*?^---\n", "", path.read_text("utf-8"), flags=re.M | re.S)
        for line in text.splitlines():
            if re.match(r"[A-Z]", line) and not line.startswith("|"):
                assert not re.search(r"[a-z)$][.?] [A-Z][a-z]", line), f"{path.name}: {line}"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_every_chapter_has_the_parts_of_a_chapter(path, pages):
    page = pages[f"book/{path.stem}.html"]
    headings = " ".join(h.get_text() for h in page.article.find_all(["h1", "h2"]))
    for part in ("code", "Where it goes wrong", "Exercises", "What to remember"):
        assert part in headings, f"{path.stem} has no section on {part!r}"
    assert page.article.find("strong").get_text().endswith("?"), "a chapter opens with a question"
    assert page.article.select("figure svg[role=img] title"), "a chapter has a figure, with a name for those who cannot see it"
    exercises, solutions = page.select("div.exercise"), page.select("details.solution-box")
    assert len(exercises) == len(solutions) >= 6
    assert len(page.select("#what-to-remember > ol > li")) == 3


def test_every_cell_of_every_chapter_ran_without_a_warning(pages):
    for path in CHAPTERS:
        page = pages[f"book/{path.stem}.html"]
        assert page.select("div.cell_output"), path.stem
        assert not page.select("div.output.stderr, div.output.traceback"), path.stem


# clause of the source lesson -> page, anchor, and words or signs that the passage must hold
CLAUSES = {
    "S1": ("01-slope-inside-a-slope", "equation-chain-leibniz", [r"\frac{dz}{du}", r"\frac{du}{dt}"]),
    "S2": ("02-two-roads", "why-two-roads", ["several inputs", "outputs"]),
    "S3": ("02-two-roads", "a-walk", ["x = g(t)", "y = h(t)", "two roads"]),
    "S4": ("02-two-roads", "the-increment-argument", ["sum"]),
    "S5": ("02-two-roads", "equation-two-roads", [r"\frac{\partial z}{\partial x}", r"\frac{dx}{dt}", "+", r"\frac{\partial z}{\partial y}", r"\frac{dy}{dt}"]),
    "S6": ("02-two-roads", "term-by-term", [r"\partial z}{\partial x}", r"dx}{dt}", r"\partial z}{\partial y}", r"dy}{dt}", "product"]),
    "S7": ("02-two-roads", "the-graph", ["edge", "label"]),
    "S8": ("04-general-sum", "equation-general-setting", [r"f(u_1, \dots, u_m)", r"g_i(x_1, \dots, x_n)"]),
    "S9": ("04-general-sum", "many-roads", ["one input", "All the routes", "count"]),
    "S10": ("04-general-sum", "equation-general-sum", [r"\partial z}{\partial x_j}", r"\sum_{i=1}^{m}", r"\partial z}{\partial u_i}", r"\partial u_i}{\partial x_j}"]),
    "S11": ("04-general-sum", "in-words", ["total rate of change", "sum over the intermediate values", "times its own rate"]),
    "S12": ("09-learning", "the-loss-is-z", ["the engine that drives", "backpropagation", "mean squared error"]),
    "S13": ("09-learning", "the-weights-are-x", ["weights", "biases", "x_j"]),
    "S14": ("09-learning", "the-activations-are-u", ["later neurons", "activations", "u_i"]),
    "S15": ("09-learning", "downhill", ["Each of them needs its own", "gradient descent"]),
    "S16": ("09-learning", "a-chain-of-layers", ["The loss depends on what the last layer puts out"]),
    "S17": ("09-learning", "layer-by-layer", ["one rule, used again at every layer, beginning at the output and going backward"]),
    "S18": ("09-learning", "how-networks-learn", ["the ground on which all of this stands"]),
}  # fmt: skip


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_idea_of_the_source_lesson_is_where_the_closing_list_says(clause, pages):
    slug, anchor, signs = CLAUSES[clause]
    passage = pages[f"book/{slug}.html"].find(id=anchor)
    assert passage, f"{slug} has no #{anchor}"
    passage = passage if passage.name in ("section", "div") else passage.find_parent("section")
    for sign in signs:
        assert sign in passage.get_text(), f"{clause}: {sign!r} is not in {slug}#{anchor}"
    row = next(r for r in pages["book/references.html"].find_all("tr") if r.td and r.td.get_text() == clause)
    assert any(anchor in a["href"] or a["href"].startswith(slug) for a in row.find_all("a"))


def test_a_slip_that_the_grader_names_has_its_place_in_the_chapter(pages):
    slips = json.loads((ROOT / "chainrule_lib" / "judge" / "misconceptions.json").read_text("utf-8"))
    for slip in slips:
        for path in CHAPTERS:
            if path.stem[:2] in slip["chapter"].split(","):
                place = pages[f"book/{path.stem}.html"].find(id=slip["id"].lower())
                assert place, f"{path.stem} has no #{slip['id'].lower()} ({slip['name']})"
                assert slip["name"] in place.find_parent("tr").get_text()


def test_chapter_14_has_every_slip_that_the_grader_names_once(pages):
    slips = json.loads((ROOT / "chainrule_lib" / "judge" / "misconceptions.json").read_text("utf-8"))
    shown = [place["id"] for place in pages["book/14-reading-a-wrong-gradient.html"].find_all(id=re.compile("^slip-m"))]
    assert sorted(shown) == sorted(f"slip-{slip['id'].lower()}" for slip in slips)
    assert len(pages["book/14-reading-a-wrong-gradient.html"].find_all("em", string="By hand:")) == len(slips)


def test_the_third_party_page_shows_every_licence_of_what_is_shipped(pages, site):
    rows = json.loads((ROOT / "_vendor" / "licences.json").read_text("utf-8"))
    shown = {s.find(["h2"]).get_text().rstrip("#"): s.pre.get_text() for s in pages["book/third-party.html"].select("section section")}
    assert shown.keys() == {f"{row['name']} {row['version']}" for row in rows}
    for row in rows:
        assert shown[f"{row['name']} {row['version']}"].split() == row["text"].split()


def test_everything_shipped_is_ours_or_has_a_licence(site):
    rows = json.loads((ROOT / "_vendor" / "licences.json").read_text("utf-8"))
    ours = {"course.js", "print.css", "favicon.svg", "licences.json"}
    shipped = {str(p.relative_to(site / "_static")) for p in (site / "_static").rglob("*") if p.is_file()}
    patterns = [pattern for row in rows for pattern in row["files"]]
    assert not {name for name in shipped - ours if not any(fnmatch(name, p) for p in patterns)}
    unused = {p for p in patterns if not any(fnmatch(name, p) for name in shipped)}
    assert not unused, f"patterns of book/vendor.py that nothing needs: {unused}"


def test_the_sitemap_and_the_cards_stand_at_the_address_of_the_site(site, pages, book_extension, monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    address = book_extension("course").site_url()
    places = re.findall("<loc>(.*?)</loc>", (site / "sitemap.xml").read_text("utf-8"))
    assert f"{address}book/02-two-roads.html" in places and all(p.startswith(address) for p in places)
    card = pages["book/index.html"].find("meta", property="og:url")
    assert card["content"] == f"{address}book/index.html"


def test_site_url_ends_in_one_slash(book_extension, monkeypatch):
    course = book_extension("course")
    monkeypatch.setenv("SITE_URL", "https://example.org/course")
    assert course.site_url() == "https://example.org/course/"
    monkeypatch.delenv("SITE_URL")
    assert course.site_url() == "http://127.0.0.1:8000/"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_every_chapter_is_a_notebook_that_runs_on_its_own(path, site, tmp_path):
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.read(site / "notebooks" / f"{path.stem}.ipynb", as_version=4)
    nbformat.validate(book)
    text = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert "pip install" in book.cells[0].source
    assert not re.search(r"^:::|\{(eq|doc|(prf:)?ref|cite:\w|term|numref)\}`", text, re.M), "the book's own marks are left in the notebook"
    assert any("explore.widget" in cell.source for cell in book.cells if cell.cell_type == "code")
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()


def test_two_marks_of_the_book_in_one_sentence_become_two_words_of_the_notebook(book_extension):
    line = "A {term}`leaf` has no {term}`parents <parent>`; see {doc}`notation` and {ref}`M04 <m04>`."
    [(_, text)] = book_extension("notebooks").plain(line, {})
    assert text.startswith("A leaf has no parents; see [Notation](") and "and [M04](" in text


def test_a_notebook_names_a_source_by_author_and_year_and_links_to_a_place_in_a_page(book_extension):
    line = "{cite:t}`baur1983` proved it, others found it {cite:p}`linnainmaa1970,baydin2018`; see {ref}`a-walk`."
    [(_, text)] = book_extension("notebooks").plain(line, {})
    assert text.startswith("[Baur and Strassen (1983)](") and "[(Linnainmaa, 1970; Baydin et al., 2018)](" in text
    assert "[a walk](" in text and "book/02-two-roads.html#a-walk)" in text


def test_a_notebook_numbers_its_equations_as_the_page_does(pages, book_extension):
    numbers = book_extension("notebooks").equation_numbers({p.stem: p.read_text("utf-8") for p in CHAPTERS})
    for path in CHAPTERS:
        for block in pages[f"book/{path.stem}.html"].select("div.math[id]"):
            shown = block.find(class_="eqno").get_text().strip("(#)")
            assert numbers[block["id"].removeprefix("equation-")] == shown


def test_a_change_of_a_source_or_of_the_address_asks_for_a_new_build(book_extension, monkeypatch, tmp_path):
    build = book_extension("build")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    (tmp_path / "page.md").write_text("one")
    monkeypatch.delenv("SITE_URL", raising=False)
    first = build.digest(["page.md"])
    assert build.digest(["page.md"]) == first
    monkeypatch.setenv("SITE_URL", "https://example.org/")
    assert build.digest(["page.md"]) != first
    monkeypatch.delenv("SITE_URL")
    (tmp_path / "page.md").write_text("two")
    assert build.digest(["page.md"]) != first
