"""Calls that only containers have."""

from . import native
from ._names import NAMESPACES

__all__ = list(NAMESPACES["lxc"])
globals().update({name: getattr(native, name) for name in __all__})
