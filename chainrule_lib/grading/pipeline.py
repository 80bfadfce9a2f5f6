"""One submission, from the bytes a student handed in to a judged notebook: sanitise, execute, judge.

`grade_notebook` is a pure function of (bytes, source, limits, seed, files), JSON in and JSON out, with no
database and no shared folder, so a pool may run it anywhere.  Its `source` is the instructor's notebook
(nbformat 4 as a dictionary): every locked cell, every point and every check comes from there, whatever the
submission says.

A result is `{"status": "graded" | "student_fault", "readable": bool, "message": ..., "notebook": {...},
"tasks": [...]}` with one task entry for each graded cell: `grade_id, task_id, points, score, status,
diagnosis, passed, message`; a score of None waits for a person. Our own fault is an exception
(`sandbox.SandboxError`): then nothing was judged and nothing may be recorded.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import re
from dataclasses import asdict
from pathlib import Path

from . import sandbox
from .keys import task_seed

SIZE_CAP = 20_000_000
TEXT_CAP = 100_000  # characters of a cell that are looked at outside the sandbox
MAKERS = (  # the modules of this room that make a result
    "pipeline", "keys", "sandbox", "talk", "later", "runtime", "cold", "warm", "namespaces", "template", "runner"
)  # fmt: skip
HOST_FAULTS = ("timeout", "died", "memory", "protocol", "missing")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


class Unreadable(ValueError):
    """The submitted file is no notebook; the sentence says why."""


@functools.cache
def code_version() -> str:
    """A hash of the code that makes a result: one made by other code is another result."""
    root, digest = Path(__file__).parent.parent, hashlib.sha256()
    rooms = [
        path
        for room in ("engine", "numpy", "study", "judge", "grading/standin")
        for path in (root / room).rglob("*")
    ]
    for path in sorted([*rooms, *(root / "grading" / f"{name}.py" for name in MAKERS)]):
        if path.suffix in (".py", ".json"):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def terms_key(source: dict, limits, seed: bytes, files: dict[str, bytes], executor: str) -> str:
    """The digest of all that a result depends on besides the submission: the same for a whole class."""
    digest = hashlib.sha256(code_version().encode())
    parts = [
        executor.encode(),
        json.dumps(asdict(limits), sort_keys=True).encode(),
        json.dumps(source, sort_keys=True).encode(),
        seed,
    ]
    for name, data in sorted(files.items()):
        parts += [name.encode(), data]
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def result_key(submitted: bytes | None, terms: str) -> str:
    """The content address of a result: SHA-256 of the submitted bytes and of `terms_key`."""
    return hashlib.sha256(terms.encode() + (b"absent" if submitted is None else b"here" + submitted)).hexdigest()


# sanitise


def read_notebook(data: bytes) -> dict:
    """The submitted bytes as an nbformat 4 dictionary; Unreadable says what is wrong with them."""
    if len(data) > SIZE_CAP:
        raise Unreadable(f"the file has more than {SIZE_CAP:,} bytes. Clear all outputs and hand it in again")
    try:
        content = sandbox.plain_json(data)
    except (ValueError, RecursionError):
        raise Unreadable(
            "the file is not a whole notebook (its JSON does not parse). Save the notebook and hand it in again"
        ) from None
    if not isinstance(content, dict) or not (
        isinstance(content.get("cells"), list) or content.get("nbformat") in (1, 2, 3)
    ):
        raise Unreadable("the file is JSON, but not a notebook: it has no cells")
    if content.get("nbformat") in (1, 2, 3):
        import nbformat

        try:
            content = json.loads(
                nbformat.writes(nbformat.convert(nbformat.reads(json.dumps(content), as_version=3), 4))
            )
        except Exception:
            raise Unreadable(
                f"the file is a notebook of format {content['nbformat']} and could not be converted"
            ) from None
    return tidy(content)


def tidy(content: dict) -> dict:
    """The notebook with cells that are cells: each has a known type, a text and a dictionary of metadata."""
    content["cells"] = [
        cell
        | {
            "cell_type": next((k for k in ("code", "markdown") if k == cell.get("cell_type")), "raw"),
            "source": _text(cell.get("source")),
            "metadata": marks if isinstance(marks := cell.get("metadata"), dict) else {},
        }
        for cell in content["cells"]
        if isinstance(cell, dict)
    ]
    return content


def _text(source) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.replace("\0", "") if isinstance(source, str) else ""


def _grade_id(cell) -> str | None:
    marks = cell["metadata"].get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else None


def _pictures(attachments) -> dict:
    """Images pasted into a written answer: PNG and JPEG only."""
    kept = {}
    for name, data in attachments.items() if isinstance(attachments, dict) else ():
        images = {
            mime: value
            for mime, value in (data.items() if isinstance(data, dict) else ())
            if mime in ("image/png", "image/jpeg") and isinstance(value, str) and BASE64.fullmatch(value)
        }
        if isinstance(name, str) and images:
            kept[name] = images
    return kept


def _cell(kind: str, source: str, metadata: dict, number: int, attachments=None) -> dict:
    cell: dict = {"cell_type": kind, "id": f"cell-{number}", "metadata": metadata, "source": source}
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    elif attachments and (kept := _pictures(attachments)):
        cell["attachments"] = kept
    return cell


def sanitise(content: dict, source: dict) -> dict:
    """A clean notebook of a tidy one: the student's own text, and everything the instructor fixed as the instructor fixed
    it.

    Of cells with one id the last counts (a locked twin is dropped, a written one stays as plain text); a
    deleted instructor's cell is put back after the one that stood before it; outputs, foreign metadata and
    odd types go.
    """
    fixed = {_grade_id(cell): cell for cell in source["cells"] if _grade_id(cell)}
    last = {_grade_id(cell): i for i, cell in enumerate(content["cells"])}
    cells: list[tuple[str | None, str, str, dict, object]] = []
    for i, cell in enumerate(content["cells"]):
        name, text, kind = _grade_id(cell), cell["source"], cell["cell_type"]
        if name in fixed:
            truth, marks = fixed[name], fixed[name]["metadata"]["nbgrader"]
            if last[name] != i:
                if not is_fixed(marks):
                    cells.append((None, kind, text, {}, cell.get("attachments")))
                continue
            if is_fixed(marks):
                text = truth["source"]
            cells.append((name, truth["cell_type"], text, {"nbgrader": dict(marks)}, cell.get("attachments")))
        else:
            cells.append((None, kind, text, {}, cell.get("attachments")))
    before = None
    for name, truth in fixed.items():
        if name not in last:
            marks = truth["metadata"]["nbgrader"]
            text = truth["source"] if is_fixed(marks) else ""
            place = next(
                (i + 1 for i, cell in enumerate(cells) if cell[0] == before and before),
                0 if before is None else len(cells),
            )
            cells.insert(place, (name, truth["cell_type"], text, {"nbgrader": dict(marks)}, None))
        before = name
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": dict(source.get("metadata", {})),
        "cells": [
            _cell(kind, text, marks, i, pictures) for i, (_, kind, text, marks, pictures) in enumerate(cells)
        ],
    }


def is_fixed(marks: dict) -> bool:
    """Whether nbgrader's own rules say that the text of such a cell is the instructor's."""
    return bool(not marks.get("solution") and (marks.get("grade") or marks.get("locked")))


# the checks of a notebook


@functools.lru_cache(1024)
def find_check(text: str) -> tuple[str, str] | None:
    """The task id and the expression of a cell's `check("a2.dz_dt", dz_dt)`; None where it has none."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "check"
            and len(node.args) == 2
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            return node.args[0].value, ast.unparse(node.args[1])
    return None


def function_text(cells: list[dict], name: str) -> str | None:
    """The last text that binds `name`, for the judge's light facts; None where none parses."""
    for cell in reversed(cells):
        if cell["cell_type"] != "code" or len(cell["source"]) > TEXT_CAP:
            continue
        try:
            tree = ast.parse(cell["source"])
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in reversed(tree.body):
            names = (
                [node.name]
                if isinstance(node, ast.FunctionDef)
                else [target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)]
            )
            if name in names:
                return ast.get_source_segment(cell["source"], node)
    return None


# outputs


def clean_outputs(outputs: list, cap: int) -> list[dict]:
    """What may be kept of a student's outputs: text, PNG and JPEG, in nbformat's shape, within `cap` bytes."""
    kept, size = [], 0

    def words(value):
        return value if isinstance(value, str) else ""

    for output in outputs:
        if not isinstance(output, dict):
            continue
        kind = output.get("output_type")
        if kind == "stream" and output.get("name") in ("stdout", "stderr"):
            clean = {"output_type": "stream", "name": output["name"], "text": words(output.get("text"))}
        elif kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
            data = {
                mime: value
                for mime, value in output["data"].items()
                if isinstance(value, str)
                and (mime == "text/plain" or mime in ("image/png", "image/jpeg") and BASE64.fullmatch(value))
            }
            if not data:
                continue
            clean = {"output_type": kind, "data": data, "metadata": {}}
            if kind == "execute_result":
                clean["execution_count"] = _count(output.get("execution_count"))
        elif kind == "error":
            lines = output.get("traceback")
            clean = {
                "output_type": "error",
                "ename": words(output.get("ename")),
                "evalue": words(output.get("evalue")),
                "traceback": [line for line in lines if isinstance(line, str)]
                if isinstance(lines, list)
                else [],
            }
        else:
            continue
        size += len(json.dumps(clean))
        if size > 2 * cap:
            kept.append({"output_type": "stream", "name": "stdout", "text": "[more output was cut here]\n"})
            break
        kept.append(clean)
    return kept


def _count(value) -> int | None:
    return value if type(value) is int and 0 <= value < 10**6 else None


def score_outputs(score: float, points: float, html: str, text: str) -> list[dict]:
    """A verdict as nbgrader reads it rightly: what to show, then exactly one number that is the score."""
    number = float(min(max(score, 0.0), points))
    data = {"text/plain": text}
    if html:
        data["text/html"] = html
    return [
        {"output_type": "display_data", "data": data, "metadata": {}},
        {
            "output_type": "execute_result",
            "execution_count": None,
            "metadata": {},
            "data": {"text/plain": repr(number)},
        },
    ]


def _plain_verdict(points: float, sentence: str) -> list[dict]:
    from html import escape

    return score_outputs(
        0.0, points, f"<p><strong>Not judged.</strong> {escape(sentence)}</p>", f"Not judged. {sentence}"
    )


# execute and judge


def execute(
    notebook: dict, limits, seed: bytes | None, files: dict[str, bytes], executor: str = "fork"
) -> list[dict]:
    """Run a sanitised notebook's cells in the sandbox, judge its functions outside, write all outputs into
    `notebook`.

    Returns the task entries.  Raises SandboxError where the sandbox could not do its work.
    """
    from chainrule_lib.judge import Exam

    code = [i for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code"]
    plan: dict = {"cells": [], "files": files}
    exams: dict[int, tuple] = {}
    for step, i in enumerate(code):
        cell = notebook["cells"][i]
        marks = cell["metadata"].get("nbgrader", {})
        entry = {"source": cell["source"]}
        found = find_check(cell["source"]) if marks.get("grade") and is_fixed(marks) else None
        if found:
            exam = Exam(found[0], None if seed is None else task_seed(seed, found[0]))
            exams[step] = (found[0], found[1], exam)
            entry |= {"expression": found[1], "questions": exam.questions}
        plan["cells"].append(entry)
    faults: dict[int, dict] = {}
    ran: set[int] = set()
    answers: dict[int, list] = {}
    for frame in sandbox.run(plan, limits, executor):
        if "again" in frame:
            for kept in (faults, ran, answers):
                kept.clear()
            for i in code:
                notebook["cells"][i] |= {"outputs": [], "execution_count": None}
            continue
        if "answers" in frame:
            answers[frame["answers"]] = frame["list"]
            continue
        step = frame["cell"]
        cell = notebook["cells"][code[step]]
        if "fault" in frame:
            faults[step] = frame
            cell["outputs"] = [_fault_output(frame)]
            continue
        ran.add(step)
        cell["outputs"] = clean_outputs(frame["outputs"], limits.output)
        cell["execution_count"] = _count(frame["execution_count"])
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = cell["execution_count"]
    tasks = []
    for step, i in enumerate(code):
        cell = notebook["cells"][i]
        marks = cell["metadata"].get("nbgrader", {})
        if step in exams:
            task_id, expression, exam = exams[step]
            before = notebook["cells"][:i]
            task = _judge(cell, marks, task_id, exam, answers[step], function_text(before, expression))
            if all(answer.get("fault") == "missing" for answer in answers[step]):
                task["message"] += _stopped(before)
            tasks.append(task)
        elif marks.get("grade"):
            if step not in ran and not marks.get("solution"):
                cell["outputs"] = cell["outputs"] or [_fault_output(next(iter(faults.values())))]
            tasks.append(_untouched(cell, "student_fault" if step not in ran else "graded"))
    return tasks + [
        _untouched(cell, "")
        for cell in notebook["cells"]
        if cell["cell_type"] != "code"
        and (
            cell["metadata"].get("nbgrader", {}).get("grade")
            or cell["metadata"].get("nbgrader", {}).get("task")
        )
    ]


def _stopped(cells: list[dict]) -> str:
    """Where the last of these cells that ended in an error is the likely reason, a sentence that names it."""
    errors = [o["ename"] for cell in cells for o in cell.get("outputs", ()) if o["output_type"] == "error"]
    return f" A cell above its check stopped with {errors[-1]}." if errors else ""


def _fault_output(frame: dict) -> dict:
    names = {
        "timeout": "CellTimeout",
        "died": "KernelDied",
        "memory": "MemoryLimit",
        "protocol": "ProtocolFault",
    }
    name = names.get(frame["fault"], "Fault")
    return {
        "output_type": "error",
        "ename": name,
        "evalue": frame["message"],
        "traceback": [f"{name}: {frame['message']}"],
    }


def _judge(cell: dict, marks: dict, task_id: str, exam, answers: list[dict], text: str | None) -> dict:
    verdict = exam.verdict(answers, source=text)
    points = float(marks["points"])
    score = points * verdict.score / verdict.max_score if verdict.max_score else 0.0
    cell["outputs"] = score_outputs(score, points, verdict.html(), verdict.text())
    cell["outputs"][1]["execution_count"] = cell["execution_count"]
    fault = any(answer.get("fault") in HOST_FAULTS for answer in answers)
    return {
        "grade_id": marks["grade_id"],
        "task_id": task_id,
        "points": points,
        "score": min(max(score, 0.0), points),
        "status": "student_fault" if fault else "graded",
        "diagnosis": [list(names) for names in verdict.diagnosis],
        "passed": bool(verdict.passed),
        "message": next(iter(verdict.messages), ""),
    }


def _untouched(cell: dict, status: str) -> dict:
    """A graded cell without a check: a written answer, a task for a person, or an instructor's own test.

    nbgrader's own rule gives its score when it is recorded.
    """
    marks = cell["metadata"]["nbgrader"]
    return {
        "grade_id": marks["grade_id"],
        "task_id": None,
        "points": float(marks["points"]),
        "score": None,
        "status": status,
        "diagnosis": [],
        "passed": None,
        "message": "",
    }


def unread(source: dict, sentence: str) -> dict:
    """The result of a submission that is no notebook: nothing earned, and the sentence on every graded
    cell."""
    sentence = sentence[:1].upper() + sentence[1:]
    notebook = sanitise({"cells": []}, source)
    tasks = []
    for cell in notebook["cells"]:
        marks = cell["metadata"]["nbgrader"]
        if not (marks.get("grade") or marks.get("task")):
            continue
        found = find_check(cell["source"]) if cell["cell_type"] == "code" else None
        if cell["cell_type"] == "code":
            cell["outputs"] = _plain_verdict(float(marks["points"]), sentence)
        tasks.append(
            {
                "grade_id": marks["grade_id"],
                "task_id": found and found[0],
                "points": float(marks["points"]),
                "score": 0.0 if cell["cell_type"] == "code" else None,
                "status": "student_fault",
                "diagnosis": [],
                "passed": False,
                "message": sentence,
            }
        )
    return _result(notebook, "student_fault", False, sentence, tasks)


def _result(notebook: dict, status: str, readable: bool, message: str, tasks: list[dict]) -> dict:
    """The result; its facts also travel in the notebook's metadata, where the exports and the report find
    them."""
    facts = {"status": status, "readable": readable, "message": message, "tasks": tasks}
    notebook["metadata"]["chainrule"] = facts
    return {**facts, "notebook": notebook}


def grade_notebook(
    submitted: bytes | None,
    source: dict,
    limits=sandbox.Limits(),
    seed: bytes | None = None,
    files: dict[str, bytes] | None = None,
    executor: str = "fork",
) -> dict:
    """Sanitise, execute and judge one submitted notebook; see the module's first lines.

    submitted: the file's bytes, or None where there is no such file; seed: the course's key, or None for
    the public probes alone; files: the data files the notebook may read, by relative path.  Raises
    SandboxError where the sandbox could not do its work.
    """
    if submitted is None:
        return unread(
            source, f"there is no file {source.get('name', 'with the notebook')} in the submission."
        )
    try:
        notebook = sanitise(read_notebook(submitted), source)
    except Unreadable as problem:
        return unread(source, f"{problem}.")
    return judged(notebook, limits, seed, files or {}, executor)


def judged(notebook: dict, limits, seed: bytes | None, files: dict[str, bytes], executor: str) -> dict:
    """The result of a sanitised notebook: what both `chainrule grade` and nbgrader's autograde run."""
    tasks = execute(notebook, limits, seed, files, executor)
    status = "student_fault" if any(task["status"] == "student_fault" for task in tasks) else "graded"
    return _result(notebook, status, True, "", tasks)
