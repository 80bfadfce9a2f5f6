"""A verdict as text, HTML, drawing and JSON: complete, escaped, self-contained."""

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from chainrule_lib.judge import judge
from test_acceptance import RIGHT
from test_diagnosis import FORMS, WRONG, build

VERDICTS = {
    "named": judge("a2.dz_dt", build(*FORMS["a2.dz_dt"], z="a*q+b*p"), b"k"),
    "tie": judge("a2.dz_dt", build(*FORMS["a2.dz_dt"], z="a*p"), source=""),
    "pair": judge("a2.two_path", build(*FORMS["a2.two_path"], a="fx(t,t)", b="fy(t,t)", z="a*q+b*p")),
    "unknown": judge("a2.total_derivative", lambda t, k: 3.0 * t),
    "partial": judge("a2.polar", build(*FORMS["a2.polar"], v="-a*sin(th)+b*cos(th)")),
    "raised": judge("a2.dz_dt", lambda t: 1 / 0),
    "empty": judge("a2.dz_dt", lambda t: None, source=""),
    "passed": judge("a2.polar", RIGHT["a2.polar"]),
}
VOID = {"br", "img", "input", "meta", "link", "hr"}


class Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page(verdict):
    parser = Balanced()
    parser.feed(verdict.html())
    assert parser.open == []
    return parser.seen


@pytest.mark.parametrize("case", VERDICTS)
def test_text_is_at_most_80_columns_and_says_the_score(case):
    verdict = VERDICTS[case]
    lines = verdict.text().splitlines()
    assert max(map(len, lines)) <= 80
    assert f"{verdict.score:g} of {verdict.max_score:g} points" in " ".join(line.strip() for line in lines)


@pytest.mark.parametrize("case", VERDICTS)
def test_html_is_balanced_self_contained_and_without_active_content(case):
    seen = page(VERDICTS[case])
    assert not {tag for tag, _ in seen} & {"script", "iframe", "link", "img", "form", "object", "base"}
    attributes = [(name, value) for _, given in seen for name, value in given.items()]
    assert not [name for name, _ in attributes if name.startswith("on") or name in ("src", "id")]
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", VERDICTS[case].html())


def test_a_page_is_a_link_only_where_the_site_is_known(monkeypatch):
    assert "<code>02-two-roads</code>" in VERDICTS["named"].html()
    monkeypatch.setenv("SITE_URL", "https://example.org/course/")
    assert (
        '<a href="https://example.org/course/book/02-two-roads.html">02-two-roads</a>'
        in VERDICTS["named"].html()
    )
    monkeypatch.setenv("SITE_URL", "javascript:alert(1)")
    assert "javascript" not in VERDICTS["named"].html()


def test_the_named_slip_is_told_with_site_sentence_hand_check_and_page():
    for told in (VERDICTS["named"].text(), VERDICTS["named"].html()):
        told = " ".join(told.split())
        assert "This slip gives exactly your numbers" in told
        assert (
            "each slope is paired with another variable&#39;s speed" in told
            or "each slope is paired with another variable's" in told
        )
        assert "Each partial is paired with the speed of the other variable." in told
        assert "Read each product along the graph" in told and "02-two-roads" in told


def test_a_tie_names_both_and_a_pair_says_two_at_once():
    tie = " ".join(VERDICTS["tie"].text().split())
    assert "Each of these gives exactly your numbers; only your code can tell which it is" in tie
    assert "dropped path (M02)" in tie and "overwritten, not accumulated (M03)" in tie
    assert "Two slips at once fit your numbers" in " ".join(VERDICTS["pair"].text().split())
    pairs = judge("a2.dz_dt", build(*FORMS["a2.dz_dt"], p="-sin(2*t)", z="a*p"), source="")
    assert "each of these pairs gives exactly your numbers" in " ".join(pairs.text().split())


def test_partial_credit_is_shown_by_block():
    assert "dz/dr: 3 of 3 points" in VERDICTS["partial"].text()
    assert "dz/dr: 3 of 3 points; dz/dθ: 0 of 3 points." in VERDICTS["partial"].html()


def test_both_numbers_of_the_first_failing_probe_are_shown():
    verdict = VERDICTS["named"]
    first = next(record for record in verdict.probes if not record.ok)
    for told in (verdict.text(), verdict.html()):
        assert f"{first.answer['t']:.6g}" in told and f"{first.expected['t']:.6g}" in told
        assert f"dz_dt({first.arguments[0]!r})" in told


def test_numbers_that_differ_are_never_shown_alike():
    verdict = judge("a2.dz_dt", lambda t: RIGHT["a2.dz_dt"](t) * (1 + 2e-5))
    yours, right = re.search(r"yours (\S+), right (\S+)", verdict.text()).groups()
    assert yours != right


def test_a_named_slip_has_its_graph_though_the_function_raised_at_other_probes():
    verdict = judge("a3.vjp_chain", lambda v, jacs: v @ jacs[0] @ jacs[1] @ jacs[2])
    assert verdict.state == "raised" and verdict.diagnosis == [("M27",)] and "<svg" in verdict.html()


def test_a_graph_is_drawn_for_wrong_numbers_and_silence_for_right_ones():
    assert "<svg" in VERDICTS["named"].html() and "<svg" in VERDICTS["unknown"].html()
    assert "<svg" not in VERDICTS["passed"].html() and "<svg" not in VERDICTS["empty"].html()


@pytest.mark.parametrize(
    "pieces, edges",
    [
        (dict(z="a*p"), {("t", "y"), ("y", "z")}),
        (dict(p="2*sin(2*t)"), {("t", "x")}),
        (dict(b="x*x+cos(t)"), {("y", "z")}),
        (dict(z="a*q+b*p"), {("t", "x"), ("t", "y"), ("x", "z"), ("y", "z")}),
    ],
)
def test_the_faulty_edges_are_marked(pieces, edges):
    verdict = judge("a2.dz_dt", build(*FORMS["a2.dz_dt"], **pieces))
    assert {tuple(ends) for ends in verdict.to_json()["edges"]} == edges
    drawing = ET.fromstring(verdict.svg())
    words = ["".join(node.itertext()) for node in drawing.iter() if node.tag.endswith("text")]
    assert words.count("here") == len(edges)


def test_the_drawing_shows_the_numbers_of_the_first_public_probe():
    words = "".join(ET.fromstring(VERDICTS["unknown"].svg()).itertext())
    assert "total_derivative(" in words and "∂z/∂t" in words and "dx/dt" in words


@pytest.mark.parametrize("case", VERDICTS)
def test_json_has_its_schema_and_hides_secret_numbers(case):
    verdict = VERDICTS[case]
    data = json.loads(json.dumps(verdict.to_json(), allow_nan=False))
    assert set(data) == set(
        "task title passed score max_score state blocks diagnosis sites edges messages remarks probes".split()
    )
    assert data["diagnosis"] == [list(ids) for ids in verdict.diagnosis] and len(data["sites"]) == len(
        data["diagnosis"]
    )
    assert data["score"] == sum(block["earned"] for block in data["blocks"])
    for probe in data["probes"]:
        assert set(probe) == (
            {"public", "ok", "arguments", "answer", "expected", "message"}
            if probe["public"]
            else {"public", "ok"}
        )


def test_every_wrong_function_of_the_table_renders():
    for task_id, pieces, _ in WRONG[::6]:
        verdict = judge(task_id, build(*FORMS[task_id], **pieces))
        assert verdict.messages and page(verdict) and max(map(len, verdict.text().splitlines())) <= 80


def test_a_notebook_displays_the_html(monkeypatch):
    import sys
    import types

    from chainrule_lib import check

    shown = []
    display = types.ModuleType("IPython.display")
    display.display = lambda data, raw: shown.append(data)
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: types.SimpleNamespace(kernel=1)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    assert check("a2.polar", RIGHT["a2.polar"]) == 6.0
    assert set(shown[0]) == {"text/html", "text/plain"} and shown[0]["text/html"].startswith("<div")


def test_a_display_that_breaks_costs_no_score(monkeypatch, capsys):
    from chainrule_lib import check
    from chainrule_lib.judge import Verdict

    monkeypatch.setattr(Verdict, "text", lambda self: 1 / 0)
    assert check("a2.polar", RIGHT["a2.polar"]) == 6.0
    assert "The verdict could not be shown (ZeroDivisionError)." in capsys.readouterr().out
