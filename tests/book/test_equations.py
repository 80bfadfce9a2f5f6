"""Every displayed equation has a label, every label a proof, every proof an equation; and no proof is so weak that a slip passes."""

import re
from pathlib import Path

import pytest
from book_equations import EQUATIONS


def displayed(pages) -> dict[str, tuple[str, str]]:
    """label -> (page, TeX) of every displayed equation; one without a label is there under its own text."""
    found = {}
    for name, page in pages.items():
        for block in page.select("div.math"):
            written = "".join(text for text in block.strings if not text.find_parent(class_="eqno"))
            tex = re.sub(r"^\\\[|\\\]$", "", written.strip())
            tex = re.sub(r"^\\begin\{split\}|\\end\{split\}$", "", tex.strip())
            label = block.get("id", tex).removeprefix("equation-")
            assert label not in found, f"two equations are called {label}"
            found[label] = (Path(name).stem, " ".join(tex.split()))
    return found


@pytest.fixture(scope="module")
def on_the_pages(pages):
    return displayed(pages)


def test_every_equation_has_a_label_and_every_label_a_proof(on_the_pages):
    assert not set(on_the_pages) - {e.label for e in EQUATIONS}


def test_every_proof_has_its_equation(on_the_pages):
    labels = [e.label for e in EQUATIONS]
    assert len(labels) == len(set(labels))
    assert not set(labels) - set(on_the_pages)


@pytest.mark.parametrize("equation", EQUATIONS, ids=lambda e: e.label)
def test_the_page_shows_what_was_proved(equation, on_the_pages):
    assert on_the_pages[equation.label] == (equation.page, " ".join(equation.tex.split()))


@pytest.mark.parametrize("equation", EQUATIONS, ids=lambda e: e.label)
def test_the_equation_holds(equation):
    assert equation.holds(equation.right)


@pytest.mark.parametrize("equation", EQUATIONS, ids=lambda e: e.label)
def test_its_wrong_twin_fails(equation):
    assert not equation.holds(equation.wrong)


def test_a_label_without_a_proof_and_a_nameless_equation_are_seen():
    from bs4 import BeautifulSoup

    page = BeautifulSoup(r'<div class="math" id="equation-new">\[a\]</div><div class="math">\[b\]</div>', "html.parser")
    assert displayed({"p.html": page}) == {"new": ("p", "a"), "b": ("p", "b")}
    assert set(displayed({"p.html": page})) - {e.label for e in EQUATIONS} == {"new", "b"}
