"""The walk that page 02 is about: a hill z = f(x, y) and a track x = g(t), y = h(t) that climbs past its summit."""

from chainrule_lib.engine import jvp

START, END = 0.0, 2.0  # of the walk, in units of t


def f(x, y):
    """The height of the hill."""
    return 10.0 - x * x - y * y


def g(t):
    """How far east of the summit the walker is."""
    return 3.0 - t


def h(t):
    """How far north."""
    return 0.5 * t * t


def height(t):
    """The height of the walker."""
    return f(g(t), h(t))


def rates(t: float) -> dict[str, float]:
    """Where the walker is at time t, and every rate, by the engine: x, y, z; dx, dy, dz along t; partials zx, zy."""
    x, dx = jvp(g, (t,), (1.0,))
    y, dy = jvp(h, (t,), (1.0,))
    z, zx = jvp(f, (x, y), (1.0, 0.0))
    _, zy = jvp(f, (x, y), (0.0, 1.0))
    _, dz = jvp(height, (t,), (1.0,))
    return {"x": x, "y": y, "z": z, "dx": dx, "dy": dy, "zx": zx, "zy": zy, "dz": dz}
