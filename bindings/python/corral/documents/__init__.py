"""XML documents as dictionaries, and back: a module for each kind that there is.

    import corral
    import corral.documents

    guest = corral.documents.domain.parse(domain.XMLDesc())
    guest["devices"]["disks"][0]["target"]["bus"] = "virtio"
    conn.defineXML(corral.documents.domain.build(guest))
    for path, old, new in corral.documents.domain.diff(before, guest):
        print(path, old, new)      # devices.disks[0].target.bus scsi virtio

All check as the library does and raise what its calls raise; names and types that no document has are a
ValueError or a TypeError with the path of the value. A module's classes (corral.documents.domain.Domain)
say what keys there are: they are its stub's."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Callable

from .. import native

#: for parse() and build(): without what only a running object has
INACTIVE = 1
#: for build(): what an older peer understands
MIGRATABLE = 4


def _calls(kind: str) -> dict[str, Callable[..., Any]]:
    def parse(xml: str, flags: int = 0, validate: bool = False) -> Any:
        return native._documents_parse(kind, xml, flags, validate)

    def build(document: Any, flags: int = 0, validate: bool = False) -> Any:
        return native._documents_build(kind, document, flags, validate)

    def diff(old: Any, new: Any) -> Any:
        return native._documents_diff(kind, old, new)

    strict = " With validate it is checked against the grammar first, which refuses what reading would ignore."
    parse.__doc__ = f"The document as a dictionary; raises libvirtError when it is no {kind}.{strict}"
    build.__doc__ = f"The text of a document, checked and completed as the library does it.{strict}"
    diff.__doc__ = ("What differs between two dictionaries, completed as build() does it: tuples of path, old value"
                    " and new value, None where there is none. Items of lists are compared by their places.")
    return {call.__name__: call for call in (parse, build, diff)}


def _classes(module: ModuleType) -> Callable[[str], Any]:
    """The stub is Python: it is run when somebody asks for one of its classes."""

    def __getattr__(name: str) -> Any:
        stub = Path(__file__).with_name(f"{module.__name__.rpartition('.')[2]}.pyi")
        space: dict[str, Any] = {"__name__": module.__name__, "__package__": __name__}
        if not name.startswith("_"):
            exec(compile(stub.read_text(encoding="utf-8"), str(stub), "exec"), space)
        found = {key: value for key, value in space.items() if isinstance(value, type)}
        if name not in found:
            raise AttributeError(f"module '{module.__name__}' has no attribute '{name}'")
        vars(module).update(found)
        return found[name]

    return __getattr__


def _module(name: str, kinds: list[str]) -> ModuleType:
    module = ModuleType(f"{__name__}.{name}", f"Documents of the kind {name}.")
    for call in _calls(name).values() if name in kinds else ():
        call.__module__, call.__qualname__ = module.__name__, call.__name__
        setattr(module, call.__name__, call)
    vars(module)["__getattr__"] = _classes(module)
    vars(module)["__package__"] = __name__
    return module


def _modules(kinds: list[str]) -> dict[str, ModuleType]:
    """Of the kinds, and of what their documents have in common."""
    names = [path.stem for path in sorted(Path(__file__).parent.glob("*.pyi")) if path.stem != "__init__"]
    return {name: _module(name, kinds) for name in names}


globals().update(_modules(native._documents_kinds()))
sys.modules.update({f"{__name__}.{name}": value for name, value in list(globals().items())
                    if isinstance(value, ModuleType) and value.__name__ == f"{__name__}.{name}"})

__all__ = ["INACTIVE", "MIGRATABLE", *native._documents_kinds()]
