"""Constants as members of IntEnum and IntFlag, made one enum at a time when first used."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_homes: dict[str, str] = {}
#: an enum is made once
_made: dict[str, Any] = {}


def names() -> set[str]:
    from ._tables import ENUMS, NUMBERS, STRINGS

    if not _homes:
        _homes.update((name, home) for home, (_, values) in ENUMS.items() for name in values)
    return {*_homes, *ENUMS, *NUMBERS, *STRINGS}


def _enum(name: str) -> Any:
    if name not in _made:
        _made[name] = _make(name)
    return _made[name]


def _make(name: str) -> Any:
    import enum

    from ._tables import ENUMS

    flags, values = ENUMS[name]
    if not flags:
        return enum.IntEnum(name, values, module="corral")
    keep: dict[str, Any] = {"boundary": enum.KEEP} if hasattr(enum, "KEEP") else {}
    return enum.IntFlag(name, values, module="corral", **keep)


def named(name: str, into: dict[str, Any]) -> Any:
    """A constant or an enum, None without one; the rest of its enum comes with it."""
    from ._tables import ENUMS, NUMBERS, STRINGS

    if name in STRINGS:
        return STRINGS[name]
    if name in NUMBERS:
        return NUMBERS[name]
    if not _homes:
        names()
    home = name if name in ENUMS else _homes.get(name)
    if home is None:
        return None
    made = _enum(home)
    into[home] = made
    into.update(made.__members__)
    return into[name]
