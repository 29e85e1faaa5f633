"""corral, under the name that the field's scripts import, with the helpers that event loops and tests of theirs touch."""

from __future__ import annotations

import sys

import corral
import libvirtmod
from _libvirt_names import DISPATCHERS, PARENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def _handle(self: Any) -> Any:
    """What libvirtmod takes: here the object itself, None once it is given up."""
    return self if self.c_pointer() else None


def _adopt(self: Any, object: Any) -> None:
    if not isinstance(object, type(self).__mro__[-2]):
        raise Exception(f"Expected a wrapped C Object but got {type(object)}")
    self.this = object.this


def _init_connection(self: Any, _obj: Any = None) -> None:
    _adopt(self, _obj)


def _init_child(self: Any, conn: Any, _obj: Any = None) -> None:
    _adopt(self, _obj)


def _init_of_domain(self: Any, dom: Any, _obj: Any = None) -> None:
    _adopt(self, _obj)


def _init_of_network(self: Any, net: Any, _obj: Any = None) -> None:
    _adopt(self, _obj)


_INIT = {"": _init_connection, "virConnect": _init_child, "virDomain": _init_of_domain, "virNetwork": _init_of_network}


def _dispatcher(name: str, owner: type) -> Callable[..., int]:
    def dispatch(self: Any, object: Any, *details_and_data: Any) -> int:
        *details, data = details_and_data
        data["cb"](self, owner(self, _obj=object), *details, data["opaque"])
        return 0

    dispatch.__name__, dispatch.__qualname__ = name, f"virConnect.{name}"
    return dispatch


def _dispatch_close(self: Any, reason: int, cbData: dict[str, Any]) -> int:
    cbData["cb"](self, reason, cbData["opaque"])
    return 0


def _dispatch_lifecycle(self: Any, dom: Any, event: int, detail: int) -> int:
    """To whoever came by domainEventRegister()."""
    for callback in list(getattr(self, "domainEventCallbacks", {})):
        callback(self, corral.virDomain(self, _obj=dom), event, detail, self.domainEventCallbacks[callback])
    return 0


def _dispatch_stream(self: Any, events: int, cbData: dict[str, Any]) -> int:
    cbData["cb"](self, events, cbData["opaque"])
    return 0


def _dispatch_handle(watch: int, fd: int, events: int, cbData: dict[str, Any]) -> int:
    cbData["cb"](watch, fd, events, cbData["opaque"])
    return 0


def _dispatch_timeout(timer: int, cbData: dict[str, Any]) -> int:
    cbData["cb"](timer, cbData["opaque"])
    return 0


def _complete() -> None:
    for name, parent in PARENTS.items():
        cls = getattr(corral, name)
        cls.__init__, cls._o = _INIT[parent], property(_handle)
        if parent:
            cls._conn = property(lambda self: self.connect())
    corral.virDomainSnapshot._dom = corral.virDomainCheckpoint._dom = property(lambda self: self.getDomain())
    corral.virNetworkPort._net = property(lambda self: self.getNetwork())
    # how much of a volume its helpers move at a time
    corral.virStorageVol.streamBufSize = 262120
    for name, owner in DISPATCHERS.items():
        setattr(corral.virConnect, name, _dispatcher(name, getattr(corral, owner)))
    corral.virConnect._dispatchCloseCallback = _dispatch_close
    corral.virConnect._dispatchDomainEventCallbacks = _dispatch_lifecycle
    corral.virStream._dispatchStreamEventCallback = _dispatch_stream
    corral._dispatchEventHandleCallback = _dispatch_handle
    corral._dispatchEventTimeoutCallback = _dispatch_timeout
    corral.libvirtmod = libvirtmod


_complete()
sys.modules[__name__] = corral
