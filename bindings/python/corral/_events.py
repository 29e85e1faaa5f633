"""For event loops written in Python: what the library hands to their functions."""

from __future__ import annotations

from . import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _eventInvokeHandleCallback(watch: int, fd: int, event: int, opaque: Any, opaquecompat: Any = None) -> None:
    """Tells the library that a file descriptor is ready; `opaque` is what came with it."""
    native.bind_invoke_virEventHandleCallback(opaque if opaquecompat is None else opaquecompat, watch, fd, event)


def _eventInvokeTimeoutCallback(timer: int, opaque: Any, opaquecompat: Any = None) -> None:
    """Tells the library that a timer has run out."""
    native.bind_invoke_virEventTimeoutCallback(opaque if opaquecompat is None else opaquecompat, timer)


def virEventInvokeFreeCallback(opaque: Any) -> None:
    """Frees what came with a handle or timer; for the loop to call after it has been removed, not within."""
    native.bind_free_native(opaque)


virEventInvokeFreeCallback.__module__ = "corral"
