"""The seam to nbgrader: what puts our pipeline into stock `nbgrader autograde` and our pages into its feedback.

`nbgrader_config.py` names them in `c.Autograde.sanitize_preprocessors` and
`c.Autograde.autograde_preprocessors`; nbgrader itself stays as it is.  A sandbox that cannot start fails
the submission loudly; nbgrader then records no grade for it.
"""

from __future__ import annotations

import json
import os

import nbformat
from nbconvert.exporters import Exporter, HTMLExporter
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor
from traitlets import Dict, Enum

from . import feedback, pipeline, sandbox
from .course import Course, source_notebook
from .keys import course_key


def _course(resources) -> Course:
    """The course that nbgrader works in: its converter has made the course's root the current folder."""
    return Course(os.getcwd(), resources["nbgrader"]["db_url"])


class FeedbackExporter(HTMLExporter):
    """Our feedback page as an exporter of nbconvert's, for nbgrader's own `generate_feedback`."""

    def from_notebook_node(self, nb, resources=None, **more):
        nb, resources = Exporter.from_notebook_node(self, nb, resources, **more)
        return feedback.page(nb, resources["nbgrader"]), resources


class Sanitise(NbGraderPreprocessor):
    """Give every instructor's cell back its text, points and place; keep of the submission only the
    student's text."""

    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        course = _course(resources)
        with course.gradebook() as gradebook:
            notebook = gradebook.find_notebook(names["notebook"], names["assignment"])
            source = source_notebook(notebook, course.released(names["assignment"], names["notebook"]))
        content = pipeline.tidy(sandbox.plain_json(json.dumps(nb).encode()))
        return nbformat.from_dict(pipeline.sanitise(content, source)), resources


class JudgeExecute(NbGraderPreprocessor):
    """Execute in the sandbox, judge outside, write each check cell's verdict and score; replaces nbgrader's
    Execute."""

    executor = Enum(
        [None, *sandbox.EXECUTORS],
        None,
        allow_none=True,
        help="which sandbox: the first that starts here, or the one named; 'none' is for notebooks of your own only",
    ).tag(config=True)
    limits = Dict({}, help="limits that differ from the default:\n" + sandbox.Limits.describe()).tag(
        config=True
    )

    def preprocess(self, nb, resources):
        course = _course(resources)
        if self.executor == "none":
            self.log.warning("NO SANDBOX: this notebook runs with your rights on this machine.")
        with course.gradebook() as gradebook:
            seed = course_key(course.root, has_grades(gradebook))
        content = json.loads(json.dumps(nb))
        pipeline.judged(
            content,
            sandbox.Limits(**self.limits),
            seed,
            course.files(resources["nbgrader"]["assignment"]),
            sandbox.choose(self.executor),
        )
        nb.metadata.chainrule = nbformat.from_dict(content["metadata"]["chainrule"])
        for cell, judged in zip(nb.cells, content["cells"], strict=True):
            if cell.cell_type == "code":
                cell.outputs = nbformat.from_dict(judged["outputs"])
                cell.execution_count = judged["execution_count"]
        return nb, resources


class GetGradesAndWaits(GetGrades):
    """nbgrader's GetGrades, which also notes the cells that still need a person."""

    def _get_score(self, cell, resources):
        super()._get_score(cell, resources)
        grade = self.gradebook.find_grade(
            cell.metadata.nbgrader["grade_id"], self.notebook_id, self.assignment_id, self.student_id
        )
        cell.metadata.nbgrader["marked"] = grade.manual_score is not None
        cell.metadata.nbgrader["waits"] = grade.manual_score is None and grade.auto_score is None


def has_grades(gradebook) -> bool:
    """Whether anybody earned a point in this gradebook: then the key that asked them must still exist."""
    from nbgrader.api import Grade

    return gradebook.db.query(Grade.id).filter(Grade.auto_score > 0).first() is not None
