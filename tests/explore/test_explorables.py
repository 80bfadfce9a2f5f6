"""Every explorable over its whole control range: well-formed, legible, with the engine's numbers, light."""

import cmath
import json
import math
import re
import subprocess
import sys
from itertools import combinations, product
from pathlib import Path
from xml.etree import ElementTree

import pytest

import chainrule_lib as cr
from chainrule_lib import explore
from chainrule_lib.explore import (
    bowl,
    cross_entropy,
    deep_product,
    difference_step,
    downhill,
    frozen_knob,
    hillside,
    increments,
    jacobian_product,
    linked_dials,
    opened_gradient,
    shape_puzzle,
    softmax_slopes,
    sweep_steps,
    unrolled,
    wiring,
    wrong_gradient,
)
from chainrule_lib.explore.explorable import Choice, Slider
from chainrule_lib.study.drawing import Run, number, width

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(explore.explorables())
SVG = "{http://www.w3.org/2000/svg}"


def places(control, parts):
    """Values over the whole range of a control, from end to end."""
    if isinstance(control, Slider):
        share = [k / parts for k in range(parts + 1)]
        inner = [
            (
                control.min * (control.max / control.min) ** s
                if control.log
                else control.min + (control.max - control.min) * s
            )
            for s in share
        ]
        return [*inner, control.default]
    return [option for option, _ in control.options] if isinstance(control, Choice) else [True, False]


def settings(name):
    controls = explore.explorables()[name].controls
    parts = {1: 8, 2: 4}.get(sum(isinstance(c, Slider) for c in controls), 2)  # of each slider: their product counts
    return [dict(zip([c.name for c in controls], values)) for values in product(*(places(c, parts) for c in controls))]


def words(svg):
    return ["".join(t.itertext()).replace("\u200b", "") for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_explorables_of_the_chapters_are_there():
    names = """
        linked-dials
        two-roads
        increments
        frozen-knob
        wiring
        jacobian-product
        softmax-slopes
        which-end
        sweep-steps
        shape-puzzle
        downhill
        opened-gradient
        cross-entropy
        unrolled
        difference-step
        deep-product
        bowl
        wrong-gradient
    """.split()
    assert list(explore.explorables()) == names
    assert all((ROOT / "book" / f"{e.page}.md").exists() for e in explore.explorables().values())


@pytest.mark.parametrize("name", NAMES)
def test_it_draws_over_its_whole_range_in_both_layouts(name):
    for values in settings(name):
        for wide in (False, True):
            svg = explore.render(name, wide=wide, **values)
            root = ElementTree.fromstring(svg)
            assert root.get("width") == ("720" if wide else "360")
            assert root.find(f"{SVG}title").text and root.find(f"{SVG}desc").text
            assert not re.search(r"nan|inf\b|<script|href|url\(|\bid=", svg.partition("</style>")[2])


def texts(svg):
    """Every text of a narrow picture outside its graph: its words and a generous box (left, top, right, bottom)."""

    def walk(element, dx, dy):
        move = re.fullmatch(r"translate\(([\d.]+) ([\d.]+)\)", element.get("transform", "translate(0 0)"))
        if not move:
            return  # the graph: scaled, and held to its own geometry in tests/study
        dx, dy = dx + float(move[1]), dy + float(move[2])
        if element.tag == f"{SVG}svg" and element.get("x"):
            dx, dy = dx + float(element.get("x")), dy + float(element.get("y"))
        for child in element:
            if child.tag == f"{SVG}text":
                said, size = "".join(child.itertext()).replace("\u200b", ""), float(child.get("font-size"))
                wide = width([Run(said)], size, "sans" if "cr-s" in child.get("class").split() else "serif")
                left = (
                    float(child.get("x"))
                    + dx
                    - wide * {"start": 0, "middle": 0.5, "end": 1}[child.get("text-anchor")]
                )
                base = float(child.get("y")) + dy
                yield said, (left, base - 0.72 * size, left + wide, base + 0.1 * size)
            yield from walk(child, dx, dy)

    yield from walk(ElementTree.fromstring(svg), 0.0, 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_every_text_stays_in_the_picture_and_off_every_other(name):
    for values in settings(name):
        svg = explore.render(name, **values)
        height = float(ElementTree.fromstring(svg).get("height"))
        found = list(texts(svg))
        assert len(found) > 8
        for said, (left, top, right, bottom) in found:
            assert left >= 2 and right <= 358 and top >= 2 and bottom <= height - 2, (values, said, left, right)
        for (said, a), (other, b) in combinations(found, 2):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (values, said, other, a, b)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_values_give_the_same_picture_and_other_values_another(name):
    first, *_, last = settings(name)
    assert explore.render(name, **first) == explore.render(name, **first) != explore.render(name, **last)


@pytest.mark.parametrize("name", NAMES)
def test_its_controls_are_plain_data_with_their_defaults_in_range(name):
    told = json.loads(json.dumps(explore.describe(name)))
    assert told["name"] == name and told["title"] and told["page"]
    for control, row in zip(explore.explorables()[name].controls, told["controls"], strict=True):
        assert row["kind"] in ("slider", "choice", "toggle") and row["label"]
        assert control.read(control.default) == control.default
        if row["kind"] == "slider":
            assert row["min"] < row["max"] and row["step"] > 0
    assert explore.render(name) == explore.render(name, **{c["name"]: c["default"] for c in told["controls"]})


@pytest.mark.parametrize(
    "name, given, says",
    [
        (
            "dials",
            {},
            "asked for the explorable 'dials'; there are linked-dials, two-roads, .*: use one of these names",
        ),
        ("linked-dials", {"q": 1}, "asked linked-dials for 'q'; its controls are pair, t: use one of these names"),
        ("linked-dials", {"t": 9.0}, "asked for t = 9.0; Dial t runs from -2.5 to 2.5: choose a number between"),
        ("linked-dials", {"t": float("nan")}, "asked for t = nan"),
        ("linked-dials", {"t": "2"}, "asked for t = '2'"),
        (
            "linked-dials",
            {"pair": "none"},
            "asked for pair = 'none'; Rules is one of squares, gears, .*: choose one of them",
        ),
        ("two-roads", {"road_x": 1}, "asked for road_x = 1; Road through x is on or off: give True or False"),
    ],
)
def test_what_is_refused_says_what_to_do(name, given, says):
    with pytest.raises(ValueError, match=says):
        explore.render(name, **given)


@pytest.mark.parametrize("pair", linked_dials.PAIRS)
def test_the_dials_show_the_slopes_that_reverse_mode_finds(pair):
    g, f, *_ = linked_dials.PAIRS[pair]
    for t in (-1.7, 0.3, 2.0):
        u = g(t)
        inner, outer, whole = cr.grad(g)(t), cr.grad(f)(u), cr.grad(lambda s: f(g(s)))(t)  # noqa: B023
        assert whole == pytest.approx(inner * outer)
        shown = words(explore.render("linked-dials", pair=pair, t=t))
        assert f"du/dt = {number(inner, 3)}" in shown and f"dz/du = {number(outer, 3)}" in shown
        assert f"slope of f(g(t)): {number(whole, 3)}".replace("^{", "").replace("}", "") in shown


def test_the_dials_open_on_the_page_s_own_example():
    shown = words(explore.render("linked-dials"))
    assert {"t = 2", "u = 5", "z = 25", "du/dt = 4", "dz/du = 10", "= 10 × 4 = 40"} <= set(shown)


@pytest.mark.parametrize("t", [0.0, 0.5, 1.0, 1.45, 2.0])
def test_the_roads_carry_what_the_engine_says_and_a_closed_road_loses_its_share(t):
    r = hillside.rates(t)
    leaf = cr.Var(t, "t")
    x, y = hillside.g(leaf), hillside.h(leaf)
    bar = cr.sweep(hillside.f(x, y))
    via_x, via_y = r["zx"] * r["dx"], r["zy"] * r["dy"]
    assert (r["zx"], r["zy"], r["dz"]) == pytest.approx((bar[x], bar[y], bar[leaf]))
    assert via_x + via_y == pytest.approx(r["dz"])
    shown = words(explore.render("two-roads", t=t))
    assert {f"= {number(r['zx'])}", f"= {number(r['dy'])}", number(via_x), number(via_y), number(r["dz"])} <= set(
        shown
    )
    closed = words(explore.render("two-roads", t=t, road_y=False))
    assert f"but dz/dt = {number(r['dz'])}: {number(via_y)} is lost" in closed and closed.count("closed") == 1


def test_a_closed_road_is_told_by_dots_a_line_and_a_word_not_by_colour_alone():
    svg = explore.render("two-roads", road_x=False).partition("</style>")[2]
    assert svg.count('"cr-edge cr-off"') >= 2 and ">closed<" in svg and '"cr-axis cr-off"' in svg


@pytest.mark.parametrize("dt", [1.0, 0.1, 0.01, 1e-3, 1e-4])
def test_the_increment_is_the_two_shares_and_a_remainder_like_dt_squared(dt):
    c = increments.changes(dt)
    assert c["x"] + c["y"] + c["remainder"] == pytest.approx(c["whole"])
    slope = cr.grad(hillside.height)(increments.T)
    assert c["x"] + c["y"] == pytest.approx(slope * dt)
    curve = cr.grad(cr.grad(hillside.height))(increments.T)
    assert abs(c["remainder"] - curve / 2 * dt * dt) <= 1.3 * dt**3 + 1e-14
    shown = words(explore.render("increments", dt=dt))
    assert number(c["remainder"], 5).replace("^{", "").replace("}", "") in shown


@pytest.mark.parametrize("t", [0.0, 0.5, 1.0, 1.6, 2.0])
def test_a_frozen_knob_leaves_the_slope_of_the_experiment_in_which_it_stands_still(t):
    leaf = cr.Var(t, "t")
    x, y = hillside.g(leaf), hillside.h(leaf)
    bar = cr.sweep(frozen_knob.F(x, y, leaf))
    r = frozen_knob.rates(t)
    assert (r["Fx"], r["Fy"], r["dz"]) == pytest.approx((bar[x], bar[y], bar[leaf]))
    for still in product((False, True), repeat=2):
        freeze = dict(zip(("freeze_x", "freeze_y"), still))
        slope = cr.grad(lambda s: frozen_knob.along(s, t, **freeze))(t)  # noqa: B023
        by_terms = r["Ft"] + r["Fx"] * r["dx"] * (not still[0]) + r["Fy"] * r["dy"] * (not still[1])
        assert slope == pytest.approx(by_terms)
        shown = words(explore.render("frozen-knob", t=t, **freeze))
        assert number(slope) in shown and number(r["Ft"]) in shown
        assert ("total" in shown) is (not any(still)) and ("partial" in shown) is all(still)
        assert shown.count("held still") == sum(still)


def test_the_frozen_knobs_open_on_the_page_s_own_example():
    shown = words(explore.render("frozen-knob"))
    assert {"= 6 × (−1)", "= 1 × 1", "the walk: dz/dt = −1", "on the stone: ∂F/∂t = 4"} <= set(shown)


@pytest.mark.parametrize("x", [(1.0, 2.0), (-1.7, 1.3), (0.0, -2.0)])
def test_the_wiring_shows_the_general_sum_of_the_lit_input(x):
    whole = cr.grad(lambda a, b: wiring.loudness(*wiring.loudspeakers(a, b)), (0, 1))(*x)
    s = wiring.slopes(*x)
    sums = [sum(s["dz_du"][i] * s["du_dx"][i][j] for i in range(wiring.M)) for j in range(wiring.N)]
    assert whole == pytest.approx(sums) and s["dz_dx"] == pytest.approx(sums)
    for j, lit in enumerate(("x_1", "x_2")):
        shown = words(explore.render("wiring", lit=lit, x_1=x[0], x_2=x[1]))
        shares = [number(s["dz_du"][i] * s["du_dx"][i][j]) for i in range(wiring.M)]
        assert {*shares, number(whole[j])} <= set(shown)
        assert shown.count("no wire") == j  # from x_2 none leads to u_1


def test_an_input_that_is_not_lit_is_told_by_dots():
    svg = explore.render("wiring", lit="x_2").partition("</style>")[2]
    assert svg.count('"cr-edge cr-off"') == 4 and svg.count('"cr-edge cr-a"') == 2  # and u_1's wire to z waits too


@pytest.mark.parametrize("x", [(1.0, 2.0), (-1.7, 1.3)])
def test_each_lit_entry_of_the_product_is_the_slope_of_one_listener_in_one_fader(x):
    s = jacobian_product.jacobians(*x)
    for row, column in product((0, 1), repeat=2):
        slope = cr.grad(lambda a, b: jacobian_product.f(jacobian_product.g([a, b]))[row], column)(*x)  # noqa: B023
        shares = [s["f"][row][i] * s["g"][i][column] for i in range(3)]
        assert slope == pytest.approx(sum(shares)) == pytest.approx(s["fg"][row][column])
        shown = words(explore.render("jacobian-product", entry=f"{row + 1}{column + 1}", x_1=x[0], x_2=x[1]))
        assert {number(slope), *map(number, shares)} <= set(shown)


def test_a_larger_entry_has_a_deeper_colour_and_a_negative_one_another():
    svg = explore.render("softmax-slopes").partition("</style>")[2]
    found = re.findall(r'class="cr-([ab]) cr-dot" fill-opacity="([\d.]+)"', svg)
    assert [tone for tone, _ in found] == ["a", "b", "b", "b", "a", "b", "b", "b", "a"]
    depth = [float(d) for _, d in found]
    assert depth[0] < depth[4] < depth[8] and depth[5] == depth[7] > depth[1] > 0  # 7 < 12 < 15, and 10 > 2


@pytest.mark.parametrize("z", [(0.0, 0.7, 1.6), (3.0, -3.0, 0.5)])
def test_the_slopes_of_softmax_add_up_to_nothing_and_are_what_is_shown(z):
    s = softmax_slopes.softmax(list(z))
    slopes = cr.jacobian(softmax_slopes.softmax)(list(z))
    assert sum(s) == pytest.approx(1)
    for j in range(3):
        column = [row[j] for row in slopes]
        assert column == pytest.approx([s[i] * ((i == j) - s[j]) for i in range(3)])
        shown = words(explore.render("softmax-slopes", raised=f"{j + 1}", **dict(zip(("z_1", "z_2", "z_3"), z))))
        assert {number(round(c, 3), 3) for c in column} <= set(shown)


@pytest.mark.parametrize("sizes", [(1000, 500, 100, 1), (1, 7, 40, 900), (6, 6, 6, 6), (3, 50, 2, 9)])
def test_the_work_of_both_orders_is_that_of_the_shapes(sizes):
    n, m_1, m_2, k = sizes
    shapes = {"J_3": (k, m_2), "J_2": (m_2, m_1), "J_1": (m_1, n)}

    def product(a, b):
        assert a[1] == b[0]
        return (a[0], b[1]), a[0] * a[1] * b[1]

    first, one = product(shapes["J_3"], shapes["J_2"])
    _, two = product(first, shapes["J_1"])
    last, three = product(shapes["J_2"], shapes["J_1"])
    _, four = product(shapes["J_3"], last)
    shown = words(explore.render("which-end", **dict(zip(("n", "m_1", "m_2", "k"), map(float, sizes)))))
    assert {f"{count:,}" for count in (one, two, one + two, three, four, three + four)} <= set(shown)
    verdict = "outputs" if one + two < three + four else "inputs" if one + two > three + four else "Both"
    assert sum(verdict in line and ("work" in line or "same" in line) for line in shown) == 1


def test_the_orders_open_on_the_page_s_own_example():
    shown = set(words(explore.render("which-end")))
    assert {"1 × 100", "550,000", "50,100,000", "From the outputs: 91.1 times less work."} <= shown


@pytest.mark.parametrize("name", sweep_steps.GRAPHS)
def test_the_whole_sweep_over_a_graph_finds_the_bars_of_the_engine(name):
    rows = sweep_steps.graph(name)
    made = {}
    for row in rows:  # the same graph, made of nodes that are linear with these slopes
        made[row.name] = sum((slope * made[parent] for parent, slope in row.uses), cr.Var(0.0))
    truth = cr.sweep(made[rows[-1].name])
    for order in ("last", "early"):
        bar, given = sweep_steps.shares(rows, "add", order, 99)
        right = {row.name: truth[made[row.name]] for row in rows}
        assert (bar == pytest.approx(right)) is (order == "last" or name == "walk")  # the walk shares only a leaf
        assert sum(map(len, given.values())) == sum(len(row.uses) for row in rows)


@pytest.mark.parametrize(
    "setting, u, x",
    [
        ({}, 11, 44),
        ({"rule": "set"}, 4, 8),
        ({"order": "early"}, 11, 28),
    ],
)
def test_the_sweep_on_the_terrace_shows_the_numbers_of_the_text(setting, u, x):
    bar, _ = sweep_steps.shares(sweep_steps.graph("terrace"), setting.get("rule", "add"), setting.get("order", "last"), 5)
    assert (bar["u"], bar["x"]) == (u, x)
    shown = words(explore.render("sweep-steps", step=5.0, **setting))
    verdict = "Done, and right: dz/dx = 44." if x == 44 else f"Done, and wrong: dz/dx = 44, not {x}."
    assert verdict in shown
    assert "Some edges are still to be used." in words(explore.render("sweep-steps", **setting))


def test_a_share_that_is_overwritten_is_struck_out():
    struck = [explore.render("sweep-steps", step=5.0, rule=rule).count('"cr-axis cr-fault"') for rule in ("add", "set")]
    assert struck == [0, 2]


@pytest.mark.parametrize("t", [0.5, 1.0, 1.5])
def test_each_case_of_a_wrong_slope_is_the_slip_that_the_answer_names(t):
    leaf = cr.Var(t, "t")
    z = hillside.f(hillside.g(leaf), hillside.h(leaf))
    roads = [path.product for path in cr.paths(z, leaf)]  # three, for h uses t twice
    via_x, via_y = sum(p for p in roads if p > 0), sum(p for p in roads if p < 0)  # x climbs, y descends on this walk
    said = {"A": via_x, "B": 2 * via_x + via_y, "C": 2 * (via_x + via_y), "D": via_x * via_y, "F": via_x - via_y}
    for case, slope in said.items():
        assert wrong_gradient.handed(case, t) == pytest.approx(slope)
        name = wrong_gradient.CASES[case][1]
        hidden, shown = (words(explore.render("wrong-gradient", case=case, t=t, reveal=r)) for r in (False, True))
        assert name in shown and name not in hidden and number(slope) in hidden


@pytest.mark.parametrize("wanted, right", [("dX", "GWT"), ("dW", "XTG"), ("db", "down")])
def test_of_all_the_formulas_of_the_puzzle_one_is_the_gradient_whatever_the_sizes(wanted, right):
    for n, d, h in [*shape_puzzle.SIZES.values(), (2, 5, 3), (5, 5, 2), (2, 2, 2)]:
        fits = {key: shape_puzzle.verdict(wanted, key, n, d, h) for key in shape_puzzle.FORMULAS}
        assert [key for key, said in fits.items() if said["numbers"]] == [right]
        assert not fits[right]["luck"]


def test_with_three_different_sizes_only_the_right_product_fits_and_with_equal_ones_others_do_too():
    for wanted, alone in (("dX", {"GWT"}), ("dW", {"XTG"}), ("db", {"down"})):
        fits = lambda *sizes: {k for k in shape_puzzle.FORMULAS if shape_puzzle.verdict(wanted, k, *sizes)["shape"]}  # noqa: E731, B023
        assert fits(4, 2, 3) == alone and fits(3, 3, 3) > alone


def test_the_puzzle_says_which_lengths_are_equal_by_luck():
    assert "yes: both are N" in words(explore.render("shape-puzzle"))
    shown = words(explore.render("shape-puzzle", formula="GTX", sizes="433"))
    assert {"yes: both are N", "yes: 3 × 3", "no: it fits by luck, D = H"} <= set(shown)
    assert {"no: D = 2, N = 4", "there is no result"} <= set(words(explore.render("shape-puzzle", formula="XG")))
    assert "no: 4, not 3" in words(explore.render("shape-puzzle", wanted="db", formula="along"))


@pytest.mark.parametrize("lr", [0.001, 0.01, 0.03, 0.05])
def test_each_step_goes_against_the_slopes_and_says_what_it_brought(lr):
    found = downhill.descend(lr, 20)
    for (w, b, here, g), (w2, b2, *_) in zip(found, found[1:]):
        assert here == pytest.approx(downhill.loss(w, b))
        slopes = [downhill.loss(w + 1e-30j, b).imag / 1e-30, downhill.loss(w, b + 1e-30j).imag / 1e-30]
        assert list(g) == pytest.approx(slopes) and [w2, b2] == pytest.approx([w - lr * g[0], b - lr * g[1]])
    shown = words(explore.render("downhill", lr=lr, steps=20.0))
    ends = {0.001: "Every step goes down.", 0.01: "Every step goes down.", 0.03: "Every step goes down."}
    assert ends.get(lr, "The steps are too long: they leave the valley.") in shown
    assert f"L = {number(found[-1][2], 3)}".replace("^{", "").replace("}", "") in shown


def test_the_valley_opens_on_the_page_s_own_numbers():
    shown = words(explore.render("downhill"))
    assert {"after 20 steps", "L = 0.0365", "w = 0.628,  b = 0.221"} <= set(shown)
    assert {"L = 1.69", "13.5,  1.5"} <= set(words(explore.render("downhill", steps=0.0)))


def test_a_contour_passes_where_the_loss_has_its_level():
    found = []

    def at(i, j):
        found.append((0.2 + 1.2 * i / downhill.CELLS, -0.5 + 1.4 * j / downhill.CELLS))
        return found[-1]

    values = [
        [downhill.loss(0.2 + 1.2 * i / downhill.CELLS, -0.5 + 1.4 * j / downhill.CELLS) for j in range(downhill.CELLS + 1)]
        for i in range(downhill.CELLS + 1)
    ]
    assert downhill.contour(1.0, values, at).count("M") == len(found) / 2 > 20
    assert all(downhill.loss(*place) == pytest.approx(1.0, abs=0.1) for place in found)


@pytest.mark.parametrize("phi", ["relu", "tanh"])
def test_the_roads_of_every_parameter_add_up_to_the_slope_that_complex_step_finds(phi):
    rule = {"relu": lambda z: z if z.real > 0 else 0, "tanh": lambda z: cmath.tanh(z)}[phi]
    net = opened_gradient

    def loss(name, place):
        def bump(key, where, value):
            return value + 1e-30j * (key == name and where == place)

        total = 0
        for x, y in zip(net.X, net.Y):
            a = [
                rule(sum(x[d] * bump("W1", (d, h), net.W1[d][h]) for d in range(2)) + bump("b1", (h,), net.B1[h]))
                for h in range(3)
            ]
            for k in range(2):
                out = sum(a[h] * bump("W2", (h, k), net.W2[h][k]) for h in range(3)) + bump("b2", (k,), net.B2[k])
                total += (out - y[k]) ** 2 / 4
        return total

    state = net.run(phi)
    for name, place in net.entries():
        found = net.roads(state, phi, name, place)
        assert len(found) == (8 if name in ("W1", "b1") else 4)
        shares = [net.product(factors) for _, _, factors in found]
        assert sum(shares) == pytest.approx(loss(name, place).imag / 1e-30, abs=1e-12)
        weight = f"{name}_{''.join(str(k + 1) for k in place)}"
        shown = words(explore.render("opened-gradient", weight=weight, phi=phi))
        assert {number(round(share, 3), 4) for share in shares} <= set(shown)


def test_the_opened_gradient_shows_the_page_s_own_example_and_a_shut_road_in_words():
    shown = words(explore.render("opened-gradient"))
    assert shown.count("shut") == 1 and {"1, 1", "8", "4", "16"} <= set(shown)
    assert "Raised, it makes the loss larger: it must go down." in shown
    assert "Its roads cancel: for now it stays where it is." in words(explore.render("opened-gradient", weight="W2_11"))
    assert "shut" not in words(explore.render("opened-gradient", phi="tanh"))


@pytest.mark.parametrize("scores", [(0.0, 0.7, 1.6), (4.0, -4.0, 0.5), (-1.0, -1.0, -1.0)])
@pytest.mark.parametrize("label", [0, 1, 2])
def test_the_cross_entropy_tells_each_score_its_probability_minus_the_truth(scores, label):
    p = softmax_slopes.softmax(list(scores))
    told = cross_entropy.slopes("cross-entropy", list(scores), label)
    assert told == pytest.approx([one - (j == label) for j, one in enumerate(p)])
    for loss, (_, f) in cross_entropy.LOSSES.items():
        told = cross_entropy.slopes(loss, list(scores), label)
        assert told == pytest.approx(list(cr.grad(lambda *s: f(list(s), label), (0, 1, 2))(*scores)))  # noqa: B023
        assert sum(told) == pytest.approx(0, abs=1e-12)
        given = dict(zip(("S_1", "S_2", "S_3"), scores), label=f"{label + 1}", loss=loss)
        shown = words(explore.render("cross-entropy", **given))
        assert {number(round(g, 4), 3) for g in told} <= set(shown)
        assert f"∂L/∂S_{label + 1} = {number(round(told[label], 4), 3)}".replace("_", "") in shown


def test_a_net_that_is_sure_and_wrong_hears_the_cross_entropy_and_hardly_the_squared_error():
    loud, quiet = (cross_entropy.slopes(loss, [4.0, -4.0, 0.0], 1)[1] for loss in cross_entropy.LOSSES)
    assert loud < -0.99 and -0.002 < quiet < 0


def test_an_arrow_of_the_cross_entropy_ends_at_the_truth():
    drawn = explore.render("cross-entropy").partition("</style>")[2]
    tips = [float(x) for x in re.findall(r'class="cr-head cr-c" d="M([\d.]+) ', drawn)]
    truth = [float(x) for x in re.findall(r'class="cr-needle" d="M([\d.]+) ', drawn)]
    assert tips == pytest.approx(truth, abs=0.11) and len(set(truth)) == 2


@pytest.mark.parametrize("w, v", [(3.0, 0.5), (-1.2, 1.5), (0.4, -0.9)])
def test_the_uses_of_a_shared_weight_add_up_to_its_slope(w, v):
    s = unrolled.shares(w, v)
    h = s["h"]
    assert h[0] == unrolled.START and h[1:] == pytest.approx([w * x + v * b for x, b in zip(unrolled.X, h)])
    slopes = cr.grad(lambda w, v: unrolled.loss(unrolled.states([w] * 3, [v] * 3)), (0, 1))(w, v)
    for weight, slope, fed in zip("wv", slopes, (unrolled.X, h)):
        assert slope == pytest.approx(sum(s["uses"][weight])) == pytest.approx(s["whole"][weight])
        assert s["uses"][weight] == pytest.approx([a * d for a, d in zip(fed, s["delta"])])
        for count in (1, 2, 3):
            shown = words(explore.render("unrolled", weight=weight, uses=f"{count}", w=w, v=v))
            assert number(sum(s["uses"][weight][3 - count :])) in shown and number(slope) in shown
            assert shown.count("not counted") == 3 - count and f"uses counted: {count} of 3" in shown


def test_the_unrolled_net_opens_on_the_page_s_own_example():
    assert {"= 8 × 4", "= 4 × 1", "= 2 × 1.5", "32", "3", "39"} <= set(words(explore.render("unrolled")))


def test_a_use_that_is_not_counted_is_told_by_dots():
    svg = explore.render("unrolled", uses="1").partition("</style>")[2]
    assert svg.count('"cr-edge cr-off"') == 5 and svg.count('"cr-edge cr-b"') == 1  # two of v, and all three of w


@pytest.mark.parametrize("function", difference_step.FUNCTIONS)
@pytest.mark.parametrize("recipe", difference_step.RECIPES)
def test_the_error_of_a_quotient_is_its_truncation_where_the_step_is_large(function, recipe):
    f = difference_step.FUNCTIONS[function][1]
    exact = cr.grad(f)(difference_step.X)
    for h in (1e-2, 1e-3):
        error = abs(difference_step.slope(f, recipe, h) - exact)
        assert error == pytest.approx(difference_step.truncation(f, recipe, h), rel=0.02)
        assert f"{number(error, 2)}".replace("^{", "").replace("}", "") in words(
            explore.render("difference-step", function=function, recipe=recipe, h=h)
        )


@pytest.mark.parametrize("function", difference_step.FUNCTIONS)
def test_below_the_best_step_rounding_ruins_a_difference_and_not_the_complex_step(function):
    f = difference_step.FUNCTIONS[function][1]
    exact = cr.grad(f)(difference_step.X)
    for recipe in ("central", "forward"):
        ruined = [abs(difference_step.slope(f, recipe, 10 ** (-11 - k / 9)) - exact) for k in range(9)]
        assert 1e-7 < max(ruined) < 6 * difference_step.rounding(f, recipe, 1e-12)
    assert abs(difference_step.slope(f, "complex", 1e-12) - exact) <= 4e-16 * max(1, abs(exact))


def test_the_digits_that_two_values_share_are_grey_and_the_others_not():
    shown = explore.render("difference-step", h=1e-9).partition("</style>")[2]
    grey = re.findall(r'class="cr-m cr-off"[^>]*>([\d.]+)<', shown)
    lit = re.findall(r'class="cr-m cr-a cr-strong"[^>]*>([\d.]+)<', shown)
    assert grey == ["0.84147098"] * 2 and len(set(lit)) == 2


def plain(shown):
    return shown.replace("^{", "").replace("}", "")


@pytest.mark.parametrize("depth, slope", [(20, 0.1), (1, 0.05), (50, 1.5), (7, 1.0)])
def test_the_deep_product_shows_what_a_chain_of_that_depth_really_leaves(depth, slope):
    def chain(shortcut):
        def f(x):
            for _ in range(depth):
                x = x + slope * x if shortcut else slope * x
            return x

        return cr.grad(f)(1.0)

    lengths = deep_product.roads(depth, slope)
    assert sum(share for _, share in lengths) == pytest.approx(chain(True))
    start = x = cr.Var(1.0)
    for _ in range(depth):
        x = x + slope * x
    assert sum(count for count, _ in lengths) == cr.count_paths(x, start) == 2**depth
    shown = words(explore.render("deep-product", depth=depth, slope=slope))
    assert plain(f"{number(slope, 3)}{depth} = {number(chain(False), 3)}") in shown
    assert plain(f"{number(1 + slope, 3)}{depth} = {number(chain(True), 3)}") in shown
    heaviest = max(lengths, key=lambda length: length[1])
    assert plain(number(heaviest[1], 3)) in shown and plain(number(heaviest[0], 3)) in shown


def test_the_deep_product_opens_on_the_page_s_own_example():
    shown = words(explore.render("deep-product"))
    assert {"0.120 = 1×10−20", "1.120 = 6.73", "190", "1.9", "1.14"} <= set(shown)


@pytest.mark.parametrize("surface", bowl.SURFACES)
@pytest.mark.parametrize("w, angle", [((1.0, 2.0), -45.0), ((-1.7, 0.3), 100.0)])
def test_the_bowl_shows_the_slope_and_the_curvature_that_quotients_find(surface, w, angle):
    v = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    s, h = bowl.local(surface, w, v), 1e-3
    low, here, high = (bowl.SURFACES[surface].L(w[0] + e * v[0], w[1] + e * v[1]) for e in (-h, 0.0, h))
    assert s["slope"] == pytest.approx((high - low) / (2 * h), rel=1e-4, abs=1e-4)
    assert s["curvature"] == pytest.approx((high - 2 * here + low) / h**2, rel=1e-4, abs=1e-4)
    assert s["Hv"] == pytest.approx([sum(a * b for a, b in zip(row, v)) for row in s["H"]])
    shown = words(explore.render("bowl", surface=surface, w_1=w[0], w_2=w[1], angle=angle))
    assert {number(s["slope"], 3), number(s["curvature"], 3)} <= set(shown)


def test_a_contour_stays_on_its_level():
    net, bowled = bowl.SURFACES["net"], bowl.SURFACES["bowl"]
    for f, level in ((net.floor, 0.0), (bowled.L, 9.0)):
        pieces = bowl.contour(f, level)
        assert len(pieces) > 20
        assert all(f(*end) == pytest.approx(level, abs=0.1) for piece in pieces for end in piece)


def test_a_figure_holds_both_layouts_and_lets_the_browser_choose_without_script():
    html = explore.figure("two-roads", t=0.5)
    bodies = [explore.render("two-roads", t=0.5, wide=wide).partition("</style>")[2] for wide in (False, True)]
    assert [html.count(body) for body in bodies] == [1, 1]
    assert "@container" in html and "<script" not in html
    assert html.index("<svg") < html.index("<style>")  # no <style> outside a picture, where HTML forbids it


def test_explore_loads_no_numpy_and_no_notebook_library():
    code = (
        "import sys; from chainrule_lib import explore; [explore.figure(n) for n in explore.explorables()];"
        "print({'numpy', 'ipywidgets', 'IPython', 'matplotlib'} & set(sys.modules))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert out.strip() == "set()"
