"""The PDF and the ePub: made from the same pages, titled, with a cover, whole, and readable by a machine."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
EDITIONS = ROOT / "_build" / "editions"
TITLE = "The chain rule, as a graph you can walk"
CHAPTERS = sorted((ROOT / "book").glob("[0-9]*.md"))
HEADINGS = [re.search("^# (.*)$", path.read_text("utf-8"), re.M)[1] for path in CHAPTERS]


@pytest.fixture(scope="module")
def editions(site):
    made = subprocess.run([sys.executable, ROOT / "book" / "editions.py"], capture_output=True, text=True, timeout=900)
    assert made.returncode == 0, f"the editions are not made (is chromium installed?):\n{made.stdout[-2000:]}{made.stderr[-3000:]}"
    return EDITIONS


@pytest.fixture(scope="module")
def pdf(editions):
    from pypdf import PdfReader

    return PdfReader(editions / "chain-rule.pdf")


@pytest.fixture(scope="module")
def epub(editions):
    with zipfile.ZipFile(editions / "chain-rule.epub") as book:
        yield book


def test_the_pdf_has_a_title_a_language_and_tags(pdf):
    assert pdf.metadata.title == TITLE
    assert pdf.root_object["/Lang"] == "en"
    assert pdf.root_object["/MarkInfo"]["/Marked"] == True  # noqa: E712 (an object of the PDF, not a bool)


def outline(entries) -> list[str]:
    return [title for entry in entries for title in (outline(entry) if isinstance(entry, list) else [entry.title])]


def test_the_outline_of_the_pdf_names_every_chapter_in_order(pdf):
    titles = ["".join(title.split()) for title in outline(pdf.outline)]  # a line break in a title leaves no space
    places = [next(k for k, title in enumerate(titles) if title.endswith("".join(h.split()))) for h in HEADINGS]
    assert places == sorted(places)


def test_every_page_of_the_pdf_is_a4_and_the_links_stay_inside(pdf):
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in pdf.pages} == {(595, 842)}
    outside = [
        note.get_object()["/A"]["/URI"] for page in pdf.pages for note in page.get("/Annots", ())
        if "/URI" in note.get_object().get("/A", {})
    ]  # fmt: skip
    assert not [address for address in outside if address.startswith("file:")]


def test_the_solutions_are_open_in_the_pdf(pdf):
    text = "".join(page.extract_text() for page in pdf.pages)
    assert text.count("Solution") >= 6 * len(CHAPTERS)


def test_the_epub_is_a_container_as_the_format_says(epub):
    first = epub.infolist()[0]
    assert (first.filename, first.compress_type, epub.read(first)) == ("mimetype", zipfile.ZIP_STORED, b"application/epub+zip")
    package = ElementTree.fromstring(epub.read("content.opf"))
    items = package.findall(".//{*}item")
    assert {item.get("href") for item in items} <= set(epub.namelist())
    assert package.find(".//{*}title").text == TITLE
    (cover,) = [item for item in items if item.get("properties") == "cover-image"]
    assert epub.read(cover.get("href")).startswith(b"\x89PNG")


def test_every_page_of_the_epub_is_well_formed_and_asks_for_nothing_outside(epub):
    for name in epub.namelist():
        if name.endswith(".xhtml"):
            page = ElementTree.fromstring(epub.read(name))
            asked = [e.get("src") or e.get("href") for e in page.iter() if e.tag.rpartition("}")[2] in ("img", "script", "link", "iframe")]
            assert not [address for address in asked if re.match("https?:|//", address or "")], name


def test_the_formulas_of_the_epub_are_mathml(epub):
    package = epub.read("content.opf").decode()
    for path in CHAPTERS:
        page = epub.read(f"book/{path.stem}.xhtml").decode()
        assert "<math" in page and not re.search(r'class="math[^>]*>\s*\\[([]', page)
        assert re.search(rf'href="book/{path.stem}.xhtml"[^>]*properties="mathml', package)


def test_the_contents_of_the_epub_name_every_chapter(epub):
    contents = epub.read("nav.xhtml").decode()
    for path, heading in zip(CHAPTERS, HEADINGS, strict=True):
        assert f'href="book/{path.stem}.xhtml">{heading}</a>' in contents
