"""The engine against its peers, on one thread, in one process, in the same run.

    python benchmarks/engine.py [--quick] [--only ROW] [--write]

Every engine computes the same gradient, which is compared before anything is timed. Then the engines take
turns, and their order rotates, so that none always follows a cache-hungry neighbour; scalar rows start from
a collected heap. Figures are medians of processor time. Import time and peak memory are taken in fresh processes. `--write`
renews benchmarks/engine.md.
"""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import argparse
import gc
import platform
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np

import chainrule_lib as cr
import chainrule_lib.numpy as cnp

RNG = np.random.default_rng(0)


def peers():
    """The peers, imported here so that --help and --only stay quick; autograd, jax, micrograd, mygrad,
    torch."""
    import autograd
    import jax
    import micrograd.engine
    import mygrad
    import torch

    jax.config.update("jax_enable_x64", True)
    torch.set_num_threads(1)
    return autograd, jax, micrograd.engine, mygrad, torch


# scalar rows: the same Python for every engine, with its own kind of number


def moons(n=100):
    angle = np.pi * RNG.random(n)
    side = np.arange(n) % 2
    x = np.stack(
        [
            np.where(side, 1 - np.cos(angle), np.cos(angle)),
            np.where(side, 0.5 - np.sin(angle), np.sin(angle)),
        ],
        1,
    )
    return (x + 0.1 * RNG.normal(size=x.shape)).tolist(), (2.0 * side - 1).tolist()


def scalar_mlp():
    xs, ys = moons()
    sizes = [2, 16, 16, 1]
    flat = [float(w) for a, b in zip(sizes, sizes[1:]) for w in RNG.uniform(-1, 1, (a + 1) * b)]

    def loss(params, relu):
        params = iter(params)
        layers = [[[next(params) for _ in range(a + 1)] for _ in range(b)] for a, b in zip(sizes, sizes[1:])]
        total = 0.0
        for x, y in zip(xs, ys):
            for depth, layer in enumerate(layers):
                sums = []
                for *weights, bias in layer:
                    s = bias
                    for w, v in zip(weights, x):
                        s = s + w * v
                    sums.append(relu(s) if depth < 2 else s)
                x = sums
            total = total + relu(1.0 + -y * x[0])
        return total * (1.0 / len(xs))

    autograd, _, micrograd, _, torch = peers()

    def ours():
        params = [cr.Var(w) for w in flat]
        loss(params, cr.relu).backward()
        return [p.grad for p in params]

    def micro():
        params = [micrograd.Value(w) for w in flat]
        loss(params, lambda v: v.relu()).backward()
        return [p.grad for p in params]

    def tape(relu=lambda v: v.relu()):
        params = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in flat]
        loss(params, relu).backward()
        return [p.grad.item() for p in params]

    def hips():
        relu = lambda v: autograd.numpy.maximum(v, 0.0)
        return autograd.grad(lambda ps: loss(ps, relu))(flat)

    return {"ours": ours, "micrograd": micro, "torch": tape, "autograd": hips}


def chain():
    n = 50_000  # two nodes each

    def ours():
        x = cr.Var(0.5)
        y = x
        for _ in range(n):
            y = cr.sin(y) * 1.01
        y.backward()
        return x.grad

    torch = peers()[4]

    def tape():
        x = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
        y = x
        for _ in range(n):
            y = torch.sin(y) * 1.01
        y.backward()
        return x.grad.item()

    return {"ours": ours, "torch": tape}


# networks: squared error of a tanh network, or cross-entropy of a relu network


def network(sizes, batch, classes, steps=1):
    X = RNG.normal(size=(batch, sizes[0]))
    Y = (
        np.eye(sizes[-1])[RNG.integers(0, sizes[-1], batch)]
        if classes
        else RNG.normal(size=(batch, sizes[-1]))
    )
    shapes = [s for a, b in zip(sizes, sizes[1:]) for s in ((a, b), (b,))]
    params = [RNG.normal(size=s) * (0.1 if classes else 0.5) for s in shapes]
    depth = len(sizes) - 1

    def loss(p, m, act, log_softmax):
        h = X
        for k in range(depth):
            h = h @ p[2 * k] + p[2 * k + 1]
            if k < depth - 1:
                h = act(h)
        if classes:
            return -(log_softmax(h) * Y).sum() / batch
        e = h - Y
        return (e * e).sum() / batch

    def log_softmax_of(m):
        def log_softmax(s):
            s = s - m.max(s, axis=1, keepdims=True)
            return s - m.log(m.sum(m.exp(s), axis=1, keepdims=True))

        return log_softmax

    def hand():
        hs, h = [X], X
        for k in range(depth):
            h = h @ params[2 * k] + params[2 * k + 1]
            if k < depth - 1:
                h = np.maximum(h, 0.0) if classes else np.tanh(h)
            hs.append(h)
        if classes:
            s = h - h.max(1, keepdims=True)
            e = np.exp(s)
            delta = (e / e.sum(1, keepdims=True) - Y) / batch
        else:
            delta = 2.0 * (h - Y) / batch
        grads = [None] * len(params)
        for k in reversed(range(depth)):
            grads[2 * k], grads[2 * k + 1] = hs[k].T @ delta, delta.sum(0)
            if k:
                slope = (hs[k] > 0) if classes else 1.0 - hs[k] * hs[k]
                delta = (delta @ params[2 * k].T) * slope
        return grads

    autograd, jax, _, mygrad, torch = peers()
    jnp, anp = jax.numpy, autograd.numpy
    relu = (lambda m: lambda h: m.maximum(h, 0.0)) if classes else (lambda m: m.tanh)

    our_grad = cr.grad(lambda p: loss(p, cnp, cnp.relu if classes else cnp.tanh, cnp.log_softmax))
    hips_grad = autograd.grad(lambda p: loss(p, anp, relu(anp), log_softmax_of(anp)))
    jitted = jax.jit(jax.grad(lambda p: loss(p, jnp, relu(jnp), lambda s: jax.nn.log_softmax(s))))
    Xt, Yt = torch.tensor(X), torch.tensor(Y)
    leaves_t = [torch.tensor(p, requires_grad=True) for p in params]

    def tape():
        h = Xt
        for k in range(depth):
            h = h @ leaves_t[2 * k] + leaves_t[2 * k + 1]
            if k < depth - 1:
                h = torch.relu(h) if classes else torch.tanh(h)
        out = -(torch.log_softmax(h, 1) * Yt).sum() / batch if classes else ((h - Yt) ** 2).sum() / batch
        return torch.autograd.grad(out, leaves_t)

    def my():
        tensors = [mygrad.tensor(p, copy=False) for p in params]
        h = X
        for k in range(depth):
            h = mygrad.matmul(h, tensors[2 * k]) + tensors[2 * k + 1]
            if k < depth - 1:
                h = mygrad.nnet.activations.relu(h) if classes else mygrad.tanh(h)
        if classes:
            out = -(mygrad.nnet.activations.logsoftmax(h) * Y).sum() / batch
        else:
            e = h - Y
            out = (e * e).sum() / batch
        out.backward()
        return [t.grad for t in tensors]

    return {
        "hand-written": hand,
        "ours": lambda: our_grad(params),
        "autograd": lambda: hips_grad(params),
        "mygrad": my,
        "torch": tape,
        "jax jit": lambda: [np.asarray(g) for g in jax.block_until_ready(jitted(params))],
    }


def elementwise():
    x = RNG.uniform(0.5, 1.5, 1_000_000)

    def f(x, m, relu):
        for _ in range(4):  # five operations each
            x = m.tanh(m.exp(-x) * x + 0.5)
        return m.sum(x)

    def hand():
        kept, h = [], x
        for _ in range(4):
            e = np.exp(-h)
            t = np.tanh(e * h + 0.5)
            kept.append((e, h, t))
            h = t
        g = None
        for e, h, t in reversed(kept):
            d = 1.0 - t * t
            d = d if g is None else g * d
            g = d * e
            d *= h
            d *= e
            g -= d
        return g

    autograd, jax, _, mygrad, torch = peers()
    xt = torch.tensor(x, requires_grad=True)
    jitted = jax.jit(jax.grad(lambda v: f(v, jax.numpy, None)))
    our_grad, hips_grad = cr.grad(lambda v: f(v, cnp, None)), autograd.grad(
        lambda v: f(v, autograd.numpy, None)
    )

    def my():
        t = mygrad.tensor(x, copy=False)
        f(t, mygrad, None).backward()
        return t.grad

    return {
        "hand-written": hand,
        "ours": lambda: our_grad(x),
        "autograd": lambda: hips_grad(x),
        "mygrad": my,
        "torch": lambda: torch.autograd.grad(f(xt, torch, None), xt)[0],
        "jax jit": lambda: np.asarray(jax.block_until_ready(jitted(x))),
    }


def rosenbrock(x):
    a, b = x[1:], x[:-1]
    return (100.0 * (a - b * b) ** 2 + (1.0 - b) ** 2).sum()


def hessian(n=100):
    x = RNG.normal(size=n)
    autograd, jax, _, _, torch = peers()
    xt, xj = torch.tensor(x), jax.numpy.asarray(x)
    jitted = jax.jit(jax.hessian(rosenbrock))
    ours, hips = cr.hessian(rosenbrock), autograd.hessian(rosenbrock)

    def hand():
        h = np.zeros((n, n))
        i = np.arange(n - 1)
        h[i, i] += 1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0
        h[i + 1, i + 1] += 200.0
        h[i, i + 1] = h[i + 1, i] = -400.0 * x[:-1]
        return h

    return {
        "hand-written": hand,
        "ours": lambda: ours(x),
        "autograd": lambda: hips(x),
        "torch": lambda: torch.autograd.functional.hessian(rosenbrock, xt),
        "jax jit": lambda: np.asarray(jax.block_until_ready(jitted(xj))),
    }


def directional(mode):
    """jvp or vjp of a small vector function: the cost of the mode itself."""
    W, x = RNG.normal(size=(16, 16)), RNG.normal(size=16)
    v = RNG.normal(size=16)
    autograd, jax, _, _, torch = peers()
    Wt, xt, vt = map(torch.tensor, (W, x, v))

    def f(m, W):
        return lambda x: m.tanh(W @ m.tanh(W @ x))

    jf = f(jax.numpy, W)
    if mode == "jvp":
        jitted = jax.jit(lambda x, v: jax.jvp(jf, (x,), (v,))[1])
        return {
            "ours": lambda: cr.jvp(f(cnp, W), (x,), (v,))[1],
            "autograd": lambda: autograd.differential_operators.make_jvp(f(autograd.numpy, W))(x)(v)[1],
            "torch": lambda: torch.func.jvp(f(torch, Wt), (xt,), (vt,))[1],
            "jax jit": lambda: np.asarray(jitted(x, v)),
        }
    jitted = jax.jit(lambda x, v: jax.vjp(jf, x)[1](v)[0])
    return {
        "ours": lambda: cr.vjp(f(cnp, W), x)[1](v)[0],
        "autograd": lambda: autograd.differential_operators.make_vjp(f(autograd.numpy, W))(x)[0](v),
        "torch": lambda: torch.func.vjp(f(torch, Wt), xt)[1](vt)[0],
        "jax jit": lambda: np.asarray(jitted(x, v)),
    }


# name: (engines, repetitions, calls a repetition, collect first, target: (ours at most this many times, whom))
ROWS = {
    "scalar MLP 2-16-16-1, 100 moons": (scalar_mlp, 5, 1, True, (0.25, "micrograd")),
    "chain of 100,000 nodes": (chain, 7, 1, True, (0.5, "torch")),
    # before the network: having freed large arrays once, the allocator keeps its memory, for every engine alike
    "20 elementwise operations on 1e6": (elementwise, 11, 1, False, (1.2, "hand-written")),
    "MLP 784-256-128-10, batch 128": (
        lambda: network([784, 256, 128, 10], 128, True),
        41,
        3,
        False,
        (1.1, "hand-written"),
    ),
    "MLP 2-16-16-1, batch 32": (
        lambda: network([2, 16, 16, 1], 32, False),
        61,
        20,
        False,
        (4.0, "hand-written"),
    ),
    "Hessian of Rosenbrock, n = 100": (hessian, 31, 2, False, (0.2, "torch")),
    "jvp of a small network": (lambda: directional("jvp"), 41, 20, False, (1.0, "torch")),
    "vjp of a small network": (lambda: directional("vjp"), 41, 20, False, (1.0, "torch")),
}


def agree(engines):
    """Every engine's answer against the first one's, before anything is timed."""
    answers = {
        name: [np.asarray(a) for a in (out if isinstance(out, (list, tuple)) else [out])]
        for name, f in engines.items()
        for out in [f()]
    }
    first = next(iter(answers.values()))
    for name, answer in answers.items():
        for a, b in zip(answer, first, strict=True):
            assert np.allclose(
                a, b, rtol=1e-6, atol=1e-9 * (1 + np.abs(b).max())
            ), f"{name} computes another gradient"


def measure(engines, repetitions, calls, collect):
    """Median processor seconds a call of each engine, in rotated turns; a busy machine hardly shows in them."""
    names, times = list(engines), {name: [] for name in engines}
    for turn in range(repetitions + 1):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            if collect:
                gc.collect()
            started = time.process_time()
            for _ in range(calls):
                engines[name]()
            times[name].append((time.process_time() - started) / calls)
    return {name: statistics.median(t[1:]) for name, t in times.items()}


def fresh(code, repetitions=7):
    """Median of a number that fresh Python processes print, after one that leaves compiled files behind."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

    def run():
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, env=environment)
        return float(done.stdout)

    run()
    return statistics.median(run() for _ in range(repetitions))


def imports(repetitions):
    timed = "import time; t = time.process_time(); {}; print(1000 * (time.process_time() - t))"
    peak = "{}; print(next(int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmHWM')) / 1024)"
    statements = {
        "numpy": "import numpy",
        "ours, scalars": "import chainrule_lib as cr; cr.grad",
        "ours, arrays": "import chainrule_lib.numpy",
        "autograd": "import autograd.numpy",
        "mygrad": "import mygrad",
        "micrograd": "import micrograd.engine",
        "jax": "import jax.numpy",
        "torch": "import torch",
    }
    return {
        name: (fresh(timed.format(s), repetitions), fresh(peak.format(s), 1))
        for name, s in statements.items()
    }


def cpu():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def scaled(seconds):
    return (
        f"{seconds * 1e6:,.0f} µs"
        if seconds < 1e-3
        else f"{seconds * 1e3:,.2f} ms" if seconds < 1 else f"{seconds:,.2f} s"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a fifth of the repetitions")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--write", action="store_true", help="renew benchmarks/engine.md")
    options = parser.parse_args()
    lines = []

    def say(line=""):
        print(line, flush=True)
        lines.append(line)

    import importlib.metadata as metadata

    versions = ", ".join(
        f"{p} {metadata.version(p)}" for p in "numpy micrograd autograd mygrad torch jax".split()
    )
    say("# The engine against its peers")
    say()
    say(
        f"{date.today()}, {os.cpu_count()} cores of {cpu()}, one thread used; "
        f"Python {platform.python_version()}, {versions}."
    )
    say("Times are medians of processor time over interleaved runs; written by `make bench-engine`.")
    for name, (build, repetitions, calls, collect, (target, whom)) in ROWS.items():
        if options.only.lower() not in name.lower():
            continue
        engines = build()
        agree(engines)
        median = measure(engines, max(3, repetitions // 5) if options.quick else repetitions, calls, collect)
        base = whom if whom in median else next(iter(median))
        ratio = median["ours"] / median[base]
        say()
        say(f"## {name}")
        say()
        say(f"Ours takes {ratio:.2f} of the time of {base} (wanted: at most {target}).")
        say()
        say("| engine | time | to " + base + " |")
        say("| --- | ---: | ---: |")
        for engine, seconds in sorted(median.items(), key=lambda item: item[1]):
            say(f"| {engine} | {scaled(seconds)} | {seconds / median[base]:.2f} |")
    if not options.only or options.only.lower() in "import":
        say()
        say("## Import")
        say()
        say("| import | processor time | peak memory |")
        say("| --- | ---: | ---: |")
        for name, (ms, mb) in imports(3 if options.quick else 9).items():
            say(f"| {name} | {ms:,.0f} ms | {mb:,.0f} MB |")
    if options.write:
        Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
