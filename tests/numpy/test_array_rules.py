"""Every function of the array room, walked: value, JVP, VJP, batched sweeps, second order, float32."""

import numpy as np
import pytest

import chainrule_lib as cr
import chainrule_lib.numpy as cnp
from chainrule_lib.numpy import rules
from chainrule_lib.numpy.node import Structural
from chainrule_lib.numpy.space import space

M = (3, 4)
CUBE = (2, 3, 4)
SQUARE = (3, 3)
STACK = (2, 3, 3)
INDEX = np.array([[0, 2], [2, 1]])


def spd(m, a):
    """A symmetric positive definite matrix made of any."""
    return m.matmul(a, m.swapaxes(a, -1, -2)) + 2.0 * np.eye(a.shape[-1])


def case(name, function, *shapes, low=0.3, high=2.0):
    return pytest.param(function, shapes, low, high, id=name)


CASES = [
    # arithmetic and broadcasting
    case("add", lambda m, x, y: x + y, M, M),
    case("add-rows", lambda m, x, y: x + y, M, (4,)),
    case("sub-columns", lambda m, x, y: x - y, M, (3, 1)),
    case("mul-outer", lambda m, x, y: x * y, (3, 1), (1, 4)),
    case("mul-scalar", lambda m, x, y: x * y, (), M),
    case("mul-zero-d", lambda m, x, y: x * y, (), ()),
    case("mul-itself", lambda m, x: x * x, M),
    case("mul-empty", lambda m, x: x * 2.0, (0, 3)),
    case("div", lambda m, x, y: x / y, M, (4,)),
    case("pow", lambda m, x, y: x**y, M, (4,)),
    case("pow-2", lambda m, x: x**2, M),
    case("pow-3.0", lambda m, x: x**3.0, M, low=-2),
    case("pow-neg", lambda m, x: x**-2, M),
    case("rpow", lambda m, x: 2.0**x, M, low=-1),
    case("radd-array", lambda m, x: np.arange(4.0) + x, M),
    case("rsub-array", lambda m, x: np.arange(4.0) - x, M),
    case("rmul-array", lambda m, x: np.arange(4.0) * x, M),
    case("rdiv-array", lambda m, x: np.arange(4.0) / x, M),
    case("mod", lambda m, x, y: m.mod(x, y), M, (4,)),
    case("three", lambda m, x, y, z: x * y + y * z + x, M, (4,), (3, 1)),
    # elementwise with more than one argument, on arrays
    case("maximum", lambda m, x, y: m.maximum(x, y), M, (4,)),
    case("minimum", lambda m, x, y: m.minimum(x, y), M, (4,)),
    case("arctan2", lambda m, x, y: m.arctan2(x, y), M, (4,), low=-2),
    case("hypot", lambda m, x, y: m.hypot(x, y), M, (4,), low=-2),
    case("logaddexp", lambda m, x, y: m.logaddexp(x, y), M, (4,), low=-2),
    case("logaddexp2", lambda m, x, y: m.logaddexp2(x, y), M, (4,), low=-2),
    case("where", lambda m, x, y: m.where(np.arange(4) > 1, x, y), M, (4,)),
    case("where-scalar-branch", lambda m, x: m.where(np.arange(12).reshape(M) % 3 == 0, x, 0.5), M),
    case("where-value", lambda m, x: m.where(x > 1.0, x * x, x), M),
    case("clip", lambda m, x: m.clip(x, 0.7, 1.4), M),
    case("clip-low", lambda m, x: m.clip(x, 0.7, None), M),
    case("nan_to_num", lambda m, x: m.nan_to_num(x), M),
    case("sinc", lambda m, x: m.sinc(x), M, low=-2),
    # reductions
    case("sum", lambda m, x: m.sum(x), M),
    case("sum-0", lambda m, x: m.sum(x * x, axis=0), M),
    case("sum-neg", lambda m, x: m.sum(x * x, axis=-1), CUBE),
    case("sum-tuple", lambda m, x: m.sum(x * x, axis=(0, -1)), CUBE),
    case("sum-keep", lambda m, x: m.sum(x * x, axis=1, keepdims=True), CUBE),
    case("sum-all-keep", lambda m, x: m.sum(x * x, keepdims=True), CUBE),
    case("sum-no-axes", lambda m, x: m.sum(x * x, axis=()), M),
    case("sum-empty", lambda m, x: m.sum(x), (0,)),
    case("mean", lambda m, x: m.mean(x * x), M),
    case("mean-1", lambda m, x: m.mean(x * x, axis=1, keepdims=True), M),
    case("mean-tuple", lambda m, x: m.mean(x * x, axis=(0, 2)), CUBE),
    case("average", lambda m, x, w: m.average(x, axis=1, weights=w), M, M),
    case("average-1d-weights", lambda m, x, w: m.average(x, axis=0, weights=w), M, (3,)),
    case("var", lambda m, x: m.var(x), M),
    case("var-axis", lambda m, x: m.var(x, axis=-1, ddof=1), CUBE),
    case("var-tuple", lambda m, x: m.var(x, axis=(0, 2), keepdims=True), CUBE),
    case("std", lambda m, x: m.std(x), M),
    case("std-axis", lambda m, x: m.std(x, axis=0, ddof=1), M),
    case("prod", lambda m, x: m.prod(x), M),
    case("prod-axis", lambda m, x: m.prod(x, axis=1), CUBE),
    case("prod-tuple", lambda m, x: m.prod(x, axis=(0, 2), keepdims=True), CUBE),
    case("prod-zero", lambda m, x: m.prod(x * np.array([0.0, 1.0, 2.0]) + x[0] * 0.0), (3,)),
    case(
        "prod-one-zero",
        lambda m, x: m.prod(m.concatenate([x, x[:1] - x[:1]]) + np.array([0, 0, 0, 0.0]) * x[0]),
        (3,),
    ),
    case("max", lambda m, x: m.max(x), M),
    case("max-axis", lambda m, x: m.max(x, axis=1), CUBE),
    case("max-tuple", lambda m, x: m.max(x * x, axis=(0, -1), keepdims=True), CUBE),
    case("min", lambda m, x: m.min(x * x, axis=-2), CUBE),
    case("amax", lambda m, x: m.amax(x, axis=0), M),
    case("ptp", lambda m, x: m.ptp(x, axis=0), M),
    case("median", lambda m, x: m.median(x), M),
    case("median-axis", lambda m, x: m.median(x * x, axis=0, keepdims=True), M),
    case("cumsum", lambda m, x: m.cumsum(x * x), M),
    case("cumsum-axis", lambda m, x: m.cumsum(x * x, axis=1), CUBE),
    case("cumprod", lambda m, x: m.cumprod(x), (5,)),
    case("cumprod-axis", lambda m, x: m.cumprod(x, axis=1), M),
    case("diff", lambda m, x: m.diff(x * x), M),
    case("diff-2", lambda m, x: m.diff(x * x, n=2, axis=0), (5, 2)),
    case("diff-ends", lambda m, x: m.diff(x * x, prepend=0.0, append=x[:, :1]), M),
    case("trapezoid-like", lambda m, x: m.sum(0.5 * (x[1:] + x[:-1]) * m.diff(x)), (5,)),
    case("gradient", lambda m, x: m.gradient(x * x), (5,)),
    # shapes
    case("reshape", lambda m, x: m.reshape(x * x, (2, 6)), M),
    case("reshape-minus", lambda m, x: m.reshape(x * x, -1), M),
    case("reshape-F", lambda m, x: m.reshape(x * x, (2, 6), order="F"), M),
    case("ravel", lambda m, x: m.ravel(x * x), M),
    case("transpose", lambda m, x: m.transpose(x * x), CUBE),
    case("transpose-axes", lambda m, x: m.transpose(x * x, (1, 2, 0)), CUBE),
    case("transpose-negative", lambda m, x: m.transpose(x * x, (-1, 0, 1)), CUBE),
    case("swapaxes", lambda m, x: m.swapaxes(x * x, 0, -1), CUBE),
    case("moveaxis", lambda m, x: m.moveaxis(x * x, 0, -1), CUBE),
    case("moveaxis-many", lambda m, x: m.moveaxis(x * x, (0, 1), (-1, 0)), CUBE),
    case("rollaxis", lambda m, x: m.rollaxis(x * x, 2), CUBE),
    case("expand_dims", lambda m, x: m.expand_dims(x * x, (0, -1)), M),
    case("squeeze", lambda m, x: m.squeeze(x * x), (1, 3, 1)),
    case("squeeze-axis", lambda m, x: m.squeeze(x * x, axis=0), (1, 3, 1)),
    case("broadcast_to", lambda m, x: m.broadcast_to(x * x, (2, 3, 4)), (3, 1)),
    case("broadcast_to-0d", lambda m, x: m.broadcast_to(x * x, (2, 3)), ()),
    case("atleast_2d", lambda m, x: m.atleast_2d(x * x), (3,)),
    case("atleast_3d", lambda m, x: m.atleast_3d(x * x), M),
    case("astype", lambda m, x: (x * x).astype(np.longdouble), M),
    # rearrangements
    case("flip", lambda m, x: m.flip(x * x), M),
    case("flip-axis", lambda m, x: m.flip(x * x, axis=-1), CUBE),
    case("fliplr", lambda m, x: m.fliplr(x * x), M),
    case("flipud", lambda m, x: m.flipud(x * x), M),
    case("rot90", lambda m, x: m.rot90(x * x, 3), M),
    case("roll", lambda m, x: m.roll(x * x, 2), M),
    case("roll-axes", lambda m, x: m.roll(x * x, (1, -1), axis=(0, 1)), M),
    case("tile", lambda m, x: m.tile(x * x, (2, 1, 3)), M),
    case("tile-int", lambda m, x: m.tile(x * x, 2), (3,)),
    case("repeat", lambda m, x: m.repeat(x * x, 2, axis=0), M),
    case("repeat-flat", lambda m, x: m.repeat(x * x, 3), M),
    case("repeat-list", lambda m, x: m.repeat(x * x, [1, 0, 2], axis=0), M),
    case("diag", lambda m, x: m.diag(x * x), (3,)),
    case("diag-offset", lambda m, x: m.diag(x * x, 1), (3,)),
    case("diag-of-matrix", lambda m, x: m.diag(x * x, -1), M),
    case("diagonal", lambda m, x: m.diagonal(x * x, 0, -2, -1), STACK),
    case("trace", lambda m, x: m.trace(x * x), M),
    case("trace-axes", lambda m, x: m.trace(x * x, 1, 1, 2), STACK),
    case("triu", lambda m, x: m.triu(x * x, 1), M),
    case("tril", lambda m, x: m.tril(x * x), STACK),
    case("sort", lambda m, x: m.sort(x * x), M),
    case("sort-axis", lambda m, x: m.sort(x * x, axis=0), M),
    case("sort-flat", lambda m, x: m.sort(x * x, axis=None), M),
    case("partition", lambda m, x: m.sort(m.partition(x * x, 2, axis=1)[:, :2]), M),
    case("take", lambda m, x: m.take(x * x, [0, 0, 2], axis=1), M),
    case("take_along_axis", lambda m, x: m.take_along_axis(x * x, INDEX, axis=1), (2, 3)),
    case("pad", lambda m, x: m.pad(x * x, ((1, 0), (2, 1))), M),
    case("pad-value", lambda m, x: m.pad(x * x, 1, constant_values=3.0), M),
    case("pad-edge", lambda m, x: m.pad(x * x, 2, mode="edge"), M),
    case("pad-reflect", lambda m, x: m.pad(x * x, 1, mode="reflect"), M),
    # indexing
    case("index-int", lambda m, x: (x * x)[1], M),
    case("index-negative", lambda m, x: (x * x)[-1, -2], M),
    case("index-slice", lambda m, x: (x * x)[::-2, 1:], M),
    case("index-newaxis", lambda m, x: (x * x)[None, ..., 0, None], CUBE),
    case("index-ellipsis", lambda m, x: (x * x)[..., 1], CUBE),
    case("index-list", lambda m, x: (x * x)[[0, 2, 0, 0]], M),
    case("index-matrix", lambda m, x: (x * x)[INDEX], M),
    case("index-pairs", lambda m, x: (x * x)[[0, 1, 0], [3, 3, 3]], M),
    case("index-apart", lambda m, x: (x * x)[[0, 1, 0], :, [3, 3, 1]], CUBE),
    case("index-mixed", lambda m, x: (x * x)[1, [0, 2], 1:], CUBE),
    case("index-mask", lambda m, x: (x * x)[np.arange(12).reshape(M) % 5 == 0], M),
    case("index-mask-row", lambda m, x: (x * x)[np.array([True, False, True]), 1:], M),
    case("pick", lambda m, x: (m if m is cnp else space).pick(x * x, INDEX + 3, M), M),
    # joining and splitting
    case("concatenate", lambda m, x, y: m.concatenate([x, y * y]), M, (2, 4)),
    case("concatenate-axis", lambda m, x, y: m.concatenate([x, y * y, x], axis=-1), M, (3, 2)),
    case("concatenate-flat", lambda m, x, y: m.concatenate([x, y * y], axis=None), M, (2,)),
    case("concatenate-constant", lambda m, x: m.concatenate([np.ones((1, 4)), x * x]), M),
    case("stack", lambda m, x, y: m.stack([x, y * y]), M, M),
    case("stack-last", lambda m, x, y: m.stack([x, y * y, x], axis=-1), M, M),
    case("stack-scalars", lambda m, x, y: m.stack([x, x * y, y]), (), ()),
    case("array", lambda m, x, y: m.array([[x * y, x], [y, 1.0]]), (), ()),
    case("vstack", lambda m, x, y: m.vstack([x, y * y]), (4,), M),
    case("hstack", lambda m, x, y: m.hstack([x, y * y]), M, (3, 2)),
    case("hstack-1d", lambda m, x, y: m.hstack([x, y * y]), (2,), (3,)),
    case("dstack", lambda m, x, y: m.dstack([x, y * y]), M, M),
    case("column_stack", lambda m, x, y: m.column_stack([x, y * y]), (3,), (3, 2)),
    case("append", lambda m, x, y: m.append(x, y * y, axis=0), M, (1, 4)),
    case("split", lambda m, x: m.split(x * x, 2, axis=1)[1], M),
    case("split-at", lambda m, x: m.split(x * x, [1, 3], axis=-1)[1], M),
    case("array_split", lambda m, x: m.array_split(x * x, 3, axis=1)[0], M),
    case("hsplit", lambda m, x: m.hsplit(x * x, 2)[0], M),
    case("vsplit", lambda m, x: m.vsplit(x * x, 3)[2], M),
    # products
    case("matmul", lambda m, a, b: m.matmul(a, b), M, (4, 2)),
    case("matmul-operator", lambda m, a, b: a @ b, M, (4, 2)),
    case("rmatmul", lambda m, b: np.ones((2, 3)) @ b, M),
    case("matmul-batch", lambda m, a, b: m.matmul(a, b), CUBE, (2, 4, 2)),
    case("matmul-broadcast", lambda m, a, b: m.matmul(a, b), (2, 1, 3, 4), (5, 4, 2)),
    case("matmul-stack-matrix", lambda m, a, b: m.matmul(a, b), CUBE, (4, 2)),
    case("matmul-vector", lambda m, a, b: m.matmul(a, b), M, (4,)),
    case("vector-matmul", lambda m, a, b: m.matmul(a, b), (3,), M),
    case("vector-matmul-batch", lambda m, a, b: m.matmul(a, b), (3,), CUBE),
    case("matmul-batch-vector", lambda m, a, b: m.matmul(a, b), CUBE, (4,)),
    case("vector-vector", lambda m, a, b: m.matmul(a, b), (3,), (3,)),
    case("dot", lambda m, a, b: m.dot(a, b), M, (4, 2)),
    case("dot-vectors", lambda m, a, b: m.dot(a, b), (3,), (3,)),
    case("dot-scalar", lambda m, a, b: m.dot(a, b), (), M),
    case("dot-nd", lambda m, a, b: m.dot(a, b), M, (2, 4, 2)),
    case("inner", lambda m, a, b: m.inner(a, b), M, (2, 4)),
    case("vdot", lambda m, a, b: m.vdot(a, b), M, M),
    case("outer", lambda m, a, b: m.outer(a, b), M, (2,)),
    case("kron", lambda m, a, b: m.kron(a, b), (2, 3), (2, 2)),
    case("kron-vector", lambda m, a, b: m.kron(a, b), (3,), (2, 2)),
    case("tensordot", lambda m, a, b: m.tensordot(a, b), CUBE, (3, 4, 2)),
    case("tensordot-1", lambda m, a, b: m.tensordot(a, b, axes=1), M, (4, 2)),
    case("tensordot-0", lambda m, a, b: m.tensordot(a, b, axes=0), (2,), (3,)),
    case("tensordot-axes", lambda m, a, b: m.tensordot(a, b, axes=([0, 2], [2, 0])), CUBE, (4, 3, 2)),
    case("einsum", lambda m, a, b: m.einsum("ij,jk->ik", a, b), M, (4, 2)),
    case("einsum-implicit", lambda m, a, b: m.einsum("ij,jk", a, b), M, (4, 2)),
    case("einsum-transpose", lambda m, a: m.einsum("ijk->kij", a * a), CUBE),
    case("einsum-sum", lambda m, a: m.einsum("ij->", a * a), M),
    case("einsum-batch", lambda m, a, b: m.einsum("bij,bjk->bik", a, b), CUBE, (2, 4, 2)),
    case("einsum-three", lambda m, a, b, c: m.einsum("i,ij,j->", a, b, c), (3,), M, (4,)),
    case("einsum-dots", lambda m, a, b: m.einsum("...ij,jk->...ik", a, b), CUBE, (4, 2)),
    case("einsum-dots-broadcast", lambda m, a, b: m.einsum("...i,...i->...", a, b), CUBE, (1, 4)),
    case("einsum-diagonal", lambda m, a: m.einsum("ii->i", a * a), SQUARE),
    case("einsum-trace", lambda m, a: m.einsum("ii", a * a), SQUARE),
    case("einsum-lone", lambda m, a, b: m.einsum("ij,k->i", a, b), M, (2,)),
    case("cross", lambda m, a, b: m.cross(a, b), (2, 3), (3,)),
    # linear algebra
    case("inv", lambda m, a: m.linalg.inv(a + 3.0 * np.eye(3)), SQUARE),
    case("inv-stack", lambda m, a: m.linalg.inv(a + 3.0 * np.eye(3)), STACK),
    case("det", lambda m, a: m.linalg.det(a), SQUARE),
    case("det-stack", lambda m, a: m.linalg.det(a), STACK),
    case("slogdet", lambda m, a: m.linalg.slogdet(a + 3.0 * np.eye(3))[1], STACK),
    case("solve", lambda m, a, b: m.linalg.solve(a + 3.0 * np.eye(3), b), SQUARE, (3, 2)),
    case("solve-vector", lambda m, a, b: m.linalg.solve(a + 3.0 * np.eye(3), b), SQUARE, (3,)),
    case("solve-stack", lambda m, a, b: m.linalg.solve(a + 3.0 * np.eye(3), b), STACK, (2, 3, 1)),
    case("solve-stack-broadcast", lambda m, a, b: m.linalg.solve(a + 3.0 * np.eye(3), b), STACK, (3, 1)),
    case("cholesky", lambda m, a: m.linalg.cholesky(spd(m, a)), SQUARE),
    case("pinv", lambda m, a: m.linalg.pinv(a), M),
    case("matrix_power", lambda m, a: m.linalg.matrix_power(a, 3), SQUARE),
    case("norm", lambda m, a: m.linalg.norm(a), M),
    case("norm-axis", lambda m, a: m.linalg.norm(a, axis=-1), CUBE),
    case("norm-keep", lambda m, a: m.linalg.norm(a, axis=1, keepdims=True), M),
    case("norm-1", lambda m, a: m.linalg.norm(a, 1, axis=0), M, -2),
    case("norm-3", lambda m, a: m.linalg.norm(a, 3, axis=0), M),
    case("norm-inf", lambda m, a: m.linalg.norm(a, np.inf, axis=0), M),
    case("norm-fro", lambda m, a: m.linalg.norm(a, "fro", axis=(0, 2)), CUBE),
    case("norm-matrix-1", lambda m, a: m.linalg.norm(a, 1), M),
    case("norm-matrix-inf", lambda m, a: m.linalg.norm(a, np.inf, axis=(1, 2)), CUBE),
]
CASES = [c for c in CASES if c.id != "norm-1"] + [
    case("norm-1", lambda m, a: m.linalg.norm(a, 1, axis=0), M, low=-2)
]


def draw(shapes, low, high, dtype=float):
    rng = np.random.default_rng(7)
    return tuple(np.asarray(rng.uniform(low, high, s), dtype)[()] for s in shapes)


def difference(f, xs, ts, h=2e-4):
    """The directional derivative by a five-point difference, of error O(h^4)."""
    at = lambda k: np.asarray(f(*(x + k * h * t for x, t in zip(xs, ts))))
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)


@pytest.mark.parametrize("function, shapes, low, high", CASES)
def test_value_and_both_modes_agree_with_numpy(function, shapes, low, high):
    xs, f = draw(shapes, low, high), lambda *a: function(cnp, *a)
    rng = np.random.default_rng(8)
    ts = tuple(rng.normal(size=s)[()] for s in shapes)
    expected = np.asarray(function(np, *xs))
    assert np.allclose(np.asarray(f(*xs)), expected, rtol=1e-12, atol=1e-14)  # plain in, plain out

    y, tangent = cr.jvp(f, xs, ts)
    assert np.shape(y) == expected.shape and np.allclose(y, expected, rtol=1e-12, atol=1e-14)
    assert np.shape(tangent) == expected.shape
    assert np.allclose(tangent, difference(lambda *a: function(np, *a), xs, ts), rtol=1e-7, atol=1e-8)

    w = rng.normal(size=expected.shape)[()]
    _, pull = cr.vjp(f, *xs)
    cotangents = pull(w)
    assert [np.shape(c) for c in cotangents] == [np.shape(x) for x in xs]
    assert np.isclose(
        np.sum(w * tangent), sum(np.sum(c * t) for c, t in zip(cotangents, ts)), rtol=1e-10, atol=1e-12
    )


@pytest.mark.parametrize("function, shapes, low, high", CASES)
def test_a_batched_sweep_is_the_loop_of_sweeps(function, shapes, low, high):
    xs, f = draw(shapes, low, high), lambda *a: function(cnp, *a)
    y, pull = cr.vjp(f, *xs)
    together = cr.jacobian(f, argnums=tuple(range(len(xs))))(*xs)
    one_by_one = [pull(e.reshape(np.shape(y))) for e in np.eye(np.size(y))]
    for k, (x, j) in enumerate(zip(xs, together)):
        assert np.shape(j) == np.shape(y) + np.shape(x)
        rows = np.array([row[k] for row in one_by_one]).reshape(np.shape(j))
        assert np.allclose(j, rows, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("function, shapes, low, high", CASES)
def test_second_order_agrees_in_every_nesting(function, shapes, low, high):
    xs = draw(shapes, low, high)
    rng = np.random.default_rng(9)
    ts = tuple(rng.normal(size=s)[()] for s in shapes)
    w = rng.normal(size=np.shape(function(np, *xs)))
    loss = lambda *a: cnp.sum(w * cnp.sin(function(cnp, *a)))
    everything = tuple(range(len(xs)))
    gradient = cr.grad(loss, everything)
    forward_over_reverse = cr.hvp(loss, xs, ts)
    reverse_over_reverse = cr.grad(
        lambda *a: sum(cnp.sum(g * t) for g, t in zip(gradient(*a), ts)), everything
    )(*xs)
    reverse_over_forward = cr.grad(lambda *a: cr.jvp(loss, a, ts)[1], everything)(*xs)
    for k in everything:
        expected = difference(lambda *a: gradient(*a)[k], xs, ts)
        assert np.allclose(forward_over_reverse[k], expected, rtol=1e-6, atol=1e-6)
        assert np.allclose(reverse_over_reverse[k], forward_over_reverse[k], rtol=1e-9, atol=1e-10)
        assert np.allclose(reverse_over_forward[k], forward_over_reverse[k], rtol=1e-9, atol=1e-10)
    if sum(map(np.size, xs)) <= 12:
        rows = cr.hessian(loss, everything)(*xs)
        for k in everything:
            product = sum(np.tensordot(rows[k][j], t, np.ndim(t)) for j, t in enumerate(ts))
            assert np.allclose(product, forward_over_reverse[k], rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("function, shapes, low, high", CASES)
def test_a_value_has_numpys_dtype_and_a_derivative_its_inputs(function, shapes, low, high):
    xs = draw(shapes, low, high, np.float32)
    f = lambda *a: function(cnp, *a)
    y, pull = cr.vjp(f, *xs)
    assert y.dtype == np.asarray(function(np, *xs)).dtype
    assert {c.dtype for c in pull(np.ones_like(y))} == {np.dtype(np.float32)}
    assert cr.jvp(f, xs, xs)[1].dtype == y.dtype


@pytest.mark.parametrize("function, shapes, low, high", CASES)
def test_a_jacobian_can_be_differentiated(function, shapes, low, high):
    xs = draw(shapes, low, high)
    if sum(map(np.size, xs)) > 24:
        return
    rng = np.random.default_rng(10)
    ts = tuple(rng.normal(size=s)[()] for s in shapes)
    everything = tuple(range(len(xs)))
    bent = lambda *a: cnp.sin(function(cnp, *a))
    measure = lambda *a: sum(cnp.sum(j**3) for j in cr.jacobian(bent, everything)(*a))
    slope = sum(np.sum(g * t) for g, t in zip(cr.grad(measure, everything)(*xs), ts))
    assert np.allclose(slope, difference(measure, xs, ts), rtol=1e-6, atol=1e-6)
    assert np.allclose(cr.jvp(measure, xs, ts)[1], slope, rtol=1e-9, atol=1e-9)


ROWS = {name: row for name, row in vars(rules).items() if isinstance(row, Structural)}
del ROWS["svdvals_"]  # it has a first derivative only, which the last test spoils


def caught_by(case):
    """Whether the walk over one case notices that something is wrong."""
    try:
        test_value_and_both_modes_agree_with_numpy(*case.values)
        test_second_order_agrees_in_every_nesting(*case.values)
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("name", ROWS)
def test_a_spoilt_array_rule_is_caught(name, monkeypatch):
    def spoilt(rule):
        return lambda m, g, z, *args: rule(m, g, z, *args) * 1.01

    monkeypatch.setattr(ROWS[name], "vjp", tuple(map(spoilt, ROWS[name].vjp)))
    likely_first = sorted(CASES, key=lambda c: ROWS[name].name not in c.id)
    assert any(map(caught_by, likely_first)), f"no case would notice a wrong {name}"


@pytest.mark.parametrize("mode", ["vjp", "jvp"])
def test_a_spoilt_rule_of_singular_values_is_caught(mode, monkeypatch):
    norm = lambda x: cnp.linalg.norm(x, "nuc")
    x = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 2.0]])
    assert cr.check_grad(norm, at=(x,))
    (right,) = getattr(rules.svdvals_, mode)
    monkeypatch.setattr(rules.svdvals_, mode, (lambda *given: right(*given) * 1.01,))
    assert not cr.check_grad(norm, at=(x,))
