"""Units as postings write them, turned into numbers that can be compared; built on ``pint``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from matchmaker.matching.clauses.unit_words import COUNTS, NAMES

if TYPE_CHECKING:
    from pint import UnitRegistry

_DEFINITIONS = (
    "hundredth = 0.01",
    "thousandth = 0.001",
    "part_per_million = 1e-6",
    "part_per_billion = 1e-9",
    "fold = []",
    "yuan = [money]",
    "turn_count = [turning]",
    "piece = [piece]",
    "mu_of_land = 2000 / 3 * meter ** 2",
    "sound_level = [sound_level]",
    "hardness_rockwell = [hardness_rockwell]",
    "hardness_vickers = [hardness_vickers]",
    "hardness_brinell = [hardness_brinell]",
    "turbidity = [turbidity]",
    "magnitude_order = [magnitude_order]",
    "bit_rate = [bit_rate]",
    "gauss_field = 1e-4 * tesla",
    "oersted_field = 79.57747 * ampere / meter",
    *(f"count_{number} = [count_{number}]" for number in range(len(COUNTS))),
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−·⋅•（）", "0123456789--***()")
_ATOM = re.compile(
    "(" + "|".join(re.escape(word) for word in sorted(NAMES, key=len, reverse=True)) + ")"
    r"(?:\^\(?([-−]?\d(?:[./]\d{1,2})?)\)?|([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|[23](?![\d.])))?(?![A-Za-z])"
)
_WATER = 1e-6
"""In water a litre weighs a kilogram: 1 mg/L stands for 1 ppm."""


@dataclass(frozen=True, slots=True)
class Scale:
    """``value · factor + offset`` is a value in base units of ``dimension``."""

    dimension: str
    factor: float
    offset: float = 0.0

    def base(self, value: float) -> float:
        """Return ``value`` in base units."""
        return value * self.factor + self.offset


@lru_cache(maxsize=1)
def _registry() -> UnitRegistry[float]:
    """Import and build on first use: it takes most of a second."""
    from pint import UnitRegistry

    registry: UnitRegistry[float] = UnitRegistry()
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


@lru_cache(maxsize=2048)
def scale_of(unit: str, subject: str = "") -> Scale | None:
    """Return the scale of ``unit`` as written; ``None`` for one that can't be read.

    ``subject`` tells the 度 of a temperature or a slope from that of an electricity meter, and a
    mass or volume in a span of time ("每小时 45 吨", "日处理 600 吨") from one as such.
    """
    words = _meant(unit, subject)
    if words in _CELSIUS:
        return Scale("[temperature]", 1.0, 273.15)
    try:
        base = _registry().parse_expression(_named(words)) * _registry().Quantity(1.0)
        base = base.to_base_units()
    except Exception:  # whatever pint raises on odd products, the unit is only not known
        return None
    return Scale(str(base.dimensionality), float(base.magnitude))


def _meant(unit: str, subject: str) -> str:
    if unit in _AMOUNTS and (span := _SPAN.search(subject)):
        return f"{unit}/{_SPANS[span[1] or span[2]]}"
    if unit != "度":
        return unit
    if re.search(r"温|零[上下]|temperature", subject):
        return "℃"
    return "°" if re.search(r"坡|角|倾", subject) else unit


def _named(unit: str) -> str:
    """Spell a unit out for the registry: "W/(m·K)" → "(watt)/((meter)*(kelvin))"."""
    if not unit:
        return "1"
    spelled = _ATOM.sub(_spelled, unit.replace("° C", "℃"))
    spelled = spelled.translate(_RAISED).replace("每", "/").replace(" ", "")
    spelled = re.sub(r"/a(?![a-z])", "/year", spelled)
    return "1" + spelled if spelled.startswith("/") else spelled


def _spelled(match: re.Match[str]) -> str:
    name = NAMES[match[1]].replace("degC", "kelvin")
    power = match[2] or match[3]
    return f"({name})**({power.translate(_RAISED)})" if power else f"({name})"


def on_one_scale(
    unit: str, other: str, subject: str = "", other_subject: str = ""
) -> tuple[Scale, Scale] | None:
    """Return the scales of two units, ``None`` if they measure different things."""
    if unit == other and _meant(unit, subject) == _meant(other, other_subject):
        return _alike(scale_of(unit, subject), unit)
    one, two = scale_of(unit, subject), scale_of(other, other_subject)
    if one is None or two is None:
        return None
    if one.dimension == two.dimension:
        return one, two
    return _diluted(one, two, unit, other)


def _alike(scale: Scale | None, unit: str) -> tuple[Scale, Scale]:
    """Compare figures in one unit as they stand, also where the unit can't be read."""
    held = scale or Scale(unit, 1.0)
    return held, held


def _diluted(one: Scale, two: Scale, unit: str, other: str) -> tuple[Scale, Scale] | None:
    """Hold a share in parts per million against a mass in water."""
    if unit in _PARTS and other in _IN_WATER:
        return one, Scale(one.dimension, _IN_WATER[other] * _WATER)
    if other in _PARTS and unit in _IN_WATER:
        return Scale(two.dimension, _IN_WATER[unit] * _WATER), two
    return None


_AMOUNTS = frozenset("吨 t 千克 公斤 kg 立方米 方 m³ m3 升 L Nm³".split())
_SPAN = re.compile(r"每(小时|分钟|秒|天|日|年)|(?<![一-鿿])(小时|日|年)(?:均|处理|产|供|用)")
_SPANS = {"小时": "h", "分钟": "min", "秒": "s", "天": "d", "日": "d", "年": "a"}
_CELSIUS = frozenset({"℃", "°C", "° C", "摄氏度"})
_PARTS = frozenset({"ppm", "ppb"})
_IN_WATER = {
    "mg/L": 1.0,
    "mg/l": 1.0,
    "毫克/升": 1.0,
    "g/L": 1e3,
    "g/l": 1e3,
    "克/升": 1e3,
    "μg/L": 1e-3,
    "µg/L": 1e-3,
    "ug/L": 1e-3,
    "微克/升": 1e-3,
}
