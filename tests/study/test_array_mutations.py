"""Mutations of the reverse sweep on arrays: the sweep is right, and each slip has the value its sentence says."""

import chainrule_lib as cr
import chainrule_lib.numpy as cnp
import numpy as np
import pytest
from chainrule_lib.study.array_mutations import Recording, compatible, slips, together

RNG = np.random.default_rng(3)
J1, J2, V = RNG.normal(size=(4, 4)), RNG.normal(size=(4, 4)), RNG.normal(size=4)
X, W1, W2, G = (
    RNG.normal(size=(5, 3)),
    RNG.normal(size=(3, 3)),
    RNG.normal(size=(3, 2)),
    RNG.normal(size=(5, 2)),
)


def named(name, node):
    node.name = name
    return node


def chain():
    x = cr.Var(np.full(4, 0.5), "x")
    u = named("u", J1 @ x)
    return named("z", V @ named("w", J2 @ u))


def network():
    x, w, b = cr.Var(X, "X"), cr.Var(W1, "W"), cr.Var(np.zeros(3), "b")
    a = named("A", cnp.tanh(named("Z", x @ w + b)))
    return named("L", (a @ W2 * G).sum())


CHAIN, NETWORK = Recording(chain()), Recording(network(), constants={"G": G, "W2": W2})
A = np.tanh(X @ W1)
D = (G @ W2.T) * (1 - A * A)


def values(recording, kind, leaf, site=""):
    found = []
    for slip in slips(recording):
        if slip.kind == kind and site in slip.site:
            try:
                found.append(recording.sweep(slip)[leaf])
            except (ValueError, KeyError, IndexError):
                continue
    return found


def has(recording, kind, leaf, expected, site=""):
    return any(
        np.shape(v) == np.shape(expected) and np.allclose(v, expected)
        for v in values(recording, kind, leaf, site)
    )


@pytest.mark.parametrize("recording, output", [(CHAIN, chain), (NETWORK, network)])
def test_the_plain_sweep_is_what_the_engine_derives(recording, output):
    z = output()
    right = {node.name: value for node, value in cr.sweep(z).items()}
    found = recording.sweep()
    assert set(found) == set(recording.leaves)
    for name, value in found.items():
        assert np.allclose(value, right[name])


def test_a_jacobian_is_a_sweep_with_a_basis_for_its_seed():
    z = cr.Var(np.array([0.3, -1.0, 0.8]), "z")
    e = named("e", cnp.exp(z))
    recording = Recording(named("s", e / e.sum()), np.eye(3))
    s = np.exp(z.value) / np.exp(z.value).sum()
    assert np.allclose(recording.sweep()["z"], np.diag(s) - np.outer(s, s))
    assert has(recording, "path dropped", "z", np.diag(s))
    assert has(recording, "path dropped", "z", -np.outer(s, s))
    assert has(recording, "diagonal", "z", np.diag(s * (1 - s)))


@pytest.mark.parametrize(
    "kind, site, expected",
    [
        ("transposed factor", "transpose in the step from x to u", V @ J2 @ J1.T),
        ("transposed factor", "at every step", V @ J2.T @ J1.T),
        ("order", "another order", V @ J1 @ J2),
        ("cut short", "after 2 of 3", V @ J2),
        ("step left out", "from x to u", V @ J2),
        ("step left out", "from u to w", V @ J1),
        ("upstream left out", "", (V @ J2 * 0 + 1) @ J1),
        ("entries", "only the diagonal", (V @ J2) * np.diag(J1)),
        ("entries", "only the diagonal is used, at every step", V * np.diag(J2) * np.diag(J1)),
        ("wrong axis", "other index", ((V @ J2)[:, None] * J1).sum(1)),
        ("batch scale", "mean stands for the sum in the step from x", V @ J2 @ J1 / 4),
        ("product of sums", "from x to u", (V @ J2).sum() * J1.sum(0)),
        ("multiplied", "from x to u", ((V @ J2)[:, None] * J1).prod(0)),
        ("overwritten", "from x to u", (V @ J2)[-1] * J1[-1]),
        ("path dropped", "the first term is missing in the step from x", (V @ J2)[1:] @ J1[1:]),
        ("path twice", "the last term", V @ J2 @ J1 + (V @ J2)[-1] * J1[-1]),
        ("swapped", "order reversed", (V @ J2)[::-1] @ J1),
        ("another slope", "to u stands for all", V @ J1 @ J1),
        ("slope twice", "applied twice in the step from x", V @ J2 @ J1 @ J1),
        ("sign", "the whole", -V @ J2 @ J1),
        ("factor", "doubled", 2 * V @ J2 @ J1),
        ("batch scale", "divided by the length of axis 0 of x", V @ J2 @ J1 / 4),
    ],
)
def test_a_slip_along_a_chain_has_the_value_its_sentence_says(kind, site, expected):
    assert has(CHAIN, kind, "x", expected, site)


@pytest.mark.parametrize(
    "kind, leaf, expected",
    [
        ("activation left out", "W", X.T @ (G @ W2.T)),
        ("activation elsewhere", "W", X.T @ ((G @ W2.T) * (1 - (X @ W1) ** 2))),
        ("activation elsewhere", "W", X.T @ ((G @ W2.T) * (1 - np.tanh(A) ** 2))),
        ("slope twice", "W", X.T @ ((G @ W2.T) * (1 - A * A) ** 2)),
        ("transposed factor", "X", D @ W1),
        ("order", "W", D @ X.T),
        ("upstream left out", "W", X.T @ np.ones_like(D)),
        ("result transposed", "W", (X.T @ D).T),
        ("batch scale", "W", X.T @ D / 5),
        ("truncated", "W", np.trunc(X.T @ D)),
    ],
)
def test_a_slip_in_a_network_has_the_value_its_sentence_says(kind, leaf, expected):
    assert has(NETWORK, kind, leaf, expected), kind


def test_a_slip_that_shapes_forbid_raises_and_is_left_to_the_caller():
    tall = Recording(named("z", V[:2] @ named("u", RNG.normal(size=(2, 4)) @ cr.Var(np.ones(4), "x"))))
    slip = next(slip for slip in slips(tall) if slip.kind == "transposed factor" and slip.pulls)
    with pytest.raises(ValueError):
        tall.sweep(slip)


def test_two_slips_are_made_together_when_they_touch_different_steps():
    found = list(slips(CHAIN))
    transposed = next(s for s in found if s.kind == "transposed factor" and "from x to u" in s.site)
    sign = next(s for s in found if s.kind == "sign" and s.role == "whole")
    order = next(s for s in found if s.kind == "order" and s.after)
    assert (
        compatible(transposed, sign) and not compatible(transposed, transposed) and not compatible(sign, order)
    )
    assert np.allclose(CHAIN.sweep(together((transposed, sign)))["x"], -V @ J2 @ J1.T)
    assert compatible(order, sign)
    assert np.allclose(CHAIN.sweep(together((order, sign)))["x"], -CHAIN.sweep(order)["x"])


def test_an_overwritten_meeting_keeps_one_contribution():
    x = cr.Var(np.array([1.0, 2.0, 3.0]), "x")
    recording = Recording((cnp.sin(x) + x * x).sum())
    assert np.allclose(recording.sweep()["x"], np.cos(x.value) + 2 * x.value)
    assert has(recording, "overwritten", "x", np.cos(x.value)) or has(recording, "overwritten", "x", x.value)
