"""Assignment a2: two roads from t to z, their sum, an explicit dependence, and polar coordinates."""

from ... import engine as cr
from ..graphs import given, name
from ..probes import one_variable, pick, two_variables
from ..task import Block, Extra, Invariant, Task

MIXED = ("plain", "decoy", "plain", "decoy", "plain", "decoy")


def dz_dt(t):
    x = name("x", cr.cos(2 * t))
    y = name("y", t**2 + t)
    return name("z", x**2 * y + cr.sin(y))


def sample_dz_dt(rng, kind):
    return [rng.choice((1, 3, -3)) if kind == "integer" else pick(rng, 0.35, 1.9)]


def two_path(f, fx, fy, g, dg, h, dh, t):
    x = name("x", given("g", g, dg)(t))
    y = name("y", given("h", h, dh)(t))
    return name("z", given("f", f, fx, fy)(x, y))


def sample_two_path(rng, kind):
    first, g = one_variable(rng, kind == "decoy")
    _, h = one_variable(rng, kind == "decoy", besides=first)
    return [*two_variables(rng, kind == "decoy"), g[0], g[1], h[0], h[1], pick(rng, 0.4, 1.9)]


def total_derivative(t, k):
    x = name("x", cr.sin(t))
    y = name("y", cr.exp(k * t))
    return name("z", x * y + t * x**2)


def sample_total_derivative(rng, kind):
    return [pick(rng, 0.4, 1.8), pick(rng, 0.3, 1.6)]


def polar(f, fx, fy, r, th):
    x = name("x", r * cr.cos(th))
    y = name("y", r * cr.sin(th))
    return name("z", given("f", f, fx, fy)(x, y))


def sample_polar(rng, kind):
    return [*two_variables(rng, kind == "decoy"), round(rng.uniform(0.4, 2.6), 2), pick(rng, 0.3, 2.8)]


def turned(f, fx, fy, r, th):
    x = name("x", r * cr.sin(th))
    y = name("y", r * cr.cos(th))
    return name("z", given("f", f, fx, fy)(x, y))


def same_length(arguments, blocks):
    _, fx, fy, r, th = arguments
    x, y = r * cr.cos(th), r * cr.sin(th)
    return abs(blocks["r"] ** 2 + (blocks["th"] / r) ** 2 - fx(x, y) ** 2 - fy(x, y) ** 2) < 1e-5 * (
        1 + fx(x, y) ** 2 + fy(x, y) ** 2
    )


TASKS = [
    Task(
        id="a2.dz_dt",
        title="Two roads from t to z",
        signature="dz_dt(t)",
        chapter="02-two-roads",
        forward=dz_dt,
        sample=sample_dz_dt,
        blocks=(Block("dz/dt", "t", 8),),
        kinds=("plain", "plain", "integer", "plain", "plain"),
    ),
    Task(
        id="a2.two_path",
        title="Two roads, any functions",
        signature="two_path(f, fx, fy, g, dg, h, dh, t)",
        chapter="02-two-roads",
        forward=two_path,
        sample=sample_two_path,
        blocks=(Block("dz/dt", "t", 8),),
        kinds=MIXED,
    ),
    Task(
        id="a2.total_derivative",
        title="A total derivative with an explicit term",
        signature="total_derivative(t, k)",
        chapter="03-total-or-partial",
        forward=total_derivative,
        sample=sample_total_derivative,
        blocks=(Block("dz/dt", "t", 8),),
    ),
    Task(
        id="a2.polar",
        title="Slopes in polar coordinates",
        signature="polar(f, fx, fy, r, th)",
        chapter="03-total-or-partial",
        forward=polar,
        sample=sample_polar,
        blocks=(Block("dz/dr", "r", 3), Block("dz/dθ", "th", 3)),
        output="tuple",
        kinds=MIXED,
        extras=(Extra("M50", "x = r sin θ and y = r cos θ: sine and cosine exchanged", forward=turned),),
        invariants=(
            Invariant(
                "z_r² + (z_θ / r)² should equal f_x² + f_y²: turning the axes keeps a length.", same_length
            ),
        ),
    ),
]
