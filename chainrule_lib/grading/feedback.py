"""Feedback pages: a judged notebook and a person's marks as one page of HTML that carries nothing active.

A student's markdown is cleaned, their outputs are text and pictures, TeX becomes MathML (no script is
needed to read it), and a strict Content-Security-Policy stands in the page.  `nbgrader generate_feedback`
(through `preprocessor.FeedbackExporter`), `chainrule feedback` and `chainrule grade --feedback` share it.

What a whole class has in common (the instructor's text, its formulas, its code) is formatted once a process.
"""

from __future__ import annotations

import contextlib
import functools
import html
import json
import keyword
import re
import secrets
import tokenize
from collections.abc import Iterable
from pathlib import Path

# A mark scheme is for the person who marks; a student reads it once the answer is marked.
MARK_SCHEME = re.compile(
    r"^[^\n]*BEGIN MARK SCHEME[^\n]*\n(.*?)^[^\n]*END MARK SCHEME[^\n]*$", re.MULTILINE | re.DOTALL
)

LONGEST = 50_000  # characters of a cell that are formatted; more is shown as it is, cut
WIDEST = 1_000  # characters of a line of code that is coloured

COLOURS = {  # the class of a token in the page's style
    tokenize.STRING: "s", tokenize.NUMBER: "mi", tokenize.COMMENT: "c1",
    **{number: "s" for number, name in tokenize.tok_name.items() if name.startswith("FSTRING")},
}  # fmt: skip

UNTOLD = "a picture without a description"

SCROLL = '<div class="scroll" tabindex="0" role="group" aria-label="{}">{}</div>'

_MATHML = {
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "mspace",
    "ms",
    "mfrac",
    "msqrt",
    "mroot",
    "mstyle",
    "merror",
    "mpadded",
    "mphantom",
    "mfenced",
    "menclose",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mtable",
    "mtr",
    "mtd",
}
_MATH_ATTRIBUTES = {
    "display",
    "mathvariant",
    "stretchy",
    "fence",
    "form",
    "separator",
    "lspace",
    "rspace",
    "width",
    "height",
    "depth",
    "linethickness",
    "columnalign",
    "rowspacing",
    "columnspacing",
    "displaystyle",
    "accent",
    "minsize",
    "maxsize",
}


@functools.lru_cache(4096)
def mathml(tex: str, display: str) -> str:
    """TeX as MathML, every element and attribute from a fixed list; the readable TeX itself where it does
    not convert."""
    from xml.etree import ElementTree

    from latex2mathml.converter import convert

    try:
        if len(tex) > 2000:
            raise ValueError("long")
        tree = ElementTree.fromstring(convert(tex.strip(), display=display))
        for node in tree.iter():
            if node.tag.rpartition("}")[2] not in _MATHML:
                raise ValueError(node.tag)
            node.tag = node.tag.rpartition("}")[2]
            node.attrib = {name: value for name, value in node.attrib.items() if name in _MATH_ATTRIBUTES}
        return ElementTree.tostring(tree, encoding="unicode")
    except Exception:  # latex2mathml has an exception for each kind of bad TeX, and plain ones for the rest
        return f'<code class="tex">{html.escape(tex)}</code>'


def safe_markdown(cell) -> str:
    """A markdown cell as clean HTML: no script, style, form, frame, event handler or foreign address; TeX
    as MathML."""
    marked = bool(cell["metadata"].get("nbgrader", {}).get("marked"))
    if pictures := cell.get("attachments"):
        return _markdown(cell["source"], marked, pictures)
    return _markdown_of_many(cell["source"], marked)


def _markdown(source: str, marked: bool, pictures: dict) -> str:
    import nh3
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    if len(source) > LONGEST:
        return _plain(source)
    mark, formulas = secrets.token_hex(8), []

    class Renderer(IPythonRenderer):
        def _keep(self, tex, display):
            formula = mathml(tex, display)
            formulas.append(SCROLL.format("Formula", formula) if display == "block" else formula)
            return f"{mark}-{len(formulas) - 1}-"

        def block_math(self, text):
            return f"<div>{self._keep(text, 'block')}</div>"

        def latex_environment(self, name, text):
            return self.block_math(rf"\begin{{{name}}}{text}\end{{{name}}}")

        def inline_math(self, text):
            return self._keep(text, "inline")

        def _embed_image_or_attachment(self, src):
            return (
                _picture(pictures, src.removeprefix("attachment:")) if src.startswith("attachment:") else src
            )

    source = MARK_SCHEME.sub("**How this is marked**\n\n\\1" if marked else "", source)
    text = MarkdownWithMath(renderer=Renderer(escape=False, exclude_anchor_links=True)).render(source)
    clean = nh3.clean(
        text,
        tags=nh3.ALLOWED_TAGS - {"math"} | {"img", "section"},
        url_schemes={"http", "https", "mailto", "data"},
        attribute_filter=_attribute,
    )
    clean = re.sub(
        r"<table>.*?</table>", lambda found: SCROLL.format("Table", found[0]), clean, flags=re.DOTALL
    )
    clean = re.sub(r"<img(?![^>]*\balt=)", f'<img alt="{UNTOLD}"', clean)
    # A formula goes into text only: one that stands in an attribute (an image's alt) is dropped with its mark.
    return re.sub(
        rf'<[^>"]*(?:"[^"]*"[^>"]*)*>|{mark}-(\d+)-',
        lambda found: formulas[int(found[1])] if found[1] else re.sub(rf"{mark}-\d+-", "", found[0]),
        clean,
    )


@functools.lru_cache(512)
def _markdown_of_many(source: str, marked: bool) -> str:
    return _markdown(source, marked, {})


def _picture(pictures: dict, name: str) -> str:
    for mime, data in pictures.get(name, {}).items():
        if mime in ("image/png", "image/jpeg"):
            return f"data:{mime};base64,{data}"
    return ""


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Pictures only from inside the page, links only to the web, an id or a class never."""
    if name in ("id", "class", "style"):
        return None
    if name == "src":
        return value if re.match(r"data:image/(png|jpeg);base64,", value) else None
    if name == "href":
        return value if re.match(r"(https?:|mailto:|#)", value) else None
    return value


def _plain(text: str) -> str:
    return f'<pre tabindex="0">{html.escape(text[:LONGEST])}</pre>'


def safe_code(cell) -> str:
    """A code cell's text, coloured."""
    return _plain(cell["source"]) if len(cell["source"]) > LONGEST else _coloured(cell["source"])


@functools.lru_cache(512)
def _coloured(source: str) -> str:
    """Keywords, texts, numbers, remarks and the names that are defined: the four colours of the page, by Python's own
    tokens (a highlighter for all languages takes ten times as long); what does not read as Python stays plain."""
    lines, starts = source.splitlines(keepends=True), [0]
    if max(map(len, lines), default=0) > WIDEST:
        return _plain(source)
    for line in lines:
        starts.append(starts[-1] + len(line))
    parts, at, before = [], 0, ""
    with contextlib.suppress(tokenize.TokenError, SyntaxError, ValueError, IndexError):
        for token in tokenize.generate_tokens(iter([*lines, ""]).__next__):
            kind = COLOURS.get(token.type, "")
            if token.type == tokenize.NAME:
                kind = "k" if keyword.iskeyword(token.string) else "nf" if before in ("def", "class") else ""
                before = token.string
            if kind:
                first, last = (starts[row - 1] + column for row, column in (token.start, token.end))
                parts += [html.escape(source[at:first]), f'<span class="{kind}">{html.escape(source[first:last])}</span>']
                at = last
    text = "".join(parts) + html.escape(source[at:])
    return f'<div class="highlight"><pre tabindex="0">{text}</pre></div>'


def safe_output(output, graded: bool) -> str:
    """One output as HTML.  In a graded cell the verdict is ours; anything else is text, PNG or JPEG."""
    from nbconvert.filters import ansi2html

    kind, data = output["output_type"], output.get("data", {})
    if kind == "stream" and not output["text"].strip():
        return ""
    if kind == "stream":
        wrong = " err" if output["name"] == "stderr" else ""
        return f'<div class="out{wrong}"><pre tabindex="0">{ansi2html(output["text"])}</pre></div>'
    if kind == "error":
        lines = "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
        return f'<div class="out err"><pre tabindex="0">{ansi2html(lines)}</pre></div>'
    if graded and kind == "display_data" and "text/html" in data:
        return (
            f'<div class="verdict" tabindex="0" role="group" aria-label="Verdict">{data["text/html"]}</div>'
        )
    if graded and kind == "execute_result":
        return ""
    for mime in ("image/png", "image/jpeg"):
        if mime in data:
            label = html.escape(data.get("text/plain", "a picture this cell drew"))
            picture = html.escape("".join(data[mime].split()))
            return f'<div class="out"><img alt="{label}" src="data:{mime};base64,{picture}"></div>'
    return (
        f'<div class="out"><pre tabindex="0">{ansi2html(data["text/plain"])}</pre></div>'
        if "text/plain" in data
        else ""
    )


def question_name(cell) -> str:
    """What a reader calls a graded cell: the function it checks, or its id in words."""
    from .pipeline import find_check

    found = find_check(cell["source"]) if cell["cell_type"] == "code" else None
    if found:
        return found[0].partition(".")[2]
    name = cell["metadata"]["nbgrader"]["grade_id"]
    words = name.rpartition(".")[2].replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def waits(cell) -> bool:
    """Whether a graded cell still needs a person."""
    return bool(cell["metadata"]["nbgrader"].get("waits"))


@functools.cache
def _template():
    from jinja2 import Environment, FileSystemLoader

    rooms = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), auto_reload=False)
    for function in (safe_markdown, safe_code, safe_output, question_name, waits):
        rooms.filters[function.__name__] = function
    return rooms.get_template("feedback.html.j2")


def page(notebook: dict, known: dict) -> str:
    """The page of a judged notebook (nbformat 4) whose graded cells' nbgrader metadata hold their score.

    known: student, assignment, notebook, score, max_score and late_penalty, as nbgrader hands them to an
    exporter.
    """
    return _template().render(nb=notebook, marks=known)


# a class


def render(judged: bytes, known: dict, marks: dict[str, dict]) -> bytes:
    """The page of a judged notebook's bytes. marks: for each cell by its id what the gradebook says of it."""
    notebook = _joined(json.loads(judged))
    for cell in notebook["cells"]:
        own = cell["metadata"].get("nbgrader", {})
        own.update(marks.get(own.get("grade_id"), {}))
    return page(notebook, known).encode("utf-8", "replace")


def _joined(notebook: dict) -> dict:
    """The notebook with every text whole: nbformat writes a text as a list of its lines."""

    def whole(holder: dict) -> None:
        holder.update({key: "".join(value) for key, value in holder.items() if isinstance(value, list)})

    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            if isinstance(output.get("text"), list):
                output["text"] = "".join(output["text"])
            whole(output.get("data", {}))
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
    return notebook


def graded_students(course, assignment: str) -> list[str]:
    """Everybody whom the gradebook has a submission of, by id."""
    from nbgrader import api

    with course.gradebook() as gradebook:
        query = (
            gradebook.db.query(api.SubmittedAssignment.student_id)
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .filter(api.Assignment.name == assignment)
            .order_by(api.SubmittedAssignment.student_id)
        )
        return [student for (student,) in query]


def read_marks(course, assignment: str, students: Iterable[str]) -> dict[tuple[str, str], tuple[dict, dict]]:
    """What the gradebook says of these students, in three queries.

    Returns (known, marks) for `render` by (student, notebook).
    """
    from nbgrader import api

    asked = list(students)
    found: dict[tuple[str, str], tuple[dict, dict]] = {}
    with course.gradebook() as gradebook:
        most = {book.name: book.max_score for book in gradebook.find_assignment(assignment).notebooks}

        def rows(*columns, join=None):
            query = gradebook.db.query(
                api.SubmittedAssignment.student_id, api.Notebook.name.label("notebook"), *columns
            ).select_from(api.SubmittedNotebook)
            query = (
                query.join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
                .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
                .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            )
            if join is not None:
                query = query.join(join, join.notebook_id == api.SubmittedNotebook.id)
                query = query.join(api.BaseCell, join.cell_id == api.BaseCell.id)
            return query.filter(
                api.Assignment.name == assignment, api.SubmittedAssignment.student_id.in_(asked)
            )

        for student, book, penalty in rows(api.SubmittedNotebook.late_submission_penalty):
            known = {
                "student": student,
                "assignment": assignment,
                "notebook": book,
                "late_penalty": penalty or 0,
                "score": -(penalty or 0.0),
                "max_score": most[book],
            }
            found[student, book] = known, {}
        grade = api.Grade
        for student, book, cell, auto, manual, score, points in rows(
            api.BaseCell.name, grade.auto_score, grade.manual_score, grade.score, grade.max_score, join=grade
        ):
            known, marks = found[student, book]
            known["score"] += score
            marks[cell] = {
                "score": score,
                "points": points,
                "marked": manual is not None,
                "waits": auto is None and manual is None,
            }
        for student, book, cell, said in rows(api.BaseCell.name, api.Comment.comment, join=api.Comment):
            found[student, book][1].setdefault(cell, {})["comment"] = said
    return found


# one notebook at home


def _is_marked(marks) -> bool:
    """Whether a cell's nbgrader metadata are whole; a home-made cell may hold anything."""
    return (
        isinstance(marks, dict)
        and isinstance(marks.get("grade_id"), str)
        and isinstance(marks.get("points", 0), (int, float))
    )


def preview(notebook: Path, target: Path, executor: str) -> None:
    """Write the feedback page of one notebook at home: its own cells are the source, the public probes the
    questions.

    Raises HomeError where the file is no notebook.
    """
    from .home import open_notebook
    from .pipeline import grade_notebook

    source = open_notebook(notebook)
    source["cells"] = [cell for cell in source["cells"] if _is_marked(cell["metadata"].get("nbgrader"))]
    result = grade_notebook(Path(notebook).read_bytes(), source, executor=executor)
    scores = {task["grade_id"]: task["score"] for task in result["tasks"]}
    for cell in result["notebook"]["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade_id") in scores:
            marks.update(score=scores[marks["grade_id"]] or 0.0, waits=scores[marks["grade_id"]] is None)
    known = {
        "student": "you",
        "assignment": Path(notebook).stem,
        "notebook": Path(notebook).stem,
        "late_penalty": 0,
        "score": sum(score or 0.0 for score in scores.values()),
        "max_score": sum(task["points"] for task in result["tasks"]),
    }
    Path(target).write_text(page(result["notebook"], known), encoding="utf-8")
