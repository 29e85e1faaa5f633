"""Virtual machines, containers, networks and storage through the vir* API.

    import corral

    with corral.open("test:///default") as conn:
        for domain in conn.listAllDomains():
            print(domain.name(), domain.info())

Scripts written for libvirt-python work after `import corral as libvirt`."""

from __future__ import annotations

from . import _classes, _constants, _errors, native
from ._classes import OBJECTS, _Object
from ._errors import ErrorTuple, libvirtError
from ._events import _eventInvokeHandleCallback, _eventInvokeTimeoutCallback, virEventInvokeFreeCallback
from ._open import open, openAuth, openReadOnly, openReconnecting
from ._names import NAMESPACES

native.py_set_hooks(libvirtError, _errors.error_of, {
    "virEventHandleCallback": _eventInvokeHandleCallback,
    "virEventTimeoutCallback": _eventInvokeTimeoutCallback,
})
_classes.complete(globals())

# the rest of the calls, as they come out of the description
for _name in dir(native):
    if _name not in globals() and not _name.startswith(("_", "py_", "bind_")):
        _value = getattr(native, _name)
        if callable(_value) and not isinstance(_value, type):
            globals()[_name] = _value
del _name, _value


def __getattr__(name: str) -> object:
    """Constants and error classes come to be when somebody asks for them, and so does the list of everything."""
    if name == "__all__":
        return sorted(_public())
    if name.startswith("_"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    value = _errors.named(name) or _constants.named(name, globals())
    if value is None:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_public()})


def _public() -> set[str]:
    private = ("annotations", "OBJECTS", "NAMESPACES")
    own = (name for name, value in globals().items()
           if not name.startswith("_") and name not in private and not isinstance(value, type(native)))
    return {*own, *_constants.names(), *_errors.names()}
