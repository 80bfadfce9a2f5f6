"""Copied code is found under other names and in another order, and honest classes are left in peace."""

import functools
import json
import random
import runpy
from pathlib import Path

import pytest

from chainrule_lib.grading import similar as room
from chainrule_lib.grading.similar import clusters, own, pieces, similar
from small_course import submitted

read = runpy.run_path(str(Path(__file__).parents[1] / "judge" / "variants" / "variants.py"))["read"]
FUNCTIONS = ("dz_dt", "two_path", "total_derivative", "polar")
WRITTEN = {name: [variant.source for variant in read(f"a2.{name}")] for name in FUNCTIONS}

ORIGINAL = """
def dz_dt(t):
    arg = 2.0 * t
    inner = (math.cos(arg), t ** 2 + t)
    slopes = [-2.0 * math.sin(arg), 1.0 + 2.0 * t]
    road = 2.0 * inner[0] * inner[1], inner[0] ** 2 + math.cos(inner[1])
    return sum(u * v for u, v in zip(road, slopes))

def two_path(fx, fy, g, dg, h, dh, t):
    points = list(map(lambda k: k(t), (g, h)))
    weights = dict(one=fx(*points), two=fy(*points))
    return weights["one"] * dg(t) + weights["two"] * dh(t)

def total_derivative(fx, fy, fz, y, z, dy, dz, x):
    spot = (x, y(x), z(x))
    return sum([fx(*spot), fy(*spot) * dy(x), fz(*spot) * dz(x)])

def polar(f, fx, fy, r, th):
    turn = complex(math.cos(th), math.sin(th))
    where = r * turn
    slope = complex(fx(where.real, where.imag), fy(where.real, where.imag))
    both = slope.conjugate() * turn
    return both.real, -r * both.imag
"""
COPY = '''
def polar(f, fx, fy, rr, angle):
    """My own idea."""
    e = complex(math.cos(angle), math.sin(angle))
    p = e * rr
    grad = complex(fx(p.real, p.imag), fy(p.real, p.imag))
    w = e * grad.conjugate()
    first = w.real
    return first, -rr * w.imag

def two_path(fx, fy, g, dg, h, dh, time):
    pt = list(map(lambda func: func(time), (g, h)))
    w = dict(one=fx(*pt), two=fy(*pt))  # both
    answer = dh(time) * w["two"] + w["one"] * dg(time)
    return answer

def dz_dt(time):
    a = time * 2.0
    s = [-2.0 * math.sin(a), 2.0 * time + 1.0]
    pair = (math.cos(a), time + time ** 2)
    ways = pair[0] * pair[1] * 2.0, math.cos(pair[1]) + pair[0] ** 2
    total = sum(p * q for p, q in zip(ways, s))
    return total

def total_derivative(fx, fy, fz, y, z, dy, dz, x):
    q = (x, y(x), z(x))
    s = sum([fx(*q), dy(x) * fy(*q), fz(*q) * dz(x)])
    return s
'''


@functools.cache
def cell_pieces(text):
    return own(pieces([text]), set(FUNCTIONS), set())


def prepared(texts):
    """Each student's pieces; a cell here holds whole functions, so what many students wrote is read once."""
    return {
        student: {unit: held for text in cells for unit, held in cell_pieces(text).items()}
        for student, cells in texts.items()
    }


def honest(n, seed, skew=1.0):
    """A class in which each student writes each function alone, in one of some fifty labelled ways."""
    rng = random.Random(seed)
    weights = {name: [1 / (i + 1) ** skew for i in range(len(ways))] for name, ways in WRITTEN.items()}
    return {f"s{i:04}": [rng.choices(WRITTEN[name], weights[name])[0] for name in FUNCTIONS] for i in range(n)}


@pytest.mark.parametrize("n", [10, 30, 100, 300])
@pytest.mark.parametrize("skew", [0.0, 1.0])
def test_in_an_honest_class_nobody_is_told(n, skew):
    assert [clusters(prepared(honest(n, seed, skew))) for seed in range(3)] == [[], [], []]


@pytest.mark.parametrize("n", [30, 100, 300, 1000])
def test_a_copy_with_other_names_order_and_comments_is_told(n):
    texts = honest(n, 5) | {"s0002": [ORIGINAL], "s0007": [COPY]}
    (found,) = clusters(prepared(texts))
    assert found.students == ["s0002", "s0007"] and found.where == sorted(FUNCTIONS)
    assert found.share > 0.8 and found.holders == 2 and found.expected < room.EXPECTED


def test_a_solution_that_went_round_a_large_class_is_one_group():
    texts = honest(2000, 5)
    ring = [f"s{i:04}" for i in range(100, 160)]
    texts |= {name: [ORIGINAL if i % 2 else COPY] for i, name in enumerate(ring)}
    assert [found.students for found in clusters(prepared(texts))] == [ring]


def test_one_function_alike_is_not_enough():
    texts = honest(100, 5)
    alone = ORIGINAL[: ORIGINAL.index("def two_path")]
    for name in ("s0002", "s0007"):
        texts[name] = [alone, *texts[name][1:]]
    assert clusters(prepared(texts)) == []


def test_a_class_too_small_to_tell_rare_from_common_tells_nobody():
    texts = honest(6, 5) | {"s0002": [ORIGINAL], "s0004": [COPY]}
    assert clusters(prepared(texts)) == [] and clusters({}) == []


def test_what_the_reference_says_too_accuses_nobody():
    given = {piece for held in pieces([ORIGINAL]).values() for piece in held}
    texts = honest(100, 5) | {"s0002": [ORIGINAL], "s0007": [COPY]}
    every = {name: own(pieces(cells), set(FUNCTIONS), given) for name, cells in texts.items()}
    assert clusters({name: units for name, units in every.items() if units}) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(t):\n    return 3 * t + math.cos(t) * 2", "def f(u):\n    # so\n    return 2.0 * math.cos(u) + u * 3"),
        ("def f(t):\n    a = t * t + 3 * t\n    return a", "def f(t):\n    return 3 * t + t * t"),
        ("def f(t):\n    return t * t + 3 * t", "f = lambda z: 3 * z + z * z"),
        ("def f(t):\n    a = t**2 + 1 - t\n    b = t**3 - 2*t\n    return a", "def f(s):\n    c = s**3 - 2*s\n    d = s**2 + 1 - s\n    return d"),
        ("def f(t):\n    return t**3 + 1 - t, t**2 - 2*t", "def f(t):\n    return [t**3 + 1 - t, t**2 - 2*t]"),
    ],
)
def test_names_order_comments_and_temporaries_change_no_piece(one, other):
    a, b = pieces([one])["f"], pieces([other])["f"]
    assert a and a == b


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(t):\n    return 3 * t + math.cos(t) - 2", "def f(t):\n    return 3 * t + math.sin(t) - 2"),
        ("def f(t):\n    return 3 * t + math.cos(t) - 2", "def f(t):\n    return 4 * t + math.cos(t) - 2"),
        ("def f(s, t):\n    return s ** 3 - t ** 2", "def f(s, t):\n    return t ** 3 - s ** 2"),
        ("def f(t):\n    return t - (1 + math.cos(t))", "def f(t):\n    return (1 + math.cos(t)) - t"),
    ],
)
def test_what_a_formula_says_is_in_its_piece(one, other):
    assert not pieces([one])["f"].keys() & pieces([other])["f"].keys()


def test_texts_made_to_break_the_reader_are_no_pieces():
    for text in ("(" * 5000, "x = " + "-" * 50_000 + "1", "def f(:", "a\0b", "x" * 200_000, "é = '\ud800' + g(h(1), 2, 3)", "f = 1\n" * 9):
        assert clusters({f"s{i}": own(pieces([text, ORIGINAL]), set(FUNCTIONS), set()) for i in range(4)}) == []


def test_the_pairs_that_are_compared_grow_with_the_class_and_not_with_its_square(monkeypatch):
    compared = []

    def likeness(*pair):
        compared.append(pair)
        return 0.0, [], 0, 1

    monkeypatch.setattr(room, "_likeness", likeness)
    for n in (200, 400):
        compared.clear()
        clusters(prepared(honest(n, 1) | {f"t{i:04}": [ORIGINAL] for i in range(n)}))
        assert 0 < len(compared) <= room.CLOSEST * 2 * n


LONG = """
def newton(goal, start, steps=20):
    here, best = float(start), None
    for count in range(int(steps)):
        value = here ** 3 - 2.5 * here + math.exp(-here) - goal
        slope = 3 * here ** 2 - 2.5 - math.exp(-here)
        if abs(slope) < 1e-9 or abs(value) < 1e-12:
            best = here if best is None else min(best, here, key=lambda k: abs(k - start))
        here = here - value / (slope if slope != 0 else 1e-9)
    table = [(round(goal * k / 7.0, 3), math.tanh(goal - k)) for k in range(1, 8)]
    return best or here, sum(a * b for a, b in table) / max(len(table), 1)
"""


def test_a_course_is_read_from_what_was_graded_without_the_given_cells(course):
    ways = {name: WRITTEN[name] for name in ("dz_dt", "polar")}
    rng = random.Random(3)
    students = [f"s{i:02}" for i in range(30)]
    for student in students:
        content = submitted(**{name: rng.choice(texts) for name, texts in ways.items()})
        if student in ("s04", "s19"):
            text = LONG if student == "s04" else LONG.replace("here", "z").replace("value", "v").replace("table", "rows")
            content = submitted(dz_dt=ORIGINAL[: ORIGINAL.index("def two_path")], polar=ORIGINAL[ORIGINAL.index("def polar") :], extra=[text])
        folder = course / "autograded" / student / "a2"
        folder.mkdir(parents=True)
        (folder / "a2.ipynb").write_text(json.dumps(content))
    from chainrule_lib.grading.course import Course

    (found,) = similar(Course(course), "a2", [*students, "not graded"])
    assert found.students == ["s04", "s19"] and found.where == ["dz_dt", "other code", "polar"]


def test_the_page_words_it_with_care_and_escapes_the_ids():
    from chainrule_lib.grading.report import report_html

    facts = {
        "assignment": "a2",
        "students": 40,
        "totals": {},
        "max_score": 0,
        "tasks": [],
        "slips": [],
        "honest_ties": 0,
        "unnamed": 0,
        "faults": [{"student_id": f"f{i}", "task_id": "a2.x", "status": "student_fault", "message": "m"} for i in range(450)],
        "balance": {},
        "similar": [
            {"students": [f"s{i:02}" for i in range(19)] + ["<b>"], "where": ["polar"], "share": 0.87, "holders": 2, "expected": 2e-5}
        ],
    }
    page = report_html(facts)
    assert "Worth a look, no proof." in page and "s11 and 8 more" in page and "87&nbsp;%" in page
    assert "2 of 40" in page and "fewer than 1 in 10,000" in page and "And 250 more lines" in page
    page = report_html(facts | {"similar": [facts["similar"][0] | {"students": ["<b>", "x"]}]})
    assert "&lt;b&gt;, x" in page and "<b>" not in page
