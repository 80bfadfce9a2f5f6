"""What a class did, as rows, as feedback pages, and as one page for the instructor.

Everything is read from the gradebook (scores, with a person's marks) and from the judged notebooks (status,
diagnosis).
"""

from __future__ import annotations

import json
import statistics
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from .course import Course
from .pipeline import find_check
from .similar import similar

LINES = 200  # of one table of the page; --json has them all
NAMES = 12  # of one group of students


@dataclass
class Row:
    """One graded cell of one student; a score of None waits for a person, or could not be given."""

    student_id: str
    assignment: str
    task_id: str
    score: float | None
    max_score: float
    status: str
    diagnosis: list[list[str]] = field(default_factory=list)
    comment: str | None = None
    message: str = ""
    grade_id: str = ""
    notebook: str = ""

    @property
    def slips(self) -> str:
        """`A|B` either name is fair, `A+B` two slips at once."""
        return "|".join("+".join(names) for names in self.diagnosis)


def rows(course: Course, assignment: str) -> list[Row]:
    """One row for each graded cell of each student that was graded or could not be, in the order of the
    notebook."""
    from nbgrader import api

    sources = course.sources(assignment)
    order = {
        (name, cell["metadata"]["nbgrader"]["grade_id"]): i
        for i, (name, cell) in enumerate(
            (name, cell) for name, source in sources.items() for cell in source["cells"]
        )
    }
    asked = {
        (name, cell["metadata"]["nbgrader"]["grade_id"]): check[0]
        for name, source in sources.items()
        for cell in source["cells"]
        if cell["cell_type"] == "code" and (check := find_check(cell["source"]))
    }
    facts: dict[str, dict] = {}
    found = []
    with course.gradebook() as gradebook:
        query = (
            gradebook.db.query(
                api.SubmittedAssignment.student_id,
                api.Notebook.name.label("notebook"),
                api.BaseCell.name,
                api.Grade.auto_score,
                api.Grade.manual_score,
                api.Grade.score,
                api.Grade.max_score,
            )
            .select_from(api.Grade)
            .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
            .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
            .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
            .join(api.BaseCell, api.Grade.cell_id == api.BaseCell.id)
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .filter(api.Assignment.name == assignment)
        )
        for student, notebook, name, auto, manual, score, most in query:
            key = f"{student}/{notebook}"
            if key not in facts:
                facts[key] = _facts(course.path("autograded", student, assignment) / f"{notebook}.ipynb")
            task: dict = next((task for task in facts[key].get("tasks", ()) if task["grade_id"] == name), {})
            given = manual is not None or (
                auto is not None and not (task.get("status") == "student_fault" and task["score"] is None)
            )
            status = "graded" if manual is not None else task.get("status") or ("graded" if given else "")
            found.append(
                Row(
                    student,
                    assignment,
                    asked.get((notebook, name), f"{assignment}.{name}"),
                    score if given else None,
                    most,
                    status,
                    task.get("diagnosis", []),
                    message=task.get("message", ""),
                    grade_id=name,
                    notebook=notebook,
                )
            )
    dead = balance(course, assignment).get("dead_letters", {})
    found = [row for row in found if row.student_id not in dead]
    for student, sentence in dead.items():
        for name, source in sources.items():
            for cell in source["cells"]:
                marks = cell["metadata"]["nbgrader"]
                if "points" in marks:
                    grade_id = marks["grade_id"]
                    found.append(
                        Row(
                            student,
                            assignment,
                            asked.get((name, grade_id), f"{assignment}.{grade_id}"),
                            None,
                            marks["points"],
                            "our_fault",
                            message=sentence,
                            grade_id=grade_id,
                            notebook=name,
                        )
                    )
    return sorted(found, key=lambda row: (row.student_id, order.get((row.notebook, row.grade_id), 0)))


def _facts(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]["chainrule"]
    except (OSError, ValueError, KeyError):
        return {}


def balance(course: Course, assignment: str) -> dict:
    """How the last run of `chainrule grade` ended; empty where there was none."""
    try:
        return json.loads((course.store / f"{assignment}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


# the class report


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}".rstrip("0").rstrip(".")


def discrimination(scores: dict[str, dict[str, float]], task_id: str) -> float | None:
    """Correlation of one question's points with the same student's points on all the others (item-rest).

    scores: student -> task id -> points.  None where there are too few answers, or all are alike.
    """
    own, rest = [], []
    for mine in scores.values():
        if task_id in mine:
            own.append(mine[task_id])
            rest.append(sum(mine.values()) - mine[task_id])
    if len(own) < 3 or len(set(own)) < 2 or len(set(rest)) < 2:
        return None
    return statistics.correlation(own, rest)


def summary(course: Course, assignment: str, table: list[Row] | None = None) -> dict:
    """The numbers of the class page, JSON-able."""
    everything = rows(course, assignment) if table is None else table
    table = [row for row in everything if row.status != "our_fault"]
    scores: dict[str, dict[str, float]] = {row.student_id: {} for row in table}
    by_task: dict[str, list[Row]] = {}
    for row in table:
        by_task.setdefault(row.task_id, []).append(row)
        if row.score is not None:
            scores[row.student_id][row.task_id] = row.score
    totals = {student: sum(mine.values()) for student, mine in scores.items()}
    tasks = []
    for name, mine in by_task.items():
        points = [row.score for row in mine if row.score is not None]
        full, zero = sum(score >= mine[0].max_score for score in points), points.count(0.0)
        waiting = sum(row.score is None and row.status != "student_fault" for row in mine)
        tasks.append(
            {
                "task_id": name,
                "max_score": mine[0].max_score,
                "full": full,
                "part": len(points) - full - zero,
                "none": len(mine) - waiting - len(points) + zero,
                "waiting": waiting,
                "mean": statistics.fmean(points) if points else None,
                "discrimination": discrimination(scores, name),
            }
        )
    slips: Counter = Counter()
    for row in table:
        for name in row.diagnosis[0] if len(row.diagnosis) == 1 else ():
            slips[name, row.task_id] += 1
    open_names = sum(len(row.diagnosis) > 1 for row in table)
    wrong = [
        row for row in table if row.status == "graded" and row.message and (row.score or 0) < row.max_score
    ]
    unnamed = sum(not row.diagnosis for row in wrong)
    most = sum(task["max_score"] for task in tasks if task["mean"] is not None)
    return {
        "assignment": assignment,
        "students": len({row.student_id for row in everything}),
        "totals": totals,
        "max_score": most,
        "tasks": tasks,
        "slips": [
            {"id": name, "task_id": task, "count": count} for (name, task), count in slips.most_common()
        ],
        "honest_ties": open_names,
        "unnamed": unnamed,
        "faults": [
            {
                "student_id": row.student_id,
                "task_id": row.task_id,
                "status": row.status,
                "message": row.message,
            }
            for row in everything
            if row.status in ("student_fault", "our_fault")
        ],
        "similar": [cluster.to_json() for cluster in similar(course, assignment, scores)],
        "balance": balance(course, assignment),
    }


def _by_chance(expected: float) -> str:
    for words, limit in (("a million", 1e-6), ("10,000", 1e-4), ("1,000", 1e-3), ("100", 1e-2), ("20", 1.0)):
        if expected < limit:
            return f"fewer than 1 in {words}"
    return ""


def _misconceptions() -> dict[str, dict]:
    path = Path(__file__).parent.parent / "judge" / "misconceptions.json"
    return {entry["id"]: entry for entry in json.loads(path.read_text(encoding="utf-8"))}


def _histogram(totals: list[float], most: float) -> str:
    """The distribution of total points as SVG: one bar for each tenth of the range."""
    bins = min(10, max(1, int(most)))
    counts = [0] * bins
    for total in totals:
        counts[min(bins - 1, int(bins * total / most)) if most else 0] += 1
    width, height, top, gap = 380, 216, max(counts) or 1, 5
    step = (width - 30) / bins
    parts = []
    for i, count in enumerate(counts):
        low, high = most * i / bins, most * (i + 1) / bins
        tall = 150 * count / top
        x = 15 + i * step
        parts.append(
            f'<rect class="mark" x="{x + gap / 2:.1f}" y="{175 - tall:.1f}" width="{step - gap:.1f}" '
            f'height="{tall:.1f}" rx="3"/>'
        )
        if count:
            parts.append(
                f'<text class="strong" x="{x + step / 2:.1f}" y="{168 - tall:.1f}" text-anchor="middle">'
                f"{count}</text>"
            )
        parts.append(f'<text x="{x:.1f}" y="194" text-anchor="middle">{_number(low)}</text>')
        if i == bins - 1:
            parts.append(f'<text x="{x + step:.1f}" y="194" text-anchor="middle">{_number(high)}</text>')
    told = ", ".join(
        f"{_number(most * i / bins)} to {_number(most * (i + 1) / bins)}: {n}"
        for i, n in enumerate(counts)
        if n
    )
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="dist-t dist-d">'
        f'<title id="dist-t">How many students have how many points</title>'
        f'<desc id="dist-d">{escape(told)}</desc>'
        f'<line class="axis" x1="15" x2="{width - 15}" y1="175.5" y2="175.5"/>{"".join(parts)}'
        f'<text x="{width / 2:.0f}" y="212" text-anchor="middle">points</text></svg>'
    )


def _reading(value: float | None) -> str:
    if value is None:
        return "too few answers to say"
    if value >= 0.4:
        return "tells apart well"
    if value >= 0.2:
        return "tells apart a little"
    return "tells nobody apart" if value > -0.1 else "look at this question: strong students lose it"


def _weight(task: dict) -> float:
    return 2.0 if task["discrimination"] is None else -task["discrimination"]


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def _ranked(slips: list[dict]) -> list[dict]:
    """The slips by how often they were made, with their names and where they were made."""
    known = _misconceptions()
    by_slip: dict[str, dict[str, int]] = {}
    for slip in slips:
        by_slip.setdefault(slip["id"], {})[slip["task_id"].partition(".")[2]] = slip["count"]
    return [
        {
            "id": name,
            "name": known.get(name, {}).get("name", ""),
            "student": known.get(name, {}).get("student", ""),
            "count": sum(where.values()),
            "where": ", ".join(f"{function} {count}" for function, count in where.items()),
        }
        for name, where in sorted(by_slip.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    ]


def _grouped(faults: list[dict]) -> list[dict]:
    """One line where one thing happened to a student in several questions."""
    lines: dict[tuple[str, str, str], list[str]] = {}
    for fault in faults:
        key = fault["student_id"], fault["status"], fault["message"]
        lines.setdefault(key, []).append(fault["task_id"].partition(".")[2])
    return [
        {"student_id": student, "status": status, "message": message, "where": ", ".join(where)}
        for (student, status, message), where in lines.items()
    ]


def report_html(facts: dict) -> str:
    """The class page: self-contained, no script, light and dark."""
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    rooms = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
    rooms.filters |= {"number": _number, "signed": _signed, "reading": _reading}
    totals = list(facts["totals"].values())
    marked = [task for task in facts["tasks"] if task["mean"] is not None]
    more = {
        "mean": statistics.fmean(totals) if totals else None,
        "median": statistics.median(totals) if totals else None,
        "histogram": Markup(_histogram(totals, facts["max_score"])),
        "kinds": [("full", "full"), ("part", "part"), ("none", "none"), ("waiting", "waits")],
        "slips": _ranked(facts["slips"]),
        "faults": _grouped(facts["faults"])[:LINES],
        "more_faults": max(0, len(_grouped(facts["faults"])) - LINES),
        "similar": [cluster | {"by_chance": _by_chance(cluster["expected"])} for cluster in facts["similar"][:LINES]],
        "more_similar": max(0, len(facts["similar"]) - LINES),
        "names": NAMES,
        "apart": sorted(marked, key=_weight),
    }
    return rooms.get_template("report.html.j2").render(facts | more)
