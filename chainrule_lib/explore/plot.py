"""A small plot: data coordinates to pixels, a frame with its end ticks, curves, points and tangent triangles."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chainrule_lib.study.drawing import number, path, shape, text

SAMPLES = 80


@dataclass(frozen=True)
class Plot:
    """A frame (left, top, width, height in pixels) over the data x0..x1 and y0..y1."""

    left: float
    top: float
    width: float
    height: float
    x0: float
    x1: float
    y0: float
    y1: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of a data point."""
        return (
            self.left + (x - self.x0) / (self.x1 - self.x0) * self.width,
            self.top + self.height - (y - self.y0) / (self.y1 - self.y0) * self.height,
        )

    def frame(self, across: str, up: str, *, ends: bool = True) -> str:
        """The ground, the zero lines that are in view, the names of both axes and the ends of the horizontal one."""
        body = shape("rect", ["paper"], x=self.left, y=self.top, width=self.width, height=self.height, rx=4)
        if self.x0 < 0 < self.x1:
            body += shape("path", ["hair"], d=path([self.at(0, self.y0), self.at(0, self.y1)]))
        if self.y0 < 0 < self.y1:
            body += shape("path", ["hair"], d=path([self.at(self.x0, 0), self.at(self.x1, 0)]))
        base = self.top + self.height + 15
        body += text(self.left + self.width / 2, base, across, 14) + text(
            self.left - 9, self.top + self.height / 2 + 5, up, 14
        )
        if ends:
            body += text(self.left, base - 1, number(self.x0, 3), 12, "start", look=["muted"])
            body += text(self.left + self.width, base - 1, number(self.x1, 3), 12, "end", look=["muted"])
        return body

    def curve(self, f: Callable[[float], float], look: Iterable[str | None] = ()) -> str:
        """The graph of f over the whole frame."""
        xs = [self.x0 + (self.x1 - self.x0) * k / SAMPLES for k in range(SAMPLES + 1)]
        return shape("path", ["curve", *look], d=path(self.at(x, f(x)) for x in xs))

    def tangent(self, x: float, y: float, slope: float, tone: str, share: float = 0.3) -> str:
        """The triangle under the tangent at (x, y): the run level, the rise in the tone; kept inside the frame."""
        run = share * (self.x1 - self.x0)
        run = -run if x + run > self.x1 else run
        room = (self.y1 - y if slope * run > 0 else y - self.y0) * 0.96
        if abs(slope * run) > room:
            run *= room / abs(slope * run)
        corners = [self.at(x, y), self.at(x + run, y), self.at(x + run, y + slope * run)]
        fill = shape("path", [tone, "fill"], d=path(corners) + "Z")
        return fill + shape("path", ["edge", tone], d=path([corners[0], corners[2]]))

    def inside(self, x: float, y: float, slope: float, reach: float) -> tuple[float, float]:
        """From where to where, at most `reach` each way, the line through (x, y) stays in the frame."""
        left, right = max(x - reach, self.x0), min(x + reach, self.x1)
        if slope:
            low, high = sorted((x + (edge - y) / slope for edge in (self.y0, self.y1)))
            left, right = max(left, low), min(right, high)
        return left, right

    def point(self, x: float, y: float, tone: str | None = None) -> str:
        px, py = self.at(x, y)
        return shape("circle", ["dot", tone], cx=px, cy=py, r=4.5)


def span(f: Callable[[float], float], x0: float, x1: float, room: float = 0.12) -> tuple[float, float]:
    """The least and greatest value of f on x0..x1 (sampled), with some room at each end."""
    values = [f(x0 + (x1 - x0) * k / SAMPLES) for k in range(SAMPLES + 1)]
    low, high = min(values), max(values)
    pad = room * (high - low or 1.0)
    return low - pad, high + pad
