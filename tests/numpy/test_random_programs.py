"""Random array programs against jax on CPU: values, gradients, JVP and HVP of whole graphs, not of single
rules."""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import chainrule_lib as cr
import chainrule_lib.numpy as cnp

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_disable_most_optimizations", True)  # compiling is most of the time

UNARY = [
    lambda m, a: m.sin(a),
    lambda m, a: m.tanh(a),
    lambda m, a: m.exp(-0.5 * a * a),
    lambda m, a: m.log1p(a * a),
    lambda m, a: m.sqrt(1.0 + a * a),
    lambda m, a: m.arctan(a),
    lambda m, a: m.where(a > 0.1, a, 0.3 * a),
    lambda m, a: m.maximum(a, -0.2),
    lambda m, a: m.abs(a) + 0.1,
    lambda m, a: a**3 / (1.0 + a * a),
    lambda m, a: m.clip(a, -1.5, 1.5),
]
REDUCE = [
    lambda m, a, k, keep: m.sum(a, axis=k, keepdims=keep),
    lambda m, a, k, keep: m.mean(a, axis=k, keepdims=keep),
    lambda m, a, k, keep: m.max(a, axis=k, keepdims=keep),
    lambda m, a, k, keep: m.sqrt(m.var(a, axis=k, keepdims=keep) + 0.1),
    lambda m, a, k, keep: m.prod(m.tanh(a) + 1.5, axis=k, keepdims=keep),
]
SHAPE = [
    lambda m, a, r: m.transpose(a),
    lambda m, a, r: m.reshape(a, (-1,)),
    lambda m, a, r: m.flip(a, axis=0),
    lambda m, a, r: m.roll(a, 1, axis=-1),
    lambda m, a, r: m.cumsum(a, axis=-1) * 0.5,
    lambda m, a, r: m.sort(a, axis=0),
    lambda m, a, r: m.concatenate([a, 0.5 * a], axis=0),
    lambda m, a, r: m.stack([a, a * a], axis=-1)[..., r % 2],
    lambda m, a, r: a[::-1],
    lambda m, a, r: a[np.array([0, -1, 0])],
    lambda m, a, r: m.pad(a, [(1, 0)] + [(0, 0)] * (a.ndim - 1)),
    lambda m, a, r: m.expand_dims(a, -1) * np.array([1.0, -0.5]),
    lambda m, a, r: m.repeat(a, 2, axis=0)[1:],
    lambda m, a, r: m.diff(m.concatenate([a, a[:1]], axis=0), axis=0),
]
BINARY = [
    lambda m, a, b: a + b,
    lambda m, a, b: a * b,
    lambda m, a, b: a - 0.5 * b,
    lambda m, a, b: a / (1.5 + b * b),
    lambda m, a, b: m.logaddexp(a, b),
    lambda m, a, b: m.hypot(a, b + 3.0),
]


def program(seed):
    """A scalar function of three arrays, written once over a namespace; and the arrays."""
    rng = np.random.default_rng(seed)
    n, k, p = rng.integers(2, 5, 3)
    inputs = [rng.normal(size=(n, k)), rng.normal(size=(k, p)), rng.normal(size=p)]
    plan = rng.integers(0, 2**31, size=(rng.integers(4, 9), 4)).tolist()

    def f(m, x, w, b):
        pool = [x, w, b, m.matmul(x, w) + b]
        for kind, i, j, r in plan:
            a = pool[-1 - i % min(len(pool), 4)]
            if kind % 5 == 0:
                value = UNARY[r % len(UNARY)](m, a)
            elif kind % 5 == 1 and a.ndim:
                axis = r % a.ndim - (a.ndim if r % 3 else 0)
                value = REDUCE[j % len(REDUCE)](m, a, axis, r % 2 == 0)
            elif kind % 5 == 2 and a.ndim and a.size < 200:
                value = SHAPE[j % len(SHAPE)](m, a, r)
            elif kind % 5 == 3 and a.ndim == 2:
                value = m.tanh(m.matmul(a, m.transpose(a))) if r % 2 else m.einsum("ij,ik->jk", a, a) * 0.1
            else:
                c = pool[-1 - j % min(len(pool), 4)]
                try:
                    np.broadcast_shapes(a.shape, c.shape)
                except ValueError:
                    c = m.mean(c)
                value = BINARY[r % len(BINARY)](m, a, c)
            pool.append(value)
        return sum(m.mean(m.sin(v)) for v in pool[-3:])

    return f, inputs, [rng.normal(size=a.shape) for a in inputs]


def close(ours, oracle):
    return np.allclose(ours, np.asarray(oracle), rtol=1e-8, atol=1e-9)


def check(seed, second_order):
    f, inputs, directions = program(seed)
    ours, oracle = (lambda *a: f(cnp, *a)), (lambda *a: f(jnp, *a))
    value, gradient = cr.value_and_grad(ours, (0, 1, 2))(*inputs)
    tangent, product = cr.jvp(ours, inputs, directions)[1], cr.hvp(ours, tuple(inputs), tuple(directions))
    with_gradient = jax.value_and_grad(oracle, (0, 1, 2))
    if second_order:  # one compiled function for all four answers: compiling takes most of the time
        both = jax.jit(lambda a, t: jax.jvp(with_gradient, tuple(a), tuple(t)))(inputs, directions)
        (true_value, true_gradient), (true_tangent, true_product) = both
        assert close(tangent, true_tangent)
        assert all(map(close, product, true_product))
    else:
        true_value, true_gradient = jax.jit(with_gradient)(*inputs)
        assert np.isclose(
            tangent, sum(np.sum(g * t) for g, t in zip(gradient, directions)), rtol=1e-9, atol=1e-10
        )
    assert close(value, true_value)
    assert all(map(close, gradient, true_gradient))
    nodes = [cr.Var(a) for a in inputs]
    ours(*nodes).backward()
    assert all(close(0.0 if node.grad is None else node.grad, g) for node, g in zip(nodes, true_gradient))


@pytest.mark.parametrize("seed", range(50))
def test_a_random_program_agrees_with_jax(seed):
    check(seed, second_order=seed % 5 == 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(400))
def test_many_random_programs_agree_with_jax(seed):
    check(seed, second_order=True)
