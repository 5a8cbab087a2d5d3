"""The learning curve as a small SVG that reads on light and dark pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 24, 48
_COLOURS = {"bundled": "#0d7a8a", "equal": "#b7791f"}
_NAMES = {"bundled": "bundled weights", "equal": "equal weights"}


def chart(figures: Mapping[str, Any]) -> str:
    """Return the mean curves of ``learning_curve.measure``, the worst seeds dashed."""
    curves = {name: figures[name] for name in _COLOURS}
    values = [value for held in curves.values() for value in (*held["mean"], *held["worst"])]
    low, high = min(values) - 0.005, max(values) + 0.005
    most = max(held["verdicts"][-1] for held in curves.values())

    def point(verdicts: float, value: float) -> str:
        across = LEFT + (WIDTH - LEFT - RIGHT) * verdicts / most
        down = TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)
        return f"{across:.1f},{down:.1f}"

    def line(verdicts: Sequence[int], ranked: Sequence[float], style: str) -> str:
        points = " ".join(point(*pair) for pair in zip(verdicts, ranked, strict=True))
        return f'<polyline fill="none" {style} points="{points}"/>'

    parts = [_frame(low, high, most)]
    for name, held in curves.items():
        stroke = f'stroke="{_COLOURS[name]}"'
        parts.append(line(held["verdicts"], held["mean"], f'{stroke} stroke-width="2.5"'))
        dashed = f'{stroke} stroke-width="1" stroke-dasharray="4 4"'
        parts.append(line(held["verdicts"], held["worst"], dashed))
        across, down = point(held["verdicts"][-1], held["mean"][-1]).split(",")
        label = f"{_NAMES[name]} {held['gain']:+.3f}"
        parts.append(_text(float(across) + 8, float(down) + 4, label, _COLOURS[name]))
    return _svg(parts)


def _frame(low: float, high: float, most: int) -> str:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    rules = "".join(
        f'<line x1="{LEFT}" x2="{right}" y1="{down:.1f}" y2="{down:.1f}" stroke="#8884"/>'
        + _text(LEFT - 8, down + 4, f"{high - (high - low) * step / 4:.3f}", anchor="end")
        for step in range(5)
        for down in [TOP + (bottom - TOP) * step / 4]
    )
    axis = "".join(
        _text(LEFT + (right - LEFT) * step / 4, bottom + 18, str(round(most * step / 4)))
        for step in range(5)
    )
    titles = _text(LEFT, TOP - 10, "nDCG@10 on unseen demands", anchor="start")
    return rules + axis + titles + _text((LEFT + right) / 2, HEIGHT - 8, "verdicts")


def _text(across: float, down: float, words: str, colour: str = "#777", anchor: str = "") -> str:
    held = anchor or ("start" if colour != "#777" else "middle")
    return (
        f'<text x="{across:.1f}" y="{down:.1f}" fill="{colour}" text-anchor="{held}">{words}</text>'
    )


def _svg(parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="12" role="img" '
        'aria-label="nDCG@10 on unseen demands by verdicts given">'
    )
    return "\n".join([head, *parts, "</svg>"]) + "\n"
