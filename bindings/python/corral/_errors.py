"""libvirtError, and a subclass for each error code."""

from __future__ import annotations

from . import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple

    ErrorTuple = Tuple[int, int, str, int, Optional[str], Optional[str], Optional[str], int, int]
else:
    ErrorTuple = tuple


class libvirtError(Exception):
    """A call failed. `err` is (code, domain, message, level, str1, str2, str3, int1, int2)."""

    # a slot, since an error that is caught at once should cost no dictionary, and no tuple before it is asked for
    __slots__ = ("_err",)
    _err: Any

    def __init__(self, defmsg: str) -> None:
        """Of the thread's last error; `defmsg` is the message when there is none."""
        self.err = native.virGetLastError()
        super().__init__(defmsg if self.err is None else self.err[2])

    @property
    def err(self) -> ErrorTuple | None:
        self._err = native.py_error_fields(self._err)
        return self._err

    @err.setter
    def err(self, fields: ErrorTuple | None) -> None:
        self._err = fields

    def __reduce__(self) -> Any:
        """Errors travel between processes with all they say."""
        return self.__class__, self.args, {**self.__dict__, "err": self.err}

    def _field(self, number: int) -> Any:
        return None if self.err is None else self.err[number]

    def get_error_code(self) -> int | None:
        return self._field(0)

    def get_error_domain(self) -> int | None:
        return self._field(1)

    def get_error_message(self) -> str | None:
        return self._field(2)

    def get_error_level(self) -> int | None:
        return self._field(3)

    def get_str1(self) -> str | None:
        return self._field(4)

    def get_str2(self) -> str | None:
        return self._field(5)

    def get_str3(self) -> str | None:
        return self._field(6)

    def get_int1(self) -> int | None:
        return self._field(7)

    def get_int2(self) -> int | None:
        return self._field(8)


libvirtError.__module__ = "corral"


#: code -> its class, once somebody has met it
_classes: dict[int, type[libvirtError]] = {}
_codes: dict[str, int] = {}


def error_of(code: int) -> type[libvirtError]:
    """The class of errors with a code."""
    if code not in _classes:
        from ._tables import ERRORS

        if code not in ERRORS:
            return libvirtError
        name, doc = ERRORS[code]
        _classes[code] = type(name, (libvirtError,), {"__module__": "corral", "__doc__": doc, "__qualname__": name, "__slots__": ()})
    return _classes[code]


def names() -> set[str]:
    from ._tables import ERRORS

    if not _codes:
        _codes.update((name, code) for code, (name, _) in ERRORS.items())
    return set(_codes)


def named(name: str) -> type[libvirtError] | None:
    if not _codes:
        names()
    code = _codes.get(name)
    return None if code is None else error_of(code)
