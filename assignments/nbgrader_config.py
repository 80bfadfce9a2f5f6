"""nbgrader's settings for this course: stock nbgrader, with our sandbox and judge in place of its own execution."""

from chainrule_lib.grading import preprocessor

c = get_config()  # noqa: F821  nbgrader defines it

c.CourseDirectory.course_id = "chain-rule"

# A stub does nothing, so a notebook as released runs from top to bottom.
c.ClearSolutions.code_stub = {"python": "# your code here"}

# Restore the instructor's cells, then (in the second list) execute in the sandbox and judge outside it.
c.Autograde.sanitize_preprocessors = [
    preprocessor.Sanitise,
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    preprocessor.JudgeExecute,
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Feedback pages: cleaned, no script, no outside request.
c.GenerateFeedback.preprocessors = [preprocessor.GetGradesAndWaits]
c.GenerateFeedback.exporter_class = preprocessor.FeedbackExporter
