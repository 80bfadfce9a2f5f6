"""A course of two notebooks with every kind of cell, results made for it without a sandbox, a gradebook read whole."""

import json
import threading

from small_course import RIGHT, _nbgrader, as_bytes, notebook

from chainrule_lib.grading import course as home_room
from chainrule_lib.grading import pipeline
from chainrule_lib.grading.course import Course, Submission

ASSIGNMENT = "p1"


def sources():
    """{notebook name: the instructor's cells}: a judged function, an own test, a written answer, a task."""

    def code(name, text, **marks):
        return {
            "cell_type": "code",
            "id": name,
            "metadata": _nbgrader(name, **marks) if marks else {},
            "source": text,
            "outputs": [],
            "execution_count": None,
        }

    def words(name, text, **marks):
        return {"cell_type": "markdown", "id": name, "metadata": _nbgrader(name, **marks), "source": text}

    start = "import math\nfrom chainrule_lib import check"
    solved = f"### BEGIN SOLUTION{RIGHT['dz_dt']}### END SOLUTION\n"
    doubled = "### BEGIN SOLUTION\ntwo = 2\n### END SOLUTION\n"
    return {
        "one": [
            code("setup", start),
            code("dz_dt", solved, solution=True),
            code("dz_dt_check", 'check("a2.dz_dt", dz_dt)', grade=True, locked=True, points=8),
            words("why", "Why do the roads add?", grade=True, solution=True, points=3),
        ],
        "two": [
            code("setup", start),
            code("two", doubled, solution=True),
            code("two_test", "assert two == 2", grade=True, locked=True, points=2),
            words("essay", "Write a page.", task=True, locked=True, points=4),
        ],
    }


def write_sources(course):
    """source/p1 and a due date: what is left to do is `nbgrader generate_assignment`."""
    folder = course / "source" / ASSIGNMENT
    folder.mkdir(parents=True)
    for name, cells in sources().items():
        (folder / f"{name}.ipynb").write_bytes(as_bytes(notebook(cells)))


def submission(student, stamp="2026-03-06 17:30:00 UTC"):
    return Submission(student, None, {}, timestamp=stamp)


def results(course, answers, scores):
    """{notebook name: result} as a run gives it.

    answers: {cell: text} of the student, the released text elsewhere; scores: {checked cell: points}; of an
    own test, False stands for an error.
    """
    found = {}
    for name, source in course.sources(ASSIGNMENT).items():
        cells = [
            cell | {"source": answers.get(cell["metadata"]["nbgrader"]["grade_id"], cell["source"])}
            for cell in source["cells"]
        ]
        whole = pipeline.sanitise({"cells": cells}, source)
        tasks = []
        for cell in whole["cells"]:
            marks = cell["metadata"]["nbgrader"]
            check = pipeline.find_check(cell["source"]) if marks["grade"] and marks["locked"] else None
            score = scores.get(marks["grade_id"], 0.0)
            if check:
                cell["outputs"] = pipeline.score_outputs(score, marks["points"], "", "")
            elif score is False:
                cell["outputs"] = [{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}]
            if marks["grade"] or marks["task"]:
                task = {"task_id": check and check[0], "score": score if check else None}
                tasks.append({"grade_id": marks["grade_id"], **task})
        found[name] = {"readable": True, "notebook": whole, "tasks": tasks}
    return found


def missing(course, name):
    return pipeline.unread(course.sources(ASSIGNMENT)[name], "there is no such file.")


def tables(url):
    """Every row of every table of nbgrader's, by names instead of ids: {table: rows}."""
    from nbgrader.api import Base
    from sqlalchemy import UniqueConstraint, create_engine, select

    engine = create_engine(url)
    names, found = {}, {}
    with engine.connect() as db:
        for table in Base.metadata.sorted_tables:
            unique = next((c for c in table.constraints if isinstance(c, UniqueConstraint)), None)
            keys = [c.name for c in unique.columns] if unique else ["name"] if "name" in table.c else ["id"]
            rows = []
            for row in db.execute(select(table)).mappings():
                plain = {key: names.get(value, value) for key, value in row.items()}
                if keys != ["id"] and not table.c.id.foreign_keys:
                    del plain["id"]
                names.setdefault(row["id"], f"{table.name}({', '.join(str(plain[key]) for key in keys)})")
                rows.append(plain)
            found[table.name] = sorted(rows, key=repr)
    engine.dispose()
    found["course"].remove({"id": "default_course"})  # some of nbgrader's steps open a gradebook without a course
    return found


def graded(url, what="auto_score"):
    """{(student, cell): that column of its grade}."""
    from sqlalchemy import create_engine, text

    engine = create_engine(url)
    with engine.connect() as db:
        rows = db.execute(
            text(
                f"select s.student_id, c.name, g.{what} from grade g join base_cell c on c.id = g.cell_id "
                "join submitted_notebook n on n.id = g.notebook_id "
                "join submitted_assignment s on s.id = n.assignment_id"
            )
        ).all()
    engine.dispose()
    assert len(rows) == len({row[:2] for row in rows}), "a grade is there twice"
    return {(student, cell): value for student, cell, value in rows}


def told_of(monkeypatch):
    """An event that is set as soon as the wait for a gradebook has been told."""
    told = threading.Event()

    def tell(*words, **where):
        print(*words, **where)
        told.set()

    monkeypatch.setattr(home_room, "print", tell, raising=False)
    return told


def url_of(folder):
    return f"sqlite:///{folder / 'gradebook.db'}"


def as_stock_records(course: Course, url, handed_in, found):
    """The same submission by nbgrader's own preprocessors, as `nbgrader autograde` calls them."""
    import nbformat
    from nbgrader.api import Gradebook
    from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades

    with Gradebook(url, "chain-rule") as gradebook:
        gradebook.update_or_create_student(handed_in.student_id)
        stamp = {"timestamp": handed_in.timestamp} if handed_in.timestamp else {}
        gradebook.update_or_create_submission(ASSIGNMENT, handed_in.student_id, **stamp)
    for name, result in found.items():
        names = {"notebook": name, "assignment": ASSIGNMENT, "student": handed_in.student_id, "db_url": url}
        for step in (SaveAutoGrades, AssignLatePenalties):
            node = nbformat.from_dict(json.loads(json.dumps(result["notebook"])))
            step(config=course.config).preprocess(node, {"nbgrader": dict(names)})
