"""Typed dictionaries of the documents for Python: keys and shapes as the C structs have them."""

from __future__ import annotations

from generator.document_layout import CStruct, Layout, Member, is_text
from generator.documents import NUMBERS, TRISTATES, Document, Documents, Value, snake


def class_name(struct: CStruct) -> str:
    return "".join(part.capitalize() for part in struct.name.split("_"))


def scalar_type(value: Value) -> str:
    if value.type in TRISTATES:
        return "bool"
    if is_text(value):
        return "str"
    if value.type in NUMBERS:
        return "int"
    return f"Literal[{', '.join(repr(word) for word in value.words)}]"


def member_type(member: Member) -> str:
    if member.shape == "flag":
        return "bool"
    if member.struct:
        name = f'"{class_name(member.struct)}"'
        return f"list[{name}]" if member.shape == "list" else name
    assert member.value
    inner = scalar_type(member.value)
    return f"list[{inner}]" if member.shape == "scalars" else inner


def keys(struct: CStruct) -> dict[str, list[Member]]:
    """An included struct's keys stand among the includer's own; where both have one, in blocks that
    exclude each other, its values are of either type."""
    out: dict[str, list[Member]] = {}
    for member in struct.members.values():
        if member.shape == "include" and member.struct:
            for name, inner in keys(member.struct).items():
                out.setdefault(name, []).extend(inner)
        else:
            out.setdefault(member.name, []).append(member)
    return out


def key_type(members: list[Member]) -> str:
    types = dict.fromkeys(member_type(member) for member in members)
    if len(types) == 1:
        return next(iter(types))
    return f"Union[{', '.join(types)}]"


def class_lines(struct: CStruct) -> list[str]:
    lines = [f"class {class_name(struct)}(TypedDict, total=False):"]
    if struct.prose:
        text = struct.prose.replace("\\", "\\\\")
        lines += [f'    """{text}"""', ""]
    members = keys(struct)
    lines += [f"    {name}: {key_type(found)}" for name, found in members.items()]
    if not members and not struct.prose:
        lines.append("    pass")
    return [*lines, "", ""]


def calls(document: Document, layout: Layout) -> list[str]:
    root = class_name(layout.roots[document.name])
    return [f"def parse(xml: str, flags: int = 0, validate: bool = False) -> {root}: ...",
            f"def build(document: {root}, flags: int = 0, validate: bool = False) -> str: ...",
            f"def diff(old: {root}, new: {root}) -> list[tuple[str, Any, Any]]: ...", ""]


def foreign(document: Document, layout: Layout) -> dict[str, list[str]]:
    """Classes of other documents that this one names."""
    found: dict[str, dict[str, None]] = {}
    for struct in layout.walk(document.name):
        for member in (one for found in keys(struct).values() for one in found):
            if member.struct and member.struct.document != document.name:
                found.setdefault(member.struct.document, {})[class_name(member.struct)] = None
    return {name: list(used) for name, used in found.items()}


def stub(document: Document, layout: Layout) -> str:
    lines = [f'"""Documents of the kind {document.name}."""', "",
             "from typing import Any, Literal, TypedDict, Union"]
    for name, used in foreign(document, layout).items():
        lines.append(f"from .{snake(name)} import {', '.join(used)}")
    lines += ["", ""]
    for struct in layout.walk(document.name):
        lines += class_lines(struct)
    if document.root:
        lines += calls(document, layout)
    return "\n".join(lines).rstrip("\n") + "\n"


def emit(documents: Documents) -> dict[str, str]:
    layout = Layout(documents)
    stubs = {f"{snake(document.name)}.pyi": stub(document, layout)
             for document in documents.documents.values()}
    names = sorted(snake(name) for name, document in documents.documents.items() if document.root)
    listed = "".join(f'    "{name}",\n' for name in ["INACTIVE", "MIGRATABLE", *names])
    package = (f"from . import {', '.join(names)}\n\nINACTIVE: int\nMIGRATABLE: int\n\n"
               f"__all__ = [\n{listed}]\n")
    return {**stubs, "__init__.pyi": package}
