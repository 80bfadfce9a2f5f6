"""A verdict as text, HTML, a drawing and JSON: one list of parts, several ways to print it.

Numbers come from public probes alone; everything is escaped; nothing of a student's text is ever shown.
"""

from __future__ import annotations

import math
import os
import textwrap
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from .answering import realise
from .decide import Record, Verdict, plan
from .candidates import Candidate, catalogue, family, names, recordings
from .graphs import letters
from .probes import described
from .task import Task

DEEP = 4  # steps of a drawing of arrays, from which on their numbers would make it too wide to read
LONGEST = 60  # characters of an argument that still stands in the call itself
PAGES = {
    page[:2]: page
    for page in """01-slope-inside-a-slope 02-two-roads 03-total-or-partial 04-general-sum 05-jacobians
    06-which-end-first 07-accumulation 08-batches-and-shapes 09-learning 10-softmax 11-shared-weights 12-deep-products 13-second-order
    14-reading-a-wrong-gradient""".split()
}


@dataclass
class Slip:
    """One alternative as it is told: its name or two, where it fits, what to know, what to do, where to read."""

    ids: tuple[str, ...]
    name: str
    site: str
    student: list[str]
    checks: list[str]
    pages: list[str]


@dataclass
class Parts:
    """What a verdict says, before any form is given to it."""

    heading: str
    score: str
    lead: list[str] = field(default_factory=list)
    call: str = ""
    given: list[str] = field(default_factory=list)
    rows: list[tuple[str, str, str]] = field(default_factory=list)  # block, yours, right
    blocks: list[tuple[str, str]] = field(default_factory=list)  # block, points
    told: str = ""  # what introduces the slips
    slips: list[Slip] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


def _number(value: float, digits: int = 6) -> str:
    return f"{value:.{digits}g}"


def _pair(yours: Any, right: Any) -> tuple[str, str]:
    """Two values with just enough digits to differ."""
    if isinstance(yours, (int, float)) and isinstance(right, (int, float)):
        for digits in (6, 9, 12, 17):
            if _number(yours, digits) != _number(right, digits):
                break
        return _number(yours, digits), _number(right, digits)
    return _some(yours), _some(right)


def _row(task: Task, name: str, yours: Any, right: Any) -> tuple[str, str, str]:
    """One line of the table: a number, a short array, or the first entry of a long one that is off."""
    graph = "root" in task.parameters
    if isinstance(right, (int, float)) or right.size <= 4 and not graph:
        return name, *_pair(yours, right)
    off = (abs(yours - right) > 1e-5 * abs(right).max(initial=0.0) + 1e-9).nonzero()
    at = tuple(int(places[-1 if graph else 0]) for places in off)  # in a graph the first that a sweep meets
    word = f"∂z/∂{letters(right.size)[at[0]]}" if graph else f"{name} at [{', '.join(map(str, at))}]"
    return word, *_pair(float(yours[at]), float(right[at]))


def _some(value: Any) -> str:
    flat = value.ravel().tolist() if hasattr(value, "ravel") else list(value)
    size = max(map(abs, flat), default=0.0)
    flat = [0.0 if abs(x) < 1e-12 * size else x for x in flat]  # what rounding has left of nothing
    return "[" + ", ".join(_number(number) for number in flat[:4]) + (", ..." if len(flat) > 4 else "") + "]"


def _plural(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def call(task: Task, arguments: list) -> tuple[str, list[str]]:
    """One probe as the call a student can repeat, and the callables it hands over."""
    shown, given = [], []
    for parameter, argument in zip(task.parameters, arguments):
        if isinstance(argument, dict) and "call" in argument:
            shown.append(parameter)
            given.append(described(argument, parameter))
        elif isinstance(argument, dict) and "graph" in argument:
            shown.append("z")
            given += _nodes(argument["graph"])
        elif len(text := _literal(argument)) <= LONGEST:
            shown.append(text)
        elif parameter == "cache":
            shown.append(parameter)
            given.append(f"cache: what the forward pass leaves, {', '.join(argument['dict'])}")
        elif isinstance(argument, dict) and "dict" in argument:
            shown.append(parameter)
            given += [f'{parameter}["{key}"] = {_literal(item)}' for key, item in argument["dict"].items()]
        else:
            shown.append(parameter)
            given.append(f"{parameter} = {text}")
    return f"{task.function}({', '.join(shown)})", given


def _nodes(rows: list) -> list[str]:
    """A graph of a4 as the lines that make it."""
    names = letters(len(rows))
    lines = []
    for name, (value, parents, slopes) in zip(names, rows):
        made_from = f", [{', '.join(names[p] for p in parents)}], {slopes}" if parents else ""
        lines.append(f"{name} = Node({value}{made_from})")
    return lines


def _literal(argument: Any) -> str:
    """A JSON argument as the Python that makes it."""
    if isinstance(argument, list):
        return "[" + ", ".join(map(_literal, argument)) + "]"
    if isinstance(argument, dict) and "said" in argument:
        return argument["said"]
    if isinstance(argument, dict) and "dict" in argument:
        return "{" + ", ".join(f'"{key}": {_literal(item)}' for key, item in argument["dict"].items()) + "}"
    if isinstance(argument, dict):
        return f"np.array({argument['array']})" if "array" in argument else repr(realise(argument))
    return repr(argument)


def _ratio(verdict: Verdict, key: str) -> float | None:
    """The constant ratio of a block's answers to the truth, if it is one and not 1."""
    pairs = [
        (record.answer[key], record.expected[key])
        for record in verdict.probes
        if record.answer and isinstance(record.expected[key], float) and record.expected[key]
    ]
    ratios = [answer / right for answer, right in pairs]
    if (
        len(ratios) < 3
        or max(ratios) - min(ratios) > 1e-6 * abs(ratios[0])
        or abs(ratios[0] - 1) < 1e-4
        or not ratios[0]
    ):
        return None
    return ratios[0]


def _slips(verdict: Verdict) -> list[Slip]:
    known, told = catalogue(), []
    for ids in verdict.diagnosis:
        entries = [known[name] for name in ids]
        told.append(
            Slip(
                ids=ids,
                name=" and ".join(entry["name"] for entry in entries),
                site="; ".join(dict.fromkeys(slip.site for slip in _fitting(verdict, ids))),
                student=[entry["student"] for entry in entries],
                checks=[entry["hand_check"] for entry in entries],
                pages=list(
                    dict.fromkeys(PAGES[number] for entry in entries for number in entry["chapter"].split(","))
                ),
            )
        )
    return told


def _fitting(verdict: Verdict, ids: tuple[str, ...]) -> list:
    """The slips that make up one alternative, as first found: one explanation, or one for each id."""
    whole: list[Candidate] = [e for e in verdict.explanations if ids in e.alternatives]
    if whole:
        return list(whole[0].slips)
    found = []
    for name in ids:
        found += [slip for e in verdict.explanations for slip in e.slips if name in names(slip, verdict.task)][
            :1
        ]
    return found


def parts(verdict: Verdict) -> Parts:
    """Everything a verdict says, in order."""
    task = verdict.task
    points = f"{verdict.score:g} of {verdict.max_score:g} points"
    said = Parts(f"{task.id}: {task.title}", points, after=list(verdict.remarks))
    public = [record for record in verdict.probes if record.public and not record.repeat]
    right = sum(record.ok for record in public)
    if verdict.passed:
        said.lead = ["Right at every probe."]
        return said
    if verdict.state == "empty":
        said.lead = ["No answer yet: write your code in the function and run this cell again."]
        return said
    if verdict.state == "none":
        said.lead = ["Your function returned None: is a `return` missing at its end?"]
        return said
    first: Record | None = next((record for record in verdict.probes if record.public and not record.ok), None)
    if first is None:
        said.lead = [
            f"Right at the {_plural(len(public), 'public probe')}, wrong at others of the same kind, whose numbers are "
            "kept back."
        ]
    else:
        said.call, said.given = call(task, first.arguments)
        if first.message or first.answer is None:
            said.lead = [first.message]
        else:
            said.rows = [
                _row(task, block.name, first.answer[block.wrt], first.expected[block.wrt])
                for block in task.blocks
                if block.wrt in first.wrong
            ]
        if right:
            said.lead.append(
                f"Right at {right} of {_plural(len(public), 'public probe')}; the first wrong one is shown."
            )
    if len(verdict.blocks) > 1:
        said.blocks = [(name, f"{earned:g} of {points:g}") for name, points, earned in verdict.blocks]
    said.slips = _slips(verdict)
    if len(said.slips) == 1:
        said.told = (
            "Two slips at once fit your numbers at every probe:"
            if len(said.slips[0].ids) > 1
            else "This slip gives exactly your numbers:"
        )
        if said.slips[0].ids in [("M23",), ("M24",)]:
            said.told = "What was seen:"
    elif said.slips and all(len(slip.ids) > 1 for slip in said.slips):
        said.told = (
            "Two slips at once: each of these pairs gives exactly your numbers; your code can tell which it is:"
        )
    elif said.slips:
        said.told = "Each of these gives exactly your numbers; only your code can tell which it is:"
    elif verdict.state == "value":
        said.told = "Your numbers are not those of any slip known here."
        said.after = [*_unknown(verdict), *said.after]
    return said


def _unknown(verdict: Verdict) -> list[str]:
    """What can be said of numbers that no slip gives: the ratio if it is constant, a broken law, and what to do
    by hand."""
    task = verdict.task
    wrong = [block for block in task.blocks if any(block.wrt in record.wrong for record in verdict.probes)]
    ratio = _ratio(verdict, wrong[0].wrt) if wrong else None
    said = (
        [f"Your {wrong[0].name} is {_number(ratio)} times the right one at every probe."]
        if ratio is not None
        else []
    )
    for law in task.invariants:
        for record in verdict.probes:
            if (
                record.public
                and record.answer
                and not law.holds([realise(a) for a in record.arguments], record.answer)
            ):
                said.append(law.sentence)
                break
    return [
        *said,
        "By hand: work out each slope of the drawing at its numbers, print the same ones in your code, and find the "
        "first that differs.",
    ]


def messages(verdict: Verdict) -> list[str]:
    """The sentences a student reads, in order."""
    said = parts(verdict)
    found = [*said.lead]
    found += [f"{said.call}: {block} should be {right}, yours is {yours}." for block, yours, right in said.rows]
    found += [said.told] if said.told else []
    for slip in said.slips:
        found.append(
            f"{slip.name[:1].upper()}{slip.name[1:]} ({', '.join(slip.ids)}): {' '.join(slip.student)}"
        )
    return [*found, *said.after]


def text(verdict: Verdict, width: int) -> str:
    """The verdict as plain text of at most `width` columns."""
    said = parts(verdict)
    lines: list[str] = []

    def put(sentence: str, indent: str = "  ", hang: str | None = None) -> None:
        lines.extend(
            textwrap.wrap(
                sentence, width, initial_indent=indent, subsequent_indent=indent if hang is None else hang
            )
        )

    mark = "passed" if verdict.passed else "not yet"
    put(f"{said.heading}   {mark}, {said.score}", "")
    if said.call:
        put(said.call)
        for line in said.given:
            put(line, "    ", "      ")
    for block, yours, right in said.rows:
        put(f"{block}: yours {yours}, right {right}", "    ")
    for sentence in said.lead:
        put(sentence)
    for block, points in said.blocks:
        put(f"{block}: {points} points")
    if said.told:
        lines.append("")
        put(said.told)
    for slip in said.slips:
        put(f"- {slip.name} ({', '.join(slip.ids)})" + (f": {slip.site}" if slip.site else ""), "  ", "    ")
        for sentence in slip.student:
            put(sentence, "    ")
        for check in slip.checks:
            put(f"By hand: {check}", "    ")
        put(f"Read: {', '.join(slip.pages)}", "    ")
    for sentence in said.after:
        put(sentence)
    return "\n".join(lines)


def _drawn(task: Task, shown: int) -> tuple[list[tuple[str, Any]], list[tuple[str, str, str, Any]]]:
    """The named values with their numbers at one public probe, and the edges between them: source, target,
    symbol, slope (of numbers alone)."""
    examination = plan(task.id)
    if not task.arrays:
        graphs = family(examination)
        nodes = [(name, float(graphs.values[k][0])) for k, name in graphs.names.items()]
        edges = [
            (graphs.names[e.source], graphs.names[e.target], graphs.symbol(k), float(graphs.columns[k][0]))
            for k, e in enumerate(graphs.edges)
        ]
        return nodes, edges
    recording = recordings(examination)[shown]
    if all(getattr(value, "shape", ()) == () for value in recording.values):
        return _drawn_numbers(recording)
    ends = dict.fromkeys(
        end
        for n, args in enumerate(recording.args)
        for i, arg in enumerate(args)
        if isinstance(arg, int)
        for end in recording.ends(n, i)
    )
    return [(name, recording.values[k]) for k, name in recording.names.items()], [
        (s, t, f"∂{t}/∂{s}", None) for s, t in ends
    ]


def _shown(verdict: Verdict) -> int:
    """The public probe that is drawn: the first, or the first wrong one where each has a graph of its own."""
    wrong = next((record for record in verdict.probes if record.public and not record.ok), None)
    if wrong is None or not (verdict.task.derive and verdict.task.arrays):
        return 0
    return [probe.arguments for probe in plan(verdict.task.id).probes].index(wrong.arguments)


def _drawn_numbers(recording: Any) -> tuple[list[tuple[str, Any]], list[tuple[str, str, str, Any]]]:
    """A recording of numbers: every use of a named value, with its slope up to the next named one."""
    edges = []
    for n, args in enumerate(recording.args):
        for i, arg in enumerate(args):
            if isinstance(arg, int) and arg in recording.names:
                node, slope = n, recording.pull(n, i, 1.0)
                while node not in recording.names:
                    node, j = recording.uses[node][0]
                    slope = slope * recording.pull(node, j, 1.0)
                source, target = recording.names[arg], recording.names[node]
                edges.append((source, target, f"∂{target}/∂{source}", float(slope)))
    return [(name, float(recording.values[k])) for k, name in recording.names.items()], edges


def _first_wrong(verdict: Verdict) -> list[tuple[str, str]]:
    """In a graph of nodes, the uses of the first one, seen from the root, whose gradient is wrong."""
    wrong = next((record for record in verdict.probes if record.public and not record.ok), None)
    if "root" not in verdict.task.parameters or wrong is None or not wrong.answer:
        return []
    rows, pairs = wrong.arguments[0]["graph"], zip(wrong.answer["root"], wrong.expected["root"])
    off = [k for k, (yours, right) in enumerate(pairs) if abs(yours - right) > 1e-5 * abs(right) + 1e-9]
    names = letters(len(rows))
    return [(names[p], names[k]) for k, row in enumerate(rows) for p in row[1] if p == max(off, default=-1)]


def marked(verdict: Verdict) -> list[tuple[str, str]]:
    """The edges at fault, as (source, target) names, of the explanations that are told."""
    ends = (
        end for ids in verdict.diagnosis for slip in _fitting(verdict, ids) for end in _ends(verdict.task, slip)
    )
    return list(dict.fromkeys(ends)) or _first_wrong(verdict)


def _ends(task: Task, slip: Any) -> tuple[tuple[str, str], ...]:
    """The edges of a slip as pairs of names; those of scalar slips are numbers until the family names them."""
    if hasattr(slip, "columns"):
        return family(plan(task.id)).ends(slip.columns)
    return family(plan(task.id)).ends(slip.edges) if hasattr(slip, "combine") else slip.edges


def svg(verdict: Verdict) -> str:
    """The graph of the task's named values at the first public probe, the edges at fault marked."""
    return _picture(verdict.task.id, _shown(verdict), frozenset(marked(verdict)))


@lru_cache(maxsize=512)
def _picture(task_id: str, shown: int, faulty: frozenset[tuple[str, str]]) -> str:
    """A drawing is made once for a whole class: it depends on the question and the slip, not on the student."""
    from ..study.graph import Graph, GraphEdge, GraphNode

    examination = plan(task_id)
    task = examination.task
    values, ends = _drawn(task, shown)
    nodes = [GraphNode(name, name, value) for name, value in values]
    edges, slots = [], {name: 0 for name, _ in values}
    for source, target, symbol, slope in ends:
        edges.append(GraphEdge(source, target, symbol, slope, slots[target]))
        slots[target] += 1
    mark = [k for k, edge in enumerate(edges) if (edge.source, edge.target) in faulty]
    told, _ = call(task, examination.probes[shown].arguments)
    title = f"The graph of {task.function} with the numbers of {told}"
    drawing = Graph(nodes, edges)
    depth = dict.fromkeys(slots, 0)
    for target in slots:
        depth[target] = max((depth[s] + 1 for s, t, _, _ in ends if t == target), default=0)
    arrays = any(getattr(value, "shape", ()) for _, value in values)
    return drawing.svg(mark=mark, title=title, values=not (arrays and max(depth.values()) >= DEEP))


@cache
def _sheet() -> str:
    """The style sheet of a verdict."""
    from ..study.drawing import style

    return style("auto") + _STYLE.replace("\n", "")


_STYLE = """
.cr-verdict{font:15px/1.5 -apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:var(--cr-ink);
background:var(--cr-surface);border:1px solid var(--cr-hair);border-left:5px solid var(--cr-fault);
border-radius:8px;
padding:.7em 1.1em;max-width:46em;margin:.3em 0}
.cr-verdict.cr-passed{border-left-color:var(--cr-a)}
.cr-verdict h4,.cr-verdict h5{margin:.2em 0;font-size:1.05em;font-weight:600;color:inherit}
.cr-verdict p,.cr-verdict ul,.cr-verdict table{margin:.45em 0;color:inherit}
.cr-verdict .cr-score{float:right;font-weight:600}
.cr-verdict code{font-size:.92em;background:var(--cr-paper);color:inherit;padding:.05em .3em;border-radius:4px;
white-space:pre-wrap}
.cr-verdict table{border-collapse:collapse;background:none;font-size:1em}
.cr-verdict th,.cr-verdict td{text-align:left;padding:.15em 1.2em .15em 0;border:0;background:none;color:inherit;
font-variant-numeric:tabular-nums}
.cr-verdict .cr-slip{background:var(--cr-paper);border:1px solid var(--cr-hair);border-radius:6px;
padding:.4em .9em;margin:.6em 0}
.cr-verdict .cr-quiet{color:var(--cr-muted)}
.cr-verdict a{color:var(--cr-a);text-decoration:underline}
"""


def _page(slug: str) -> str:
    """A page of the book: a link where SITE_URL says where the book is, else its name."""
    from ..study.drawing import escape

    site = os.environ.get("SITE_URL", "")
    if site.startswith(("http://", "https://")):
        return f'<a href="{escape(site.rstrip("/"))}/book/{slug}.html">{slug}</a>'
    return f"<code>{slug}</code>"


def html(verdict: Verdict) -> str:
    """The verdict as a self-contained fragment of HTML: no script, no outside reference, legible in light and
    dark."""
    from ..study.drawing import escape

    said = parts(verdict)
    word = "Passed" if verdict.passed else "Not yet"
    out = [
        f'<div class="cr-verdict cr-auto{" cr-passed" if verdict.passed else ""}">',
        f"<style>{_sheet()}</style>",
        f'<h4><span class="cr-score">{escape(said.score)}</span>{word}: {escape(verdict.task.title)} '
        f'<span class="cr-quiet">({escape(verdict.task.id)})</span></h4>',
    ]
    if said.call:
        listed = "".join(f"<br><code>{escape(line)}</code>" for line in said.given)
        out.append(f"<p>At <code>{escape(said.call)}</code>{' with' if listed else ''}{listed}</p>")
    if said.rows:
        body = "".join(
            f'<tr><th scope="row">{escape(b)}</th><td>{escape(y)}</td><td>{escape(r)}</td></tr>'
            for b, y, r in said.rows
        )
        out.append(
            '<table><thead><tr><th scope="col">at this probe</th><th scope="col">yours</th>'
            f'<th scope="col">right</th></tr></thead><tbody>{body}</tbody></table>'
        )
    out += [f"<p>{escape(sentence)}</p>" for sentence in said.lead]
    if said.blocks:
        out.append(
            "<p>"
            + "; ".join(f"{escape(name)}: {escape(points)} points" for name, points in said.blocks)
            + ".</p>"
        )
    if said.told:
        out.append(f"<p>{escape(said.told)}</p>")
    for slip in said.slips:
        name = slip.name[:1].upper() + slip.name[1:]
        out.append(
            f'<div class="cr-slip"><h5>{escape(name)} <span class="cr-quiet">({", ".join(slip.ids)})</span></h5>'
        )
        if slip.site:
            out.append(f"<p>Here: {escape(slip.site)}.</p>")
        out += [f"<p>{escape(sentence)}</p>" for sentence in slip.student]
        out += [f"<p><strong>By hand.</strong> {escape(check)}</p>" for check in slip.checks]
        out.append(f'<p class="cr-quiet">Read: {", ".join(map(_page, slip.pages))}</p></div>')
    out += [f"<p>{escape(sentence)}</p>" for sentence in said.after]
    if not verdict.passed and (verdict.explanations or verdict.state in ("value", "differenced")):
        out.append(svg(verdict))
    return "".join(out) + "</div>"


def to_json(verdict: Verdict) -> dict:
    """The verdict as JSON-able data; of a secret probe it says only whether it went right."""

    def plain(blocks: dict | None) -> dict | None:
        if blocks is None:
            return None
        return {
            key: value if isinstance(value, (int, float)) else _listed(value) for key, value in blocks.items()
        }

    def probe(record: Record) -> dict:
        if not record.public:
            return {"public": False, "ok": record.ok}
        shown = {
            "arguments": record.arguments,
            "answer": plain(record.answer),
            "expected": plain(record.expected),
        }
        return {"public": True, "ok": record.ok, **shown, "message": record.message}

    return {
        "task": verdict.task.id,
        "title": verdict.task.title,
        "passed": verdict.passed,
        "score": verdict.score,
        "max_score": verdict.max_score,
        "state": verdict.state,
        "blocks": [
            {"name": name, "points": points, "earned": earned} for name, points, earned in verdict.blocks
        ],
        "diagnosis": [list(ids) for ids in verdict.diagnosis],
        "sites": [slip.site for slip in _slips(verdict)],
        "edges": [list(ends) for ends in marked(verdict)],
        "messages": messages(verdict),
        "remarks": list(verdict.remarks),
        "probes": [probe(record) for record in verdict.probes],
    }


def _listed(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    return [number if math.isfinite(number) else str(number) for number in value]
