"""Constants for SWIG languages that have them as plain values: enum values, macros, parameter names."""

from __future__ import annotations

from .. import model
from ..text import c_string
from .pyi import numbers, strings


def values(api: model.Api) -> dict[str, int]:
    """Flags are without a sign, as the arguments that take them: C makes 1 << 31 negative."""
    return {value.name: value.number for enum in api.enums.values() for value in enum.values} | numbers(api)


def emit(api: model.Api) -> dict[str, str]:
    out = "/* The constants of the description. */\n"
    out += "".join(f"%constant long {name} = {number};\n" for name, number in values(api).items())
    out += "".join(f"%constant char *{name} = {c_string(text)};\n" for name, text in strings(api).items())
    return {"swig/constants.i": out}
