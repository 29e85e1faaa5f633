"""Calls that only guests of QEMU have."""

from . import native
from ._names import NAMESPACES

__all__ = list(NAMESPACES["qemu"])
globals().update({name: getattr(native, name) for name in __all__})
