"""LuaCATS classes of the documents: what corral.documents.KIND.parse() gives and build() takes."""

from __future__ import annotations

from generator.document_layout import CStruct, Layout, Member, is_text
from generator.documents import NUMBERS, TRISTATES, Document, Documents, Value, snake
from generator.emit.doc_types import class_name, keys

HEAD = """\
---@meta corral

---XML documents as tables, and back. Both check as the library does and raise what its calls raise; names and
---types that no document has are refused with the path of the value. A list that is empty is left out.
---@class corral.documents
---@field INACTIVE integer for parse() and build(): without what only a running object has
---@field MIGRATABLE integer for build(): what an older peer understands
"""


def lua_class(struct: CStruct) -> str:
    return f"corral.documents.{class_name(struct)}"


def scalar_type(value: Value) -> str:
    if value.type in TRISTATES:
        return "boolean"
    if is_text(value):
        return "string"
    if value.type in NUMBERS:
        return "integer"
    return "|".join(f'"{word}"' for word in value.words)


def member_type(member: Member) -> str:
    if member.shape == "flag":
        return "boolean"
    if member.struct:
        return lua_class(member.struct) + ("[]" if member.shape == "list" else "")
    assert member.value
    inner = scalar_type(member.value)
    return f"({inner})[]" if member.shape == "scalars" else inner


def class_lines(struct: CStruct) -> list[str]:
    lines = [f"---{struct.prose}"] if struct.prose else []
    lines.append(f"---@class {lua_class(struct)}")
    for name, found in keys(struct).items():
        types = dict.fromkeys(member_type(member) for member in found)
        lines.append(f"---@field {name}? {'|'.join(types)}")
    return [*lines, ""]


def kind_lines(document: Document, root: CStruct) -> list[str]:
    """A kind's three functions, as fields of a class of their own."""
    name = lua_class(root)
    return [f"---@class corral.documents.{snake(document.name)}",
            f"---@field parse fun(xml: string, flags?: integer, validate?: boolean): {name}",
            f"---@field build fun(document: {name}, flags?: integer, validate?: boolean): string",
            "---what differs, each as path, old value and new value, completed as build() does it",
            f"---@field diff fun(old: {name}, new: {name}): table[]", ""]


def emit(documents: Documents) -> dict[str, str]:
    layout = Layout(documents)
    kinds = {name: document for name, document in sorted(documents.documents.items())
             if document.root}
    lines = HEAD.splitlines()
    lines += [f"---@field {snake(name)} corral.documents.{snake(name)}" for name in kinds]
    lines += ["local documents = {}", ""]
    for name, document in kinds.items():
        lines += kind_lines(document, layout.roots[name])
    for struct in layout.structs.values():
        lines += class_lines(struct)
    return {"documents.lua": "\n".join([*lines, "return documents"]) + "\n"}
