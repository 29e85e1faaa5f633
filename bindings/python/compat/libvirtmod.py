"""The calls by their C names, taking what an object's `_o` is; they answer -1 or None and raise nothing.

The field's extension has this name; what went wrong is what virGetLastError() says."""

from __future__ import annotations

from typing import Any, Callable

import corral
import corral.lxc
import corral.qemu
from _libvirt_names import CALLS

_HOMES = {"": corral, "qemu": corral.qemu, "lxc": corral.lxc}


def _quiet(function: Callable[..., Any], failed: int | None) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except corral.libvirtError:
            return failed

    call.__name__ = call.__qualname__ = getattr(function, "__name__", "call")
    call.__doc__ = function.__doc__
    return call


def calls_of(library: str, namespace: dict[str, Any]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """A module's __getattr__ and __dir__."""

    def get(name: str) -> Any:
        if name not in CALLS[library]:
            raise AttributeError(f"module '{namespace['__name__']}' has no attribute '{name}'")
        owner, method, failed = CALLS[library][name]
        namespace[name] = _quiet(getattr(getattr(corral, owner) if owner else _HOMES[library], method), failed)
        return namespace[name]

    return get, lambda: sorted({*namespace, *CALLS[library]})


__getattr__, __dir__ = calls_of("", globals())
