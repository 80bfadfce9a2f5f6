"""Grading: nbgrader's seam, the sandbox, the pool, the pages.  Nothing else in the library imports this room.

`sandbox` runs a stranger's notebook, `pipeline` makes one submission a judged notebook, `desk` takes it over the course's disk,
`pool` does that for a class (by `processes` here or a `cluster` elsewhere, with the results in a `store`) and `record` writes the gradebook; `preprocessor` puts the same pipeline into stock nbgrader; `feedback` and `report` are what people read;
`cli` is the `chainrule` command; `author` builds an assignment from its text.
"""
