"""What the classes have beside the calls: equality, hash, repr, `with`, and the old pair of event calls."""

from __future__ import annotations

from . import native
from ._names import OBJECTS as NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    # takes longer than all the rest
    from typing import Any, Callable

OBJECTS = tuple(getattr(native, name) for name in NAMES)


class _Object:
    """What all objects have; its functions are put into their classes."""

    this: Any
    _identity: Callable[[], str | None]
    _describe: Callable[[], str | None]

    def __hash__(self) -> int:
        return hash(self._identity())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)) or type(other) is not type(self):
            return NotImplemented
        return self is other or self._identity() == other._identity()

    def __repr__(self) -> str:
        return f"<{self._describe() or f'{type(self).__name__} (closed)'}>"

    def c_pointer(self) -> int:
        """The address of the C object."""
        return int(self.this)


def _enter(self: native.virConnect) -> native.virConnect:
    return self


def _exit(self: native.virConnect, exc_type_: Any, exc_value_: Any, traceback_: Any) -> None:
    if self.c_pointer():
        self.close()


def _domain_event_register(self: native.virConnect, cb: Callable[..., Any], opaque: Any = None) -> int:
    """Has a function called for each change of a guest's life: cb(conn, dom, event, detail, opaque)."""
    number = native.virConnect.domainEventRegisterAny(self, None, 0, cb, opaque)
    registered = self.__dict__.setdefault("_lifecycle", {})
    if cb in registered:
        native.virConnect.domainEventDeregisterAny(self, registered[cb])
    registered[cb] = number
    return 0


def _domain_event_deregister(self: native.virConnect, cb: Callable[..., Any]) -> int:
    """Ends what domainEventRegister() began."""
    registered = getattr(self, "__dict__", {}).get("_lifecycle", {})
    if cb not in registered:
        # lets the library say that there is no such function
        return native.virConnect.domainEventDeregisterAny(self, -1)
    native.virConnect.domainEventDeregisterAny(self, registered.pop(cb))
    return 0


def _renamed(function: Any, name: str, owner: str) -> Any:
    function.__name__, function.__qualname__, function.__module__ = name, f"{owner}.{name}", "corral"
    return function


def complete(namespace: dict[str, Any]) -> None:
    """Puts the classes, complete, into the package."""
    for cls in OBJECTS:
        cls.__module__ = "corral"
        for name in ("__hash__", "__eq__", "__repr__", "c_pointer"):
            setattr(cls, name, getattr(_Object, name))
        # of use to SWIG only while it makes the class
        del cls.thisown, cls.__swig_destroy__
        namespace[cls.__name__] = cls
    for cls in (native.virDomainSnapshot, native.virDomainCheckpoint):
        cls.domain = cls.getDomain
    connection = native.virConnect
    connection.__enter__ = _renamed(_enter, "__enter__", "virConnect")
    connection.__exit__ = _renamed(_exit, "__exit__", "virConnect")
    connection.domainEventRegister = _renamed(_domain_event_register, "domainEventRegister", "virConnect")
    connection.domainEventDeregister = _renamed(_domain_event_deregister, "domainEventDeregister", "virConnect")
