"""Arrays at kinks, at zero, far out, empty; what is refused; and NumPy's own functions on traced values."""

import gc

import numpy as np
import pytest

import chainrule_lib as cr
import chainrule_lib.numpy as cnp

A = np.arange(6.0).reshape(2, 3) + 1.0


def slope(f, *xs):
    return cr.grad(lambda x: cnp.sum(f(x)))(np.array(xs)).tolist()


@pytest.mark.parametrize(
    "f, xs, wanted",
    [
        (cnp.relu, [0.0, 1.0, -1.0], [0, 1, 0]),
        (cnp.abs, [0.0, 2.0, -2.0], [0, 1, -1]),
        (cnp.max, [1.0, 3.0, 3.0], [0, 0.5, 0.5]),
        (cnp.min, [1.0, 1.0, 3.0], [0.5, 0.5, 0]),
        (lambda x: cnp.maximum(x, 1.0), [0.0, 1.0, 2.0], [0, 0.5, 1]),
        (lambda x: cnp.minimum(x, x), [1.0, 2.0], [1, 1]),
        (cnp.sqrt, [0.0, 4.0], [np.inf, 0.25]),
        (lambda x: x**2, [0.0, 3.0], [0, 6]),
        (lambda x: x**0, [0.0, 3.0], [0, 0]),
        (cnp.prod, [0.0, 2.0, 3.0], [6, 0, 0]),
        (cnp.prod, [0.0, 0.0, 3.0], [0, 0, 0]),
        (cnp.linalg.norm, [0.0, 0.0], [0, 0]),
        (lambda x: cnp.linalg.norm(x, 3, axis=0), [0.0, 0.0], [0, 0]),
        (cnp.std, [2.0, 2.0, 2.0], [0, 0, 0]),
        (lambda x: cnp.where(x > 0, cnp.sqrt(cnp.where(x > 0, x, 1)), 0), [-1.0, 0.0, 4.0], [0, 0, 0.25]),
        (cnp.sigmoid, [-1e3, 1e3], [0, 0]),
        (cnp.softplus, [-1e3, 1e3], [0, 1]),
        (cnp.logsumexp, [-1e3, 1e3], [0, 1]),
        (lambda x: cnp.log_softmax(x)[0], [1e3, -1e3], [0, 0]),
        (lambda x: cnp.logaddexp(x, -1e3), [1e3], [1]),
        (cnp.tanh, [-1e3, 1e3], [0, 0]),
        (cnp.floor, [1.5], [0]),
        (lambda x: x[[0, 0, 1]], [1.0, 2.0], [2, 1]),
        (lambda x: x, [], []),
    ],
)
@pytest.mark.filterwarnings("error")
def test_at_kinks_and_far_out_the_slope_is_the_convention(f, xs, wanted):
    assert slope(f, *xs) == wanted


def test_far_out_the_values_are_finite_and_right():
    x = np.array([-1e3, 0.0, 1e3])
    assert cnp.sigmoid(x).tolist() == [0.0, 0.5, 1.0]
    assert cnp.softplus(x).tolist() == [0.0, np.log(2.0), 1e3]
    assert cnp.softmax(x).tolist() == [0.0, 0.0, 1.0] and cnp.log_softmax(x)[0] == -2e3
    assert cnp.logsumexp(np.array([1e3, 1e3])) == 1e3 + np.log(2.0)
    assert cnp.logsumexp(np.array([-np.inf, 0.0])) == 0.0


def test_a_product_with_zeros_is_right_to_second_order():
    assert cr.hessian(cnp.prod)(np.array([0.0, 2.0, 3.0])).tolist() == [[0, 3, 2], [3, 0, 0], [2, 0, 0]]
    assert cr.hessian(cnp.prod)(np.array([0.0, 0.0, 3.0])).tolist() == [[0, 3, 0], [3, 0, 0], [0, 0, 0]]


def test_zero_d_and_empty_arrays_work():
    g = cr.grad(lambda x: x * x)(np.array(3.0))
    assert g == 6.0 and np.shape(g) == ()
    assert cr.grad(lambda x: cnp.sum(x * x))(np.zeros((0, 3))).shape == (0, 3)
    assert cr.jacobian(lambda x: x * x)(np.zeros(0)).shape == (0, 0)
    assert type(cr.grad(lambda s: cnp.sum(s * A))(2.0)) is float


def test_a_disconnected_array_has_gradient_zero():
    assert cr.grad(lambda x, y: cnp.sum(x), 1)(A, A).tolist() == np.zeros((2, 3)).tolist()
    assert cr.jacobian(lambda x: np.ones(2))(A).shape == (2, 2, 3)
    assert cr.jacobian(lambda x: cnp.stack([x * 0 + 1.0, x]), 0)(2.0).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_a_dtype_is_kept_through_both_modes(dtype):
    x = np.array([0.5, 1.5, 2.5], dtype)
    f = lambda x: cnp.sum(
        cnp.relu(cnp.tanh(2 * x) - 0.5) ** 2 + cnp.softmax(x) * cnp.maximum(x, 1.0) / cnp.std(x)
    )
    assert cr.grad(f)(x).dtype == dtype and cr.jvp(f, (x,), (x,))[1].dtype == dtype
    assert cr.hvp(f, x, x).dtype == dtype and cr.hessian(f)(x).dtype == dtype
    node = cr.Var(x)
    f(node).backward()
    assert node.grad.dtype == dtype and f(node).dtype == dtype


def test_what_is_returned_is_ones_own_to_change():
    gx, gy = cr.grad(lambda x, y: cnp.sum(x + y), (0, 1))(A, A)
    gx += 1.0
    assert gy.tolist() == np.ones((2, 3)).tolist()
    seed = np.ones((2, 3))
    (g,) = cr.vjp(lambda x: x, A)[1](seed)
    g += 1.0
    assert seed.sum() == 6.0
    a, b = cr.Var(A), cr.Var(A)
    (a + b).sum().backward()
    a.grad += 1.0
    assert b.grad.sum() == 6.0
    tangent = cr.jvp(lambda x: cnp.reshape(x, -1), (A,), (seed,))[1]
    tangent += 1.0
    assert seed.sum() == 6.0


def test_object_style_reads_like_numpy():
    x = cr.Var(A, "x")
    assert x.shape == (2, 3) and x.ndim == 2 and x.size == 6 and x.dtype == float and len(x) == 2
    assert (
        x.T.shape == (3, 2)
        and x.reshape(3, 2).shape == x.reshape((3, 2)).shape == (3, 2)
        and x.reshape(-1).shape == (6,)
    )
    assert [row.shape for row in x] == [(3,), (3,)] and x[0, 1].value == 2.0
    assert (x > 2).tolist() == (A > 2).tolist() and (A < x).any() == False  # noqa: E712
    assert x.argmax() == 5 and np.argmax(x) == 5
    z = (x @ x.T).sum(axis=0).mean() + x.dot(np.ones(3)).max() - x.std() + x.clip(2.0, 5.0).prod()
    z.backward()
    f = (
        lambda a: (a @ a.T).sum(axis=0).mean()
        + (a @ np.ones(3)).max()
        - cnp.std(a)
        + cnp.prod(cnp.clip(a, 2.0, 5.0))
    )
    assert np.allclose(x.grad, cr.grad(f)(A))
    assert repr(cr.Var(np.array([1.0, 2.0]), "v")) == "Var(array([1., 2.]), name='v')"


def test_backward_with_a_seed_is_a_vjp():
    x = cr.Var(A)
    (x * x).backward(np.full((2, 3), 2.0))
    assert x.grad.tolist() == (4 * A).tolist()
    with pytest.raises(
        cr.ShapeError, match=r"of an output of shape \(2, 3\), which is not a scalar; .* give a seed"
    ):
        (x * x).backward()
    with pytest.raises(cr.ShapeError, match=r"a seed of shape \(3,\) for a value of shape \(2, 3\)"):
        (x * x).backward(np.ones(3))


DISPATCHED = """np.exp(x) np.add(x,A) A*x A-x A/x A@x.T A**x np.float64(2)*x np.concatenate([x,A])
np.stack([A,x]) np.where(A>2,x,0.) np.sum(x) np.sum(x,axis=-1,keepdims=True) np.mean(x,0) np.max(x,axis=1)
np.prod(x) np.var(x,ddof=1) np.cumsum(x,axis=0) np.dot(x,A.T) np.matmul(x,A.T) np.einsum('ij,kj->ik',x,A)
np.tensordot(x,A,axes=2) np.outer(x,x) np.kron(x,A) np.linalg.norm(x) np.linalg.inv(x@A.T)
np.linalg.det(x@A.T) np.linalg.solve(x@A.T,A) np.linalg.slogdet(x@x.T)[1] np.reshape(x,(3,2))
np.transpose(x) np.moveaxis(x,0,1) np.expand_dims(x,1) np.squeeze(x[:1]) np.broadcast_to(x[0],(4,3))
np.flip(x,1) np.roll(x,1) np.tile(x,(2,1)) np.repeat(x,2) np.pad(x,1) np.split(x,3,axis=1)[1] np.sort(-x)
np.diag(x) np.trace(x) np.cross(x,A) np.diff(x) np.clip(x,2,4) np.abs(-x) np.maximum(x,3) np.minimum(3,x)
np.power(x,2) np.square(x) np.sqrt(x) np.log1p(x) np.logaddexp(x,A) np.arctan2(x,A) np.hypot(A,x)
np.add.reduce(x,axis=1) np.add.reduce(x) np.multiply.outer(x,A) np.sum(x,where=A>2) np.sum(x,initial=2.)
np.max(x,axis=0,initial=5.) np.vstack([x,A]) np.hstack([A,x]) np.tril(x) np.take(x,[0,0],axis=1)
np.average(x,axis=1) np.median(x) np.ravel(x) np.swapaxes(x,0,1) np.negative(x) np.divide(x,A)
np.true_divide(x,A) np.subtract(x,A) np.multiply(x,A) np.sign(x) np.floor(x/2) np.degrees(x) np.sinc(x)
np.round(x/3,1) np.nan_to_num(x) np.rot90(x) np.array_split(x,2)[0] np.atleast_3d(x) np.column_stack([x,A])
np.fabs(x) np.std(x,axis=0) np.inner(x,A) np.vdot(x,A) np.ptp(x) np.mod(x,2) np.copy(x) np.amin(x,axis=1)
np.float_power(x,2.) np.compress([True,False],x,axis=0) np.einsum(x,[0,1],A,[2,1],[0,2]) np.einsum(x,[...,1],A,[0,1]) np.mean(x,where=A>2)
np.std(x,axis=0,ddof=.5,where=A<9) np.linalg.norm(x,2) np.linalg.norm(x,'nuc',axis=(1,0)) np.linalg.norm(x@x.T,-2)""".split()


@pytest.mark.parametrize("code", DISPATCHED)
def test_numpys_own_functions_take_traced_values(code):
    f = lambda x: eval(code, {"np": np, "A": A, "x": x})
    z = f(cr.Var(A))
    assert isinstance(z, cr.Var) and np.allclose(z.value, f(A), rtol=1e-13)
    report = cr.check_grad(f, at=(A + np.array([[0.01, 0.03, 0.02], [0.05, 0.011, 0.07]]),))
    assert report, report


def test_numpys_own_functions_take_traced_numbers():
    s = cr.Var(2.0)
    assert np.exp(s).value == np.exp(2.0) and type(np.exp(s)) is cr.Var
    assert np.add(s, 1.0).value == 3.0 and (np.float64(3.0) * s).value == 6.0
    z = np.sum(np.stack([s, s * s]) * np.array([1.0, 10.0]))
    z.backward()
    assert s.grad == 41.0
    assert np.sum(s).value == 2.0 and np.ndim(s) == 0 and np.shape(s) == () and bool(np.isfinite(s))
    assert (np.arange(3.0) * s).value.tolist() == [0.0, 2.0, 4.0]


def test_what_numpy_does_without_a_rule_is_said():
    x = cr.Var(A)
    with pytest.raises(
        cr.InputTypeError, match="np.interp was called on a traced value and has no rule here"
    ):
        np.interp(x, A[0], A[0])
    with pytest.raises(cr.InputTypeError, match="np.add was asked to write a traced value into an array"):
        np.add(A, x, out=A.copy())
    for lose in (
        np.asarray,
        float,
        lambda x: A.copy().__setitem__(0, x[0]),
        lambda x: np.array([x[0, 0], 1.0]),
    ):
        with pytest.raises(cr.InputTypeError, match="would lose the trace"):
            lose(x)
    with pytest.raises(cr.InputTypeError, match="asked to change in place"):
        x[0] = 1.0


@pytest.mark.parametrize(
    "ask, error, words",
    [
        (lambda x: x + np.ones(4), "ShapeError", r"add was asked of values of shapes \(2, 3\) and \(4,\)"),
        (lambda x: x @ x, "ShapeError", r"matmul was asked of values of shapes \(2, 3\) and \(2, 3\)"),
        (lambda x: x.reshape(4), "ShapeError", r"reshape was asked of values of shapes \(2, 3\)"),
        (
            lambda x: cnp.sum(x, axis=2),
            "ShapeError",
            r"axis 2 was asked of an array with 2 axes, of shape \(2, 3\)",
        ),
        (lambda x: cnp.concatenate([x, np.ones((2, 2))]), "ShapeError", r"shapes \(2, 3\) and \(2, 2\)"),
        (lambda x: cnp.stack([x, x[0]]), "ShapeError", r"stack was asked of arrays of shapes \[\(2, 3\), \(3,\)\]"),
        (lambda x: cnp.transpose(x, (0, 1, 2)), "ShapeError", r"transpose was asked of shape \(2, 3\)"),
        (lambda x: cnp.squeeze(x, axis=0), "ShapeError", r"squeeze was asked of shape \(2, 3\)"),
        (lambda x: cnp.tensordot(x, x, axes=1), "ShapeError", r"tensordot .* lengths \[3\] and \[2\]"),
        (lambda x: cnp.linalg.inv(x), "ShapeError", r"linalg.inv was asked of an array of shape \(2, 3\)"),
        (lambda x: cnp.einsum("ij,jk", x), "ShapeError", "einsum was asked for 2 operands"),
        (
            lambda x: cnp.split(x, 2, axis=1),
            "ShapeError",
            "split into 2 equal parts was asked of an axis of length 3",
        ),
        (lambda x: cnp.pad(x, 1, mode="mean"), "InputTypeError", "pad was asked for mode='mean'"),
        (lambda x: x + "a", "InputTypeError", "add was asked of values"),
        (lambda x: x + 1j, "InputTypeError", "a complex number together with a traced value"),
        (
            lambda x: cnp.linalg.inv(x[:, :2] * 0),
            "DomainError",
            "inv was asked of values of shapes .*Singular",
        ),
        (
            lambda x: cr.Var(np.arange(3)),
            "InputTypeError",
            r"of dtype int64 and shape \(3,\).*write 3.0 for 3",
        ),
        (lambda x: cr.Var([1, 2]), "InputTypeError", "write 3.0 for 3"),
        (lambda x: cr.Var(np.array([True])), "InputTypeError", "dtype bool"),
        (lambda x: cr.Var(np.array([1j])), "InputTypeError", "dtype complex128"),
        (lambda x: cr.Var(np.array([None])), "InputTypeError", "dtype object"),
        (
            lambda x: cr.grad(lambda x: x * x)(A),
            "ShapeError",
            r"grad was asked of an output of shape \(2, 3\)",
        ),
        (
            lambda x: cr.vjp(lambda x: x * x, A)[1](np.ones(3)),
            "ShapeError",
            r"vjp was given a seed of shape \(3,\)",
        ),
        (
            lambda x: cr.jvp(lambda x: x * x, (A,), (np.ones(3),)),
            "ShapeError",
            r"jvp was given a seed of shape \(3,\)",
        ),
        (lambda x: cr.grad(lambda x: cnp.sum(x * 1j))(A), "InputTypeError", "complex"),
        (lambda x: x.backward(1j * A), "InputTypeError", "a seed of dtype complex128; give real numbers"),
        (lambda x: cr.Var(2.0).backward("a"), "InputTypeError", "the seed 'a'; give a real number"),
        (
            lambda x: cr.vjp(lambda x: (x, x), A)[1]((A,)),
            "ShapeError",
            "a cotangent that does not match its output: 2 entries were wanted, and 1 given",
        ),
        (lambda x: cr.Var([[1.0, 2.0], [3.0]]), "ShapeError", "rows of different lengths"),
        (lambda x: cnp.repeat(x, [1, 2, 3], axis=0), "ShapeError", r"repeat was asked of shape \(2, 3\)"),
        (lambda x: cnp.pad(x, (1, 2, 3)), "ShapeError", r"pad was asked of shape \(2, 3\)"),
        (lambda x: cnp.sort(x, 2), "ShapeError", "axis 2 was asked of an array with 2 axes"),
        (lambda x: cnp.linalg.norm(x, 3), "DomainError", "a matrix norm of order 3 was asked; give None"),
        (
            lambda x: cr.hessian(lambda x: cnp.linalg.norm(x, 2))(A),
            "InputTypeError",
            "a second derivative of singular values was asked",
        ),
    ],
)
def test_an_error_says_what_was_asked_and_given(ask, error, words):
    with pytest.raises(getattr(cr, error), match=words):
        ask(cr.Var(A))


def test_array_graphs_leave_nothing_to_the_garbage_collector():
    f = lambda p: cnp.sum(cnp.softmax(cnp.tanh(p[0] @ p[1])) ** 2)
    parts = [np.ones((3, 3)), np.ones(3)]
    cr.grad(f)(parts)
    gc.collect()
    gc.disable()
    try:
        for _ in range(1000):
            cr.grad(f)(parts)
        for _ in range(50):
            cr.hessian(lambda x: cnp.sum(x**3))(parts[1])
            cr.jvp(f, (parts,), (parts,))
            (cr.Var(parts[0]) @ cr.Var(parts[1])).sum().backward()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_primitive_with_one_mode_has_the_other():
    square_sum = lambda m, x: m.sum(x * x)
    by_vjp = cr.primitive("a", square_sum, vjp=lambda m, g, z, x: m.reshape(g, (*m.shape(g), 1)) * 2.0 * x)
    by_jvp = cr.primitive("b", square_sum, jvp=lambda m, t, z, x: m.sum(2.0 * x * t))
    x = np.array([1.0, 2.0, 3.0])
    for f in (by_vjp, by_jvp):
        assert cr.grad(f)(x).tolist() == [2.0, 4.0, 6.0] and cr.jvp(f, (x,), (x,)) == (14.0, 28.0)
        assert cr.hessian(f)(x).tolist() == (2.0 * np.eye(3)).tolist()


def test_exported_names_are_these():
    wanted = """exp log sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh sqrt
    cbrt square abs sign maximum minimum clip where logaddexp logaddexp2 hypot sum mean var std prod max min
    cumsum dot matmul einsum tensordot inner outer kron reshape transpose squeeze moveaxis swapaxes flip
    roll broadcast_to expand_dims ravel concatenate stack split tile repeat pad sort diag trace cross diff
    relu sigmoid softplus softmax log_softmax logsumexp linalg add subtract multiply divide power
    negative""".split()
    assert set(wanted) <= set(cnp.__all__)
    assert all(hasattr(cnp, name) for name in cnp.__all__)
    assert {"norm", "inv", "solve", "det", "slogdet"} <= set(cnp.linalg.__all__)
    assert cnp.pi == np.pi and cnp.zeros is np.zeros and cnp.argmax(cr.Var(A)) == 5


def test_a_scalar_node_has_the_methods_and_indices_of_an_array():
    s = cr.Var(3.0)
    assert s.sum().value == s.mean().value == s.T.value == s[()].value == 3.0
    assert s.reshape(1).shape == s[None].shape == (1,)
    assert cr.grad(lambda s: (s[None] * s.reshape(1)).sum())(3.0) == 6.0
    with pytest.raises(AttributeError, match="has no attribute 'colour'"):
        s.colour


def test_rows_of_this_room_take_numbers_and_numpy_scalars():
    assert cnp.sinc(0.0) == 1.0 and np.isclose(cnp.sinc(0.3), np.sinc(0.3))
    assert np.isclose(cnp.logaddexp2(1.0, 2.5), np.logaddexp2(1.0, 2.5))
    assert cnp.sign(np.float64(-2.0)) == -1.0
    assert cr.check_grad(lambda x, y: cnp.sinc(x) * cnp.logaddexp2(x, y), at=(0.3, 1.2))


def test_float32_is_kept_where_no_entry_is_read():
    x = cr.Var(np.eye(2, dtype=np.float32))
    for z in (cnp.linalg.matrix_power(x, 0), cnp.linalg.norm(x, 0, axis=1)):
        assert z.dtype == np.float32


def test_compress_as_a_method_takes_its_condition_first():
    x = cr.Var(A)
    x.compress([False, True], axis=0).sum().backward()
    assert x.grad.tolist() == [[0, 0, 0], [1, 1, 1]]
