"""The units of postings: how they are written, and what each is called in ``pint``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product
from types import MappingProxyType

_PREFIXES = {
    "T": "tera",
    "G": "giga",
    "M": "mega",
    "k": "kilo",
    "K": "kilo",
    "d": "deci",
    "c": "centi",
    "m": "milli",
    "μ": "micro",
    "µ": "micro",
    "u": "micro",
    "n": "nano",
    "p": "pico",
    "": "",  # last, so that "Gs" is the gauss and no billion seconds
}
_SYMBOLS = {
    "m": "meter",
    "g": "gram",
    "s": "second",
    "A": "ampere",
    "V": "volt",
    "W": "watt",
    "Wh": "watt_hour",
    "Ah": "ampere_hour",
    "VA": "volt_ampere",
    "J": "joule",
    "Pa": "pascal",
    "Hz": "hertz",
    "N": "newton",
    "L": "liter",
    "l": "liter",
    "F": "farad",
    "Ω": "ohm",
    "T": "tesla",
    "S": "siemens",
    "eV": "electron_volt",
    "mol": "mole",
    "cal": "calorie",
    "bar": "bar",
    "Oe": "oersted_field",
    "Gs": "gauss_field",
    "bps": "bit_rate",
}
_AS_THEY_ARE = {
    "K": "kelvin",
    "t": "metric_ton",
    "h": "hour",
    "hr": "hour",
    "min": "minute",
    "d": "day",
    "day": "day",
    "days": "day",
    "hours": "hour",
    "hour": "hour",
    "minutes": "minute",
    "minute": "minute",
    "seconds": "second",
    "second": "second",
    "years": "year",
    "year": "year",
    "months": "month",
    "cycles": "turn_count",
    "times": "turn_count",
    "tonnes": "metric_ton",
    "tonne": "metric_ton",
    "tons": "metric_ton",
    "Nm³": "meter**3",
    "Nm3": "meter**3",
    "kNm³": "(1000*meter**3)",
    "ha": "hectare",
    "ppm": "part_per_million",
    "ppb": "part_per_billion",
    "wt%": "hundredth",
    "wt.%": "hundredth",
    "vol%": "hundredth",
    "% FS": "hundredth",
    "%FS": "hundredth",
    "%": "hundredth",
    "％": "hundredth",
    "percent": "hundredth",
    "‰": "thousandth",
    "℃": "degC",
    "°C": "degC",
    "° C": "degC",
    "°": "degree",
    "rpm": "(turn_count/minute)",
    "r": "turn_count",
    "dB(A)": "sound_level",
    "dB（A）": "sound_level",
    "dBA": "sound_level",
    "dB": "sound_level",
    "HRC": "hardness_rockwell",
    "HV": "hardness_vickers",
    "HB": "hardness_brinell",
    "NTU": "turbidity",
    "CFU": "piece",
    "FPS": "(turn_count/second)",
    "fps": "(turn_count/second)",
    "yuan": "yuan",
    "RMB": "yuan",
}
_CHINESE = {
    "吨": "metric_ton",
    "公斤": "kilogram",
    "斤": "(0.5*kilogram)",
    "公里": "kilometer",
    "摄氏度": "degC",
    "小时": "hour",
    "分钟": "minute",
    "分": "minute",
    "昼夜": "day",
    "天": "day",
    "日": "day",
    "周": "week",
    "个月": "month",
    "月": "month",
    "年": "year",
    "度": "kilowatt_hour",
    "立方米": "meter**3",
    "立方": "meter**3",
    "方": "meter**3",
    "标准立方米": "meter**3",
    "标方": "meter**3",
    "平方米": "meter**2",
    "平方厘米": "centimeter**2",
    "平方公里": "kilometer**2",
    "亩": "mu_of_land",
    "公顷": "hectare",
    "大卡": "kilocalorie",
    "分贝": "sound_level",
    "元": "yuan",
    "毛": "(0.1*yuan)",
    "成": "(10*hundredth)",
    "个百分点": "hundredth",
    "百分点": "hundredth",
    "倍": "fold",
    "个数量级": "magnitude_order",
    "数量级": "magnitude_order",
}
_CHINESE_PREFIXES = {
    "": "",
    "千": "kilo",
    "兆": "mega",
    "吉": "giga",
    "太": "tera",
    "分": "deci",
    "厘": "centi",
    "毫": "milli",
    "微": "micro",
    "纳": "nano",
}
_CHINESE_PREFIXED = {
    "米": "meter",
    "克": "gram",
    "秒": "second",
    "瓦": "watt",
    "瓦时": "watt_hour",
    "伏": "volt",
    "安": "ampere",
    "安时": "ampere_hour",
    "帕": "pascal",
    "焦": "joule",
    "卡": "calorie",
    "升": "liter",
    "赫兹": "hertz",
    "赫": "hertz",
    "欧姆": "ohm",
    "欧": "ohm",
    "牛": "newton",
    "摩尔": "mole",
    "特斯拉": "tesla",
}
_TURNS = {"次": "turn_count", "转": "turn_count"}
COUNTS = tuple("个条台套级头只株件页册点帧层人名家所位批组辆路项目粒根块")
"""Words that count things; each is a dimension of its own."""

MONEY = frozenset({"元", "毛", "yuan", "RMB"})

# Where both readings of a symbol exist, the one of the second table holds: "min", "ha", "d".
NAMES: Mapping[str, str] = MappingProxyType(
    {
        prefix + symbol: long + name
        for (prefix, long), (symbol, name) in product(_PREFIXES.items(), _SYMBOLS.items())
    }
    | {
        prefix + word: long + name
        for (prefix, long), (word, name) in product(
            _CHINESE_PREFIXES.items(), _CHINESE_PREFIXED.items()
        )
    }
    | _AS_THEY_ARE
    | _CHINESE
    | _TURNS
    | {word: f"count_{number}" for number, word in enumerate(COUNTS)}
)
"""Each way to write a unit → its name, or a product, for the registry in ``units``."""


def _alternatives() -> str:
    return "|".join(re.escape(word) for word in sorted(NAMES, key=len, reverse=True))


_POWER = r"(?:\^\(?[-−]?\d(?:[./]\d{1,2})?\)?|[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}|[23](?![\d.]))"
ATOM = rf"(?:{_alternatives()})(?<![A-Za-z]{{9}}){_POWER}?(?![A-Za-z])"
"""One unit with its exponent; no groups."""

UNIT = (
    rf"(?:/\s?)?{ATOM}"
    rf"(?:\s?[/·⋅•*]\s?(?:[（(]{ATOM}(?:\s?[·⋅•*/]\s?{ATOM})*[)）]|{ATOM}|a(?![A-Za-z]))|每{ATOM})*"
)
"""A unit as written, products and quotients included; no groups."""
