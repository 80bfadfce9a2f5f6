"""A feedback page carries nothing active of a student's, asks nobody for anything, and reads well without a script."""

import re

import nbformat
import pytest

from chainrule_lib.grading import feedback
from chainrule_lib.grading.pipeline import clean_outputs, score_outputs

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<iframe src='https://example.org'></iframe>",
    "<form action='https://example.org'><input name=a></form>",
    "<style>body{display:none}</style>",
    "[click](javascript:alert(1))",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "![x](https://example.org/pixel.png)",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext></mtext><style><img src=x onerror=alert(1)></style></math>",
    '![$\\text{" onerror="alert(1)}$](data:image/png;base64,AAAA)',
    "![> $\\text{ onerror=alert(1) }$](data:image/png;base64,AAAA)",
    "$\\href{javascript:alert(1)}{x}$",
    "$$\\text{<script>alert(1)</script>}$$",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<base href='https://example.org/'>",
    "<object data='https://example.org'></object>",
    "<div style='background:url(https://example.org/x)'>x</div>",
    "<h1 id=why>a twin of an id</h1>",
]
ACTIVE = re.compile(
    r"<script|<iframe|<form|<object|<base|<style|<meta|<svg|javascript:(?!alert\(1\)}{)|<[^>]*\son\w+\s*=|<img[^>]*https?:|style=|\sid=",
    re.I,
)


def markdown(text, **marks):
    return nbformat.v4.new_markdown_cell(text, metadata={"nbgrader": marks} if marks else {})


@pytest.mark.parametrize("text", EVIL)
def test_markdown_of_a_student_is_inert(text):
    html = feedback.safe_markdown(markdown(f"An answer. {text}\n\n{text}"))
    assert "An answer." in html
    assert not ACTIVE.search(re.sub(r"<code class=\"tex\">.*?</code>", "", html)), html


def test_the_pattern_of_this_test_sees_an_active_page():
    assert all(
        ACTIVE.search(text)
        for text in ("<script>", "<p onclick='x'>", "<a href='javascript:x'>", "<img src='http://x'>")
    )


def test_formulas_become_mathml_and_bad_ones_stay_readable():
    html = feedback.safe_markdown(
        markdown(r"Then $\frac{dz}{dt}$ and" "\n\n" r"$$z_x \dot x + z_y \dot y$$" "\n\n" r"and $\frac{$.")
    )
    assert html.count("<math") == 2
    assert "<mfrac>" in html and 'display="block"' in html
    assert feedback.mathml("\\href{x}{y}", "inline").startswith(("<code", "<math"))


def test_pictures_in_a_written_answer_are_kept_inside_the_page():
    cell = markdown("![](attachment:a.png)")
    cell["attachments"] = {"a.png": {"image/png": "iVBORw0KGgo="}}
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in feedback.safe_markdown(cell)


def test_a_mark_scheme_is_shown_only_when_a_person_has_marked():
    text = "Why?\n\n=== BEGIN MARK SCHEME ===\nthree points for numbers\n=== END MARK SCHEME ===\n"
    assert "three points" not in feedback.safe_markdown(markdown(text, task=True, waits=True))
    shown = feedback.safe_markdown(markdown(text, task=True, marked=True))
    assert "How this is marked" in shown and "three points" in shown and "BEGIN" not in shown


def test_of_a_students_outputs_only_text_and_pictures_are_kept():
    kept = clean_outputs(
        [
            {
                "output_type": "display_data",
                "data": {"text/html": "<script>", "text/plain": "safe"},
                "metadata": {"isolated": True},
            },
            {"output_type": "display_data", "data": {"application/javascript": "alert(1)"}, "metadata": {}},
            {
                "output_type": "display_data",
                "data": {"image/svg+xml": "<svg onload=alert(1)>"},
                "metadata": {},
            },
            {"output_type": "display_data", "data": {"image/png": '"><script>'}, "metadata": {}},
            {
                "output_type": "execute_result",
                "data": {"text/plain": "8.0"},
                "execution_count": "<b>",
                "metadata": {},
            },
            {"output_type": "stream", "name": "stdout", "text": "hello"},
            {"output_type": "update_display_data"},
            "nonsense",
            None,
            {"output_type": "error", "traceback": [1, "line"]},
        ],
        10_000,
    )
    assert kept == [
        {"output_type": "display_data", "data": {"text/plain": "safe"}, "metadata": {}},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "8.0"},
            "metadata": {},
            "execution_count": None,
        },
        {"output_type": "stream", "name": "stdout", "text": "hello"},
        {"output_type": "error", "ename": "", "evalue": "", "traceback": ["line"]},
    ]


@pytest.mark.parametrize(
    ("score", "points", "shown"), [(8, 8, "8.0"), (9.5, 8, "8.0"), (-1, 8, "0.0"), (3.5, 8, "3.5")]
)
def test_a_score_is_written_so_that_nbgrader_reads_it(score, points, shown):
    from nbgrader.utils import determine_grade

    outputs = score_outputs(score, points, "<p>x</p>", "x")
    assert [output["output_type"] for output in outputs] == ["display_data", "execute_result"]
    assert outputs[1]["data"]["text/plain"] == shown
    cell = nbformat.v4.new_code_cell(
        "",
        outputs=[nbformat.from_dict(output) for output in outputs],
        metadata={
            "nbgrader": {
                "grade": True,
                "solution": False,
                "points": points,
                "grade_id": "x",
                "locked": True,
                "schema_version": 3,
            }
        },
    )
    assert determine_grade(cell) == (float(shown), float(points))


def test_text_of_an_output_is_escaped():
    output = nbformat.v4.new_output("stream", name="stdout", text="<script>alert(1)</script>")
    assert "<script" not in feedback.safe_output(output, False)
    error = nbformat.v4.new_output("error", ename="E", evalue="<b>", traceback=["\x1b[31m<script>\x1b[0m"])
    assert "<script" not in feedback.safe_output(error, False)
