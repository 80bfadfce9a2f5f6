"""The drawing kit: contrast, typesetting, numbers, safety of what is written, honest measures of text."""

import html
import json
import os
import math
import re
import subprocess
import sys
from itertools import product
from xml.etree import ElementTree

import pytest

from chainrule_lib.study import drawing
from chainrule_lib.study.drawing import (
    PALETTE,
    caption,
    clean,
    document,
    escape,
    number,
    short,
    style,
    text,
    typeset,
    width,
)

TEXTS = ["ink", "muted", "a", "b", "c", "off", "fault"]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_formula_gives_the_known_extremes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_colour_meets_wcag_aa_on_every_ground_it_stands_on(theme):
    grounds = [
        *product(TEXTS, ["surface", "paper"]),
        *((t, f"{t}-soft") for t in ("a", "b", "c", "fault")),
        *product(["ink", "muted"], ["a-soft", "b-soft", "c-soft"]),
    ]
    low = {(t, g): contrast(PALETTE[t][theme], PALETTE[g][theme]) for t, g in grounds}
    assert {pair: c for pair, c in low.items() if c < 4.5} == {}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_line_meets_the_three_to_one_of_graphics(theme):
    low = {
        (s, g): contrast(PALETTE[s][theme], PALETTE[g][theme])
        for s in ("line", *TEXTS)
        for g in ("surface", "paper")
    }
    assert {pair: c for pair, c in low.items() if c < 3} == {}


def test_labels_are_typeset_as_mathematics():
    flat = lambda label: [(r.text, r.italic, r.level) for r in typeset(label)]  # noqa: E731
    assert flat("∂z/∂u_i") == [("∂", False, 0), ("z", True, 0), ("/∂", False, 0), ("u", True, 0), ("i", True, -1)]
    assert flat("sin x") == [("sin ", False, 0), ("x", True, 0)]
    assert flat("W_{12}^2") == [("W", True, 0), ("12", False, -1), ("2", False, 1)]
    assert flat("10^{−7}") == [("10", False, 0), ("−7", False, 1)]
    assert flat("x̄ ẋ") == [("x̄", True, 0), (" ", False, 0), ("ẋ", True, 0)]
    assert flat("_tmp") == [("_tmp", False, 0)]
    assert flat("loss_train") == [("loss", False, 0), ("train", False, -1)]


@pytest.mark.parametrize(
    "label", ["", "_", "^", "a_", "a^{", "}{_^", "x__y", "a_{b}_{c}", "\x00\x1b[0m", "𝒙_1", "a\nb"]
)
def test_any_string_is_a_label(label):
    assert width(label, 15) >= 0
    ElementTree.fromstring(f'<svg xmlns:xml="http://www.w3.org/XML/1998/namespace">{text(0, 0, label)}</svg>')


def test_numbers_are_short_and_have_a_true_minus_sign():
    shown = {
        0.0: "0",
        -0.0: "0",
        -1e-9: "−1×10^{−9}",
        12345.678: "1.235×10^{4}",
        0.1 + 0.2: "0.3",
        math.inf: "∞",
        -math.inf: "−∞",
    }
    assert {v: number(v) for v in shown} == shown
    assert number(math.nan) == "nan"


def test_values_of_any_kind_are_shown_in_a_few_characters():
    import numpy

    assert short(numpy.float32(0.5)) == "0.5"
    assert short(numpy.arange(6.0).reshape(2, 3)) == "2×3 [0 1 2 …]"
    assert short(numpy.zeros((0, 3))) == "0×3"
    assert short(numpy.array([1.5, -2.0])) == "(2) [1.5 −2]"
    assert short(numpy.ones((4, 2)), entries=0) == "4×2"
    assert short("a long story about nothing") == "a long story ab…"
    assert short(True) == "True"


def test_what_xml_forbids_or_what_reorders_a_line_is_left_out():
    assert clean("a\x00b\u202ec\ud800d\x1b") == "abcd"
    assert clean("x" * 100) == "x" * 59 + "…"
    assert escape("<script>&\"'") == "&lt;script&gt;&amp;&quot;&#39;"


def test_a_document_names_and_describes_itself_and_holds_no_id_script_or_reference():
    svg = document(100, 50, text(50, 25, "x_1"), title='A "title" <b>', desc="What is & what is not")
    root = ElementTree.fromstring(svg)
    ns = "{http://www.w3.org/2000/svg}"
    assert (root.get("role"), root.find(f"{ns}title").text, root.find(f"{ns}desc").text) == (
        "img",
        'A "title" <b>',
        "What is & what is not",
    )
    assert not re.search(r"\bid=|<script|href|url\(|@import|http(?!://www\.w3\.org/2000/svg)|\bon\w+=", svg)


def test_a_fixed_theme_has_plain_colours_and_auto_follows_system_page_and_notebook():
    for theme in ("light", "dark"):
        assert "var(" not in style(theme) and PALETTE["ink"][theme == "dark"] in style(theme)
    for switch in (
        "prefers-color-scheme:dark",
        "[data-theme=dark]",
        "[data-theme=light]",
        "[data-jp-theme-light=false]",
        "@media print",
    ):
        assert switch in style("auto")
    assert "{ink}" not in style("auto") and "TONE" not in style("auto")


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_every_rule_is_held_under_its_own_theme(theme):
    bare = re.sub(r"@media[^{]*\{(.*?\})\}", r"\1", style(theme))
    for selectors in re.findall(r"([^{}]+)\{", bare):
        assert all(f".cr-{theme}" in one for one in selectors.split(",")), selectors


def test_an_unknown_theme_is_refused_with_the_choices():
    with pytest.raises(ValueError, match='asked for theme "?\'?dim.*"auto", "light" and "dark"'):
        document(1, 1, "", title="", desc="", theme="dim")


LABELS = [
    "x",
    "W_{12}",
    "∂z/∂x",
    "dx/dt",
    "∂u_1/∂x_2",
    "= −0.8323",
    "1.5×10^{−7}",
    "sin",
    "×",
    "( )^{2}",
    "loss",
    "sigmoid",
    "z: +",
    "2×3 [0 1 2 …]",
    "grad −1234.5",
    "MMWW",
    "mmmm",
    "x̄",
    "αβγ",
    "hidden_layer",
    "f(g(t))",
    "∑ 100%",
    "变量",
    "AVATAR",
    "0123456789",
]


CHROMIUM = """chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync""".split()


DEJAVU = "/usr/share/fonts/truetype/dejavu"  # of all usual fonts the widest, and often the only one
ALONE = f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{DEJAVU}</dir>
<include ignore_missing="yes">/etc/fonts/conf.d</include></fontconfig>"""


@pytest.mark.parametrize("fonts", ["all", "DejaVu"])
def test_no_text_is_wider_in_a_browser_than_was_reckoned_and_auto_follows_the_switch(tmp_path, fonts):
    environment = dict(os.environ)
    if fonts == "DejaVu":
        if not os.path.isdir(DEJAVU):
            pytest.skip("this machine has no DejaVu fonts")
        (tmp_path / "fonts.conf").write_text(ALONE)
        environment["FONTCONFIG_FILE"] = str(tmp_path / "fonts.conf")
    rows = [(label, size, plain) for label in LABELS for size, plain in ((15, False), (18, False), (13, True))]
    body = "".join((caption if plain else text)(0, 20, label, size, "start") for label, size, plain in rows)
    page = tmp_path / "page.html"
    picture = document(900, 100, body, title="t", desc="d")
    page.write_text(
        f"<!doctype html><html><meta charset=utf-8>{picture}<pre id=out></pre><script>"
        "const wide = [...document.querySelectorAll('text')].map(t => t.getBBox().width);"
        "const fill = theme => {document.documentElement.dataset.theme = theme;"
        " return getComputedStyle(document.querySelector('.cr-surface')).fill};"
        "out.textContent = JSON.stringify({wide, light: fill('light'), dark: fill('dark')})</script></html>"
    )
    dom = subprocess.run(
        [*CHROMIUM, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()],
        capture_output=True,
        env=environment,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    seen = json.loads(html.unescape(re.search(r"<pre id=\"out\">(.*?)</pre>", dom).group(1)))
    reckoned = [
        width([drawing.Run(label)] if plain else label, size, "sans" if plain else "serif")
        for label, size, plain in rows
    ]
    assert {row: (w, r) for row, w, r in zip(rows, seen["wide"], reckoned) if w > r + 0.5} == {}
    rgb = {
        f"rgb({', '.join(str(int(c[i:i + 2], 16)) for i in (1, 3, 5))})": i
        for i, c in enumerate(PALETTE["surface"])
    }
    assert (rgb.get(seen["light"]), rgb.get(seen["dark"])) == (0, 1)


def test_study_drawing_loads_no_numpy_and_no_plotting():
    code = """if True:
        import sys
        from chainrule_lib.study.graph import Graph
        Graph.symbolic([('x', 'z', 'dz/dx', 2.0)]).svg()
        print({'numpy', 'matplotlib', 'IPython', 'ipywidgets'} & set(sys.modules))"""
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert out.strip() == "set()"
