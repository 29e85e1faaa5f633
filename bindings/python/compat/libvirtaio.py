"""The library's events on an asyncio loop, by the field's names.

    libvirtaio.virEventRegisterAsyncIOImpl()
    conn = libvirt.open("test:///default")

corral.aio needs none of this; it is for programs that were written for libvirtaio."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any, Callable

import libvirt

__all__ = ["getCurrentImpl", "virEventAsyncIOImpl", "virEventRegisterAsyncIOImpl"]

_current: virEventAsyncIOImpl | None = None


class _Handle:
    """A descriptor that somebody watches."""

    def __init__(self, fd: int, events: int, callback: Callable[..., Any], opaque: Any) -> None:
        self.fd, self.events, self.callback, self.opaque = fd, events, callback, opaque


class _Timer:
    """A timeout; it runs again and again until its interval is negative."""

    def __init__(self, interval: int, callback: Callable[..., Any], opaque: Any) -> None:
        self.interval, self.callback, self.opaque = interval, callback, opaque
        self.due: asyncio.TimerHandle | None = None


class virEventAsyncIOImpl:
    """What hands the library's descriptors and timeouts to a loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.loop = loop or asyncio.get_event_loop()
        self.callbacks: dict[int, _Handle | _Timer] = {}
        self._numbers = itertools.count(1)
        self._pending = 0
        self._finished = asyncio.Event()
        self._finished.set()

    def register(self) -> virEventAsyncIOImpl:
        """Makes this the library's event loop; a process does so once."""
        libvirt.virEventRegisterImpl(self._add_handle, self._update_handle, self._remove_handle, self._add_timeout,
                                     self._update_timeout, self._remove_timeout)
        return self

    def is_idle(self) -> bool:
        """Nothing is watched, and nothing is left to be freed."""
        return not self.callbacks and not self._pending

    async def drain(self) -> None:
        """Until what was removed is freed."""
        await self._finished.wait()

    def _free_later(self, opaque: Any) -> None:
        """The library must not be called back from within a removal."""
        self._pending += 1
        self._finished.clear()
        self.loop.call_soon_threadsafe(self._free, opaque)

    def _free(self, opaque: Any) -> None:
        try:
            libvirt.virEventInvokeFreeCallback(opaque)
        finally:
            self._pending -= 1
            if not self._pending:
                self._finished.set()

    # ---- descriptors: several handles may share one, so what is watched is worked out anew

    def _watch(self, fd: int) -> None:
        wanted = 0
        for item in self.callbacks.values():
            if isinstance(item, _Handle) and item.fd == fd:
                wanted |= item.events
        reading = wanted & ~libvirt.VIR_EVENT_HANDLE_WRITABLE
        for events, add, remove in ((reading, self.loop.add_reader, self.loop.remove_reader),
                                    (wanted & libvirt.VIR_EVENT_HANDLE_WRITABLE, self.loop.add_writer, self.loop.remove_writer)):
            if events:
                add(fd, self._ready, fd, int(events))
            else:
                remove(fd)

    def _ready(self, fd: int, events: int) -> None:
        for number, item in list(self.callbacks.items()):
            if isinstance(item, _Handle) and item.fd == fd and item.events & events and self.callbacks.get(number) is item:
                item.callback(number, fd, item.events & events & 3, item.opaque)

    def _add_handle(self, fd: int, event: int, cb: Callable[..., Any], opaque: Any) -> int:
        number = next(self._numbers)
        self.callbacks[number] = _Handle(fd, event, cb, opaque)
        self._on_loop(self._watch, fd)
        return number

    def _update_handle(self, watch: int, event: int) -> None:
        item = self.callbacks[watch]
        assert isinstance(item, _Handle)
        item.events = event
        self._on_loop(self._watch, item.fd)

    def _remove_handle(self, watch: int) -> int:
        item = self.callbacks.pop(watch, None)
        if not isinstance(item, _Handle):
            return -1
        self._on_loop(self._watch, item.fd)
        self._free_later(item.opaque)
        return 0

    # ---- timeouts

    def _arm(self, number: int) -> None:
        item = self.callbacks.get(number)
        if not isinstance(item, _Timer):
            return
        if item.due:
            item.due.cancel()
        item.due = self.loop.call_later(item.interval / 1000, self._expired, number) if item.interval >= 0 else None

    def _expired(self, number: int) -> None:
        item = self.callbacks.get(number)
        if isinstance(item, _Timer):
            item.due = None
            item.callback(number, item.opaque)
            if self.callbacks.get(number) is item and item.due is None:
                self._arm(number)

    def _add_timeout(self, timeout: int, cb: Callable[..., Any], opaque: Any) -> int:
        number = next(self._numbers)
        self.callbacks[number] = _Timer(timeout, cb, opaque)
        self._on_loop(self._arm, number)
        return number

    def _update_timeout(self, timer: int, timeout: int) -> None:
        item = self.callbacks[timer]
        assert isinstance(item, _Timer)
        item.interval = timeout
        self._on_loop(self._arm, timer)

    def _remove_timeout(self, timer: int) -> int:
        item = self.callbacks.pop(timer, None)
        if not isinstance(item, _Timer):
            return -1
        if item.due:
            self._on_loop(item.due.cancel)
        self._free_later(item.opaque)
        return 0

    def _on_loop(self, function: Callable[..., Any], *args: Any) -> None:
        """The loop belongs to one thread, the library's calls to any."""
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is self.loop or not self.loop.is_running():
            function(*args)
        else:
            self.loop.call_soon_threadsafe(function, *args)


def getCurrentImpl() -> virEventAsyncIOImpl | None:
    """What virEventRegisterAsyncIOImpl() has made."""
    return _current


def virEventRegisterAsyncIOImpl(loop: asyncio.AbstractEventLoop | None = None) -> virEventAsyncIOImpl:
    """Lets a loop run the library's events."""
    global _current
    _current = virEventAsyncIOImpl(loop).register()
    return _current
