"""Every page in a real browser, light and dark, wide and narrow: nothing asked of other hosts, nothing broken, nothing barred.

There is no skip: without Chromium these tests fail, since a gate that is not there keeps nothing out.
"""

import json
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("browse.mjs")
GATES = {
    "outside": "requests to other hosts",
    "failed": "requests that failed",
    "console": "errors and warnings on the console",
    "eager": "parts far from the window that are laid out at once",
    "places": "addresses inside a page that the window does not go to",
    "axe": "accessibility rules (WCAG 2.0 to 2.2, A and AA) broken",
    "overflow": "pages wider than the window",
    "maths": "formulas not typeset",
    "menus": "buttons of the narrow page that open nothing",
}


def browse(node, folder, *names) -> dict:
    run = subprocess.run([node, SCRIPT, folder, *names], capture_output=True, text=True, timeout=1800)
    assert run.returncode == 0, f"the browser did not finish (is chromium installed?):\n{run.stderr[-3000:]}"
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def report(node, site):
    return browse(node, site)


@pytest.mark.parametrize("gate", GATES)
def test_every_page_passes_the_gate(report, gate):
    assert report[gate] == [], f"{GATES[gate]}:\n" + "\n".join(report[gate][:40])


def test_every_page_is_opened_light_dark_and_narrow(report, pages):
    assert report["pages"] == 3 * len(pages)


BAD = """<!DOCTYPE html><html lang="en"><head><title>bad</title>
<link rel="stylesheet" href="https://127.0.0.2:9/outside.css"><script src="missing.js"></script></head>
<body><main><h1>Bad</h1><p style="color:#bbb;background:#fff">faint</p>
<article><section><section id="tall" style="height:9000px"><p>tall</p></section>
<section id="wide" style="contain:paint"><div style="width:5000px">wide</div></section><section id="last"><p>far</p></section></section></article>
<script>addEventListener("hashchange", () => scrollTo(0, 0))</script>
<div class="math">\\[x\\]</div><button class="primary-toggle">Menu</button><script>throw new Error("on purpose")</script></main></body></html>"""


def test_a_page_that_breaks_every_rule_fails_every_gate(node, tmp_path):
    (tmp_path / "bad.html").write_text(BAD)
    report = browse(node, tmp_path)
    silent = [gate for gate in GATES if not report[gate]]
    assert not silent, f"gates that let a bad page pass: {silent}"
