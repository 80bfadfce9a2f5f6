"""Feedback pages: nbgrader's HTML exporter with a template of ours that carries nothing active.

A student's markdown is cleaned, their outputs are text and pictures, TeX becomes MathML (no script is
needed to read it), and a strict Content-Security-Policy stands in the page.  `nbgrader generate_feedback`
and `chainrule feedback` share it.
"""

from __future__ import annotations

import functools
import html
import re
import secrets
from pathlib import Path

TEMPLATE = "chainrule"
TEMPLATE_FOLDERS = [str(Path(__file__).parent / "templates")]

# A mark scheme is for the person who marks; a student reads it once the answer is marked.
MARK_SCHEME = re.compile(
    r"^[^\n]*BEGIN MARK SCHEME[^\n]*\n(.*?)^[^\n]*END MARK SCHEME[^\n]*$", re.MULTILINE | re.DOTALL
)

LONGEST = 50_000  # characters of a cell that are formatted; more is shown as it is, cut

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
    import nh3
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    if len(cell.source) > LONGEST:
        return _plain(cell.source)
    mark, formulas, pictures = secrets.token_hex(8), [], cell.get("attachments") or {}

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

    scheme = "**How this is marked**\n\n\\1" if cell.metadata.get("nbgrader", {}).get("marked") else ""
    source = MARK_SCHEME.sub(scheme, cell.source)
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
    # A formula goes into text only: one that stands in an attribute (an image's alt) is dropped with its mark.
    return re.sub(
        rf'<[^>"]*(?:"[^"]*"[^>"]*)*>|{mark}-(\d+)-',
        lambda found: formulas[int(found[1])] if found[1] else re.sub(rf"{mark}-\d+-", "", found[0]),
        clean,
    )


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
    from nbconvert.filters import Highlight2HTML

    if len(cell.source) > LONGEST:
        return _plain(cell.source)
    return Highlight2HTML(pygments_lexer="ipython3")(cell.source).replace("<pre>", '<pre tabindex="0">')


def safe_output(output, graded: bool) -> str:
    """One output as HTML.  In a graded cell the verdict is ours; anything else is text, PNG or JPEG."""
    from nbconvert.filters import ansi2html

    kind, data = output.output_type, output.get("data", {})
    if kind == "stream" and not output.text.strip():
        return ""
    if kind == "stream":
        wrong = " err" if output.name == "stderr" else ""
        return f'<div class="out{wrong}"><pre tabindex="0">{ansi2html(output.text)}</pre></div>'
    if kind == "error":
        lines = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
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

    found = find_check(cell.source) if cell.cell_type == "code" else None
    if found:
        return found[0].partition(".")[2]
    words = cell.metadata.nbgrader["grade_id"].rpartition(".")[2].replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def waits(cell) -> bool:
    """Whether a graded cell still needs a person."""
    return bool(cell.metadata.nbgrader.get("waits"))


FILTERS = {
    "safe_markdown": safe_markdown,
    "safe_code": safe_code,
    "safe_output": safe_output,
    "question_name": question_name,
    "waits": waits,
}


def exporter():
    """nbconvert's HTML exporter with our template, made once and used for a whole class."""
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    config = Config(
        {
            "HTMLExporter": {
                "template_name": TEMPLATE,
                "extra_template_basedirs": TEMPLATE_FOLDERS,
                "filters": FILTERS,
            }
        }
    )
    config.Exporter.default_preprocessors = []
    return HTMLExporter(config=config)


def _is_marked(marks) -> bool:
    """Whether a cell's nbgrader metadata are whole; a home-made cell may hold anything."""
    return (
        isinstance(marks, dict)
        and isinstance(marks.get("grade_id"), str)
        and isinstance(marks.get("points", 0), (int, float))
    )


def preview(notebook: Path, page: Path, executor: str) -> None:
    """Write the feedback page of one notebook at home: its own cells are the source, the public probes the
    questions.

    Raises HomeError where the file is no notebook.
    """
    import nbformat

    from .home import open_notebook
    from .pipeline import grade_notebook

    source = open_notebook(notebook)
    source["cells"] = [cell for cell in source["cells"] if _is_marked(cell["metadata"].get("nbgrader"))]
    result = grade_notebook(Path(notebook).read_bytes(), source, executor=executor)
    judged, scores = (
        nbformat.from_dict(result["notebook"]),
        {task["grade_id"]: task["score"] for task in result["tasks"]},
    )
    for cell in judged.cells:
        marks = cell.metadata.get("nbgrader", {})
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
    text, _ = exporter().from_notebook_node(judged, {"nbgrader": known})
    Path(page).write_text(text, encoding="utf-8")
