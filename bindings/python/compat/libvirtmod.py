"""The calls by their C names, taking what an object's `_o` is; they answer -1 or None and raise nothing.

The field's extension has this name; the thread's last error says what went wrong."""

from __future__ import annotations

import importlib

import corral
from _libvirt_names import PARENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def _calls(library: str) -> dict[str, tuple[str, str, int | None]]:
    from _libvirt_calls import CALLS

    return CALLS[library]


def _home(library: str, owner: str) -> Any:
    if owner:
        return getattr(corral, owner)
    return importlib.import_module(f"corral.{library}") if library else corral


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
        if name not in _calls(library):
            found = None if library else _helper(name)
            if found:
                return found
            raise AttributeError(f"module '{namespace['__name__']}' has no attribute '{name}'")
        owner, method, failed = _calls(library)[name]
        namespace[name] = _quiet(getattr(_home(library, owner), method), failed)
        return namespace[name]

    return get, lambda: sorted({*namespace, *_calls(library), *([] if library else _helpers())})


def _nothing(object: Any) -> int:
    """Objects free themselves."""
    return 0


def _helpers() -> list[str]:
    """What has no description of its own: freeing, addresses, event loops, and methods that serve another call."""
    return [
        *(f"{name}Free" for name in PARENTS), *(f"{name}_pointer" for name in PARENTS), *_LOOP, "virRegisterErrorHandler",
        *(f"{name}{method[0].upper()}{method[1:]}" for name in PARENTS for method in dir(getattr(corral, name)) if method[0] != "_"),
    ]


_LOOP = ("virEventInvokeFreeCallback", "virEventInvokeHandleCallback", "virEventInvokeTimeoutCallback")


def _helper(name: str) -> Any:
    if name in _LOOP:
        return corral.virEventInvokeFreeCallback if "Free" in name else getattr(corral, f"_e{name[4:]}")
    if name == "virRegisterErrorHandler":
        return corral.registerErrorHandler
    owner = max((owner for owner in PARENTS if name.startswith(owner)), key=len, default="")
    if not owner:
        return None
    rest = name[len(owner):]
    if rest in ("Free", "_pointer"):
        return _nothing if rest == "Free" else getattr(corral, owner).c_pointer
    cls = getattr(corral, owner)
    method = getattr(cls, rest[:1].lower() + rest[1:], None) or getattr(cls, rest, None)
    return method and _quiet(method, -1)


__getattr__, __dir__ = calls_of("", globals())
