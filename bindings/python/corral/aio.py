"""The API for asyncio: every call awaitable, events as an async iterator.

    conn = await corral.aio.open("test:///default")
    for domain in await conn.listAllDomains():
        print(await domain.name())
    async for event in conn.events():
        print(event)

Calls run in threads, a few per connection; cancelling a task ends its call, and no other. Any number of
loops may run in a process, and none of them has to be told to the library: events come in by the event
loop that the program has registered, or, without one, by a thread of this module's own."""

from __future__ import annotations

import asyncio
import atexit
import threading
import typing
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

from . import _constants, _open, native
from ._errors import error_of, libvirtError
from ._tables import ENUMS, EVENTS

__all__ = ["AsyncObject", "Event", "open", "openAuth", "openReadOnly", "openReconnecting"]

#: how many calls of one connection run at a time
WORKERS = 4
_ABORTED = ENUMS["virErrorNumber"][1]["VIR_ERR_OPERATION_ABORTED"]
_NO_SUPPORT = ENUMS["virErrorNumber"][1]["VIR_ERR_NO_SUPPORT"]


class Event(typing.NamedTuple):
    """Something has happened to `object`: `kind` is the event's id, `details` what the callback was given."""

    kind: Any
    object: "AsyncObject"
    details: tuple[Any, ...]


_loop_lock = threading.Lock()


def _run_loop(stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            native.virEventRunDefaultImpl()
        except libvirtError:
            pass


def _end_loop(stop: threading.Event, timer: int, thread: threading.Thread) -> None:
    stop.set()
    native.virEventUpdateTimeout(timer, 0)
    thread.join()


def _need_loop() -> None:
    """An event loop for the library, unless the program has one."""
    with _loop_lock:
        if native._event_loop_registered():
            return
        native.virEventRegisterDefaultImpl()
        stop, timer = threading.Event(), native.virEventAddTimeout(-1, _nothing, None)
        thread = threading.Thread(target=_run_loop, args=(stop,), name="corral events", daemon=True)
        thread.start()
        atexit.register(_end_loop, stop, timer, thread)


def _nothing(*args: Any) -> None:
    pass


class _Calls:
    """The threads of one connection."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="corral")

    async def run(self, function: Callable[..., Any], args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        stop = bytearray(1)

        def work() -> Any:
            if stop[0]:
                raise error_of(_ABORTED)("the call was cancelled before it began")
            native.py_set_cancel(stop)
            try:
                return function(*args, **keywords)
            finally:
                native.py_set_cancel(None)

        future = asyncio.get_running_loop().run_in_executor(self.pool, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            stop[0] = 1
            await _settled(future)
            raise


async def _settled(future: asyncio.Future[Any]) -> None:
    """Until the thread is free again: what it still says is of no interest."""
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError:
            continue
    if not future.cancelled():
        future.exception()


def _wrap(value: Any, calls: _Calls) -> Any:
    if isinstance(value, _CLASSES):
        return AsyncObject(value, calls)
    if isinstance(value, list):
        return [_wrap(item, calls) for item in value]
    if isinstance(value, tuple):
        return tuple(_wrap(item, calls) for item in value)
    return value


def _unwrap(value: Any) -> Any:
    if isinstance(value, AsyncObject):
        return value.sync
    if isinstance(value, (list, tuple)):
        return type(value)(_unwrap(item) for item in value)
    return value


_CLASSES = tuple(getattr(native, name) for name in dir(native) if isinstance(getattr(native, name), type) and name.startswith("vir"))


class AsyncObject:
    """A connection, domain and so on whose methods are awaitable; `sync` is the plain object."""

    def __init__(self, sync: Any, calls: _Calls) -> None:
        self.sync = sync
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.sync, name)
        if not callable(method):
            return method

        async def call(*args: Any, **keywords: Any) -> Any:
            given = tuple(_unwrap(arg) for arg in args)
            named = {key: _unwrap(value) for key, value in keywords.items()}
            return _wrap(await self._calls.run(method, given, named), self._calls)

        call.__name__ = name
        call.__doc__ = method.__doc__
        return call

    def __repr__(self) -> str:
        return f"<async {repr(self.sync)[1:]}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsyncObject) and bool(self.sync == other.sync)

    def __hash__(self) -> int:
        return hash(self.sync)

    async def __aenter__(self) -> AsyncObject:
        return self

    async def __aexit__(self, *args: Any) -> None:
        if self.sync.c_pointer():
            await self.close()

    async def close(self) -> int:
        """Closes a connection and lets its threads go."""
        left = await self._calls.run(self.sync.close, (), {})
        self._calls.pool.shutdown(wait=False)
        return int(left)

    async def events(self, *kinds: Any) -> typing.AsyncIterator[Event]:
        """What happens on a connection from now on: all of it, or events of these ids only."""
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[Event]()
        registered: list[tuple[str, int]] = []

        def heard(conn: Any, thing: Any, *details: Any) -> None:
            event = Event(details[-1], AsyncObject(thing, self._calls), details[:-1])
            try:
                loop.call_soon_threadsafe(queue.put_nowait, event)
            except RuntimeError:
                pass  # the asyncio loop has ended in the meantime

        try:
            for register, undo, kind in _chosen(kinds):
                try:
                    number = await self._calls.run(getattr(self.sync, register), (None, kind, heard, kind), {})
                except libvirtError as error:
                    if kinds or error.get_error_code() != _NO_SUPPORT:
                        raise
                    continue
                registered.append((undo, number))
            while True:
                yield await queue.get()
        finally:
            for undo, number in registered:
                try:
                    getattr(self.sync, undo)(number)
                except libvirtError:
                    pass


def _chosen(kinds: tuple[Any, ...]) -> list[tuple[str, str, Any]]:
    found = []
    for register, undo, names in EVENTS.values():
        for name in names:
            value = _constants.named(name, {})
            if not kinds or any(kind is value or type(kind) is type(value) and kind == value for kind in kinds):
                found.append((register, undo, value))
    if kinds and len(found) < len(kinds):
        raise TypeError("events(): ids are accepted as constants, such as corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE")
    return found


async def _opened(function: Callable[..., Any], *args: Any, **keywords: Any) -> AsyncObject:
    _need_loop()
    calls = _Calls()
    try:
        return AsyncObject(await calls.run(function, args, keywords), calls)
    except BaseException:
        calls.pool.shutdown(wait=False)
        raise


async def open(name: str | None = None, timeout: float | None = None, reconnect: bool = False) -> AsyncObject:
    """corral.open(), awaitable, with a connection whose calls are awaitable."""
    return await _opened(_open.open, name, timeout, reconnect)


async def openReadOnly(name: str | None = None, timeout: float | None = None, reconnect: bool = False) -> AsyncObject:
    """corral.openReadOnly(), likewise."""
    return await _opened(_open.openReadOnly, name, timeout, reconnect)


async def openAuth(uri: str | None, auth: Any, flags: int = 0, timeout: float | None = None) -> AsyncObject:
    """corral.openAuth(), likewise; the function that is asked runs in a thread."""
    return await _opened(_open.openAuth, uri, auth, flags, timeout)


async def openReconnecting(name: str | None = None, auth: Any = None, flags: int = 0, timeout: float | None = None) -> AsyncObject:
    """corral.openReconnecting(), likewise."""
    return await _opened(_open.openReconnecting, name, auth, flags, timeout)
