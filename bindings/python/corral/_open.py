"""Opening connections, with a deadline for their calls."""

from __future__ import annotations

from . import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

_MAX = 2**31 - 1
_READ_ONLY = 1


def _milliseconds(timeout: float) -> int:
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout: seconds as a number are accepted, not {type(timeout).__name__}")
    if not 0 < timeout <= _MAX / 1000:
        raise ValueError(f"timeout: {timeout} is out of range: more than 0 and up to {_MAX / 1000} seconds are accepted")
    return max(1, round(timeout * 1000))


def _opened(function: Callable[..., native.virConnect], timeout: float | None, *args: Any) -> native.virConnect:
    if timeout is None:
        return function(*args)
    milliseconds = _milliseconds(timeout)
    before = native._thread_timeout(milliseconds)
    try:
        conn = function(*args)
    finally:
        native._thread_timeout(before)
    conn.setCallTimeout(milliseconds)
    return conn


def open(name: str | None = None, timeout: float | None = None, reconnect: bool = False) -> native.virConnect:
    """A connection to the URI `name`. No call on it, nor opening it, takes longer than `timeout` seconds.

    With `reconnect` it outlives its daemon; see openReconnecting()."""
    if reconnect:
        return openReconnecting(name, timeout=timeout)
    return _opened(native.open, timeout, name)


def openReadOnly(name: str | None = None, timeout: float | None = None, reconnect: bool = False) -> native.virConnect:
    """A connection that changes nothing; see open()."""
    if reconnect:
        return openReconnecting(name, flags=_READ_ONLY, timeout=timeout)
    return _opened(native.openReadOnly, timeout, name)


def openAuth(uri: str | None, auth: Sequence[Any] | None, flags: int = 0, timeout: float | None = None) -> native.virConnect:
    """A connection that may ask for credentials.

    `auth` is [kinds, function, opaque]: function(credentials, opaque) gets lists of [kind, prompt,
    challenge, default, None], puts each answer in the last place and returns 0."""
    return _opened(native.openAuth, timeout, uri, auth, flags)


def openReconnecting(
    name: str | None = None, auth: Sequence[Any] | None = None, flags: int = 0, timeout: float | None = None
) -> native.virConnect:
    """A connection that looks for its daemon again whenever that is lost. Calls made meanwhile fail at once, or
    wait as long as `timeout` lets them; registerGapCallback() tells what has changed. `auth` is as in openAuth()."""
    return _opened(native.openReconnecting, timeout, name, auth, flags)


for _function in (open, openReadOnly, openAuth, openReconnecting):
    _function.__module__ = "corral"
