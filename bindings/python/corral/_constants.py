"""Constants as members of IntEnum and IntFlag, made one enum at a time when first used."""

from __future__ import annotations

import enum
from functools import cache
from typing import Any

from ._tables import ENUMS, NUMBERS, STRINGS

_KEEP: dict[str, Any] = {"boundary": enum.KEEP} if hasattr(enum, "KEEP") else {}


@cache
def _homes() -> dict[str, str]:
    return {name: home for home, (_, values) in ENUMS.items() for name in values}


def names() -> set[str]:
    return {*_homes(), *ENUMS, *NUMBERS, *STRINGS}


@cache
def _enum(name: str) -> Any:
    flags, values = ENUMS[name]
    if flags:
        return enum.IntFlag(name, values, module="corral", **_KEEP)
    return enum.IntEnum(name, values, module="corral")


def named(name: str, into: dict[str, Any]) -> Any:
    """A constant or an enum, None without one; the rest of its enum comes with it."""
    if name in STRINGS:
        return STRINGS[name]
    if name in NUMBERS:
        return NUMBERS[name]
    home = name if name in ENUMS else _homes().get(name)
    if home is None:
        return None
    made = _enum(home)
    into[home] = made
    into.update(made.__members__)
    return into[name]
