"""How members of messages are laid out in C, and what of the interpreter's kinds that makes them."""

from __future__ import annotations

from dataclasses import dataclass

from . import wire

SCALARS = {
    "int": "int", "uint": "unsigned int", "hyper": "long long", "uhyper": "unsigned long long", "double": "double",
    "uchar": "unsigned char", "char": "signed char", "ushort": "unsigned short",
}  # fmt: skip

#: kind by what the wire has and how many bytes C has for it
WIDTHS = {
    "int": {4: "WIRE_I32"}, "uint": {4: "WIRE_I32"}, "hyper": {8: "WIRE_I64"}, "uhyper": {8: "WIRE_I64"},
    "double": {8: "WIRE_I64"}, "uchar": {1: "WIRE_U8", 4: "WIRE_U8_INT"}, "char": {1: "WIRE_I8", 4: "WIRE_I8_INT"},
    "ushort": {2: "WIRE_U16"},
}  # fmt: skip

#: bytes on the wire
LEAST = {"hyper": 8, "uhyper": 8, "double": 8, "uuid": 16}

BYTES_OF_C = {
    "int": 4, "unsigned int": 4, "long": 8, "unsigned long": 8, "long long": 8, "unsigned long long": 8,
    "double": 8, "unsigned char": 1, "signed char": 1, "unsigned short": 2,
}  # fmt: skip


def constant(name: str) -> str:
    """virDomain -> WIRE_DOMAIN, domain_get_info_args -> WIRE_DOMAIN_GET_INFO_ARGS"""
    from .text import snake

    return f"WIRE_{snake(name).upper()}"


def counter(member: wire.Member) -> str:
    return member.length or f"{member.name}_count"


def counted(member: wire.Member) -> bool:
    """Whether a count stands beside it in C."""
    return not member.buffer and (member.array == "list" or member.base == "opaque")


def declaration(records: dict[str, wire.Record], member: wire.Member, owned: bool) -> str:
    """Its lines in a struct that is ours."""
    const = "" if owned else "const "
    lines = f"    {_element(records, member, const)}{member.name};\n"
    if counted(member):
        lines += f"    unsigned int {counter(member)};\n"
    return lines


def _element(records: dict[str, wire.Record], member: wire.Member, const: str) -> str:
    star = "*" if member.array or member.optional else ""
    if member.base == "string":
        return f"{const}char *" + ("*" if member.array else "")
    if member.base == "opaque":
        return f"{const}void *"
    if member.base == "uuid":
        return "const unsigned char *"
    if member.base == "param":
        return "virTypedParameterPtr "
    if member.base in records:
        return f"{records[member.base].c} {star}{'*' if member.pointers else ''}"
    if member.base == "char" and member.array:
        return "char *"
    return f"{SCALARS[member.base]} {star}"


@dataclass(frozen=True)
class Field:
    """One row for the interpreter."""

    name: str
    kind: str
    flags: tuple[str, ...]
    offset: str
    count: str
    type: str
    room: str
    max: int


def field(wired: wire.Wire, owner: str, member: wire.Member, public: bool) -> Field:
    record = wired.records.get(member.base)
    flags = []
    if member.optional and member.base == "string":
        flags.append("WIRE_NULLABLE")
    if member.blank:
        flags.append("WIRE_BLANK")
    if public and member.length_c == "size_t":
        flags.append("WIRE_COUNT64")
    if record and record.object:
        flags.append("WIRE_BORROWED")
    bound = member.max
    if member.base == "string" and not member.array:
        bound = wired.api.wire.limits["string"]
    return Field(
        name=member.name,
        kind=_kind(wired, member),
        flags=tuple(flags),
        offset=f"offsetof({owner}, {member.name})",
        count=f"offsetof({owner}, {counter(member)})" if counted(member) else "0",
        type=constant(record.name) if record else "WIRE_NONE",
        room=f"sizeof((({owner} *)0)->{member.name})" if member.buffer else "0",
        max=bound,
    )


def _kind(wired: wire.Wire, member: wire.Member) -> str:
    if member.base in wired.records:
        if member.array:
            return "WIRE_RECORD_POINTERS" if member.pointers else "WIRE_RECORDS"
        return "WIRE_RECORD_OPTIONAL" if member.optional else "WIRE_RECORD"
    if member.base == "char" and member.array:
        if member.buffer:
            return "WIRE_CHARS" if member.array == "fixed" else "WIRE_CHAR_LIST_BUFFER"
        return "WIRE_CHAR_LIST"
    if member.base == "string":
        return "WIRE_STRINGS" if member.array else "WIRE_STRING_BUFFER" if member.buffer else "WIRE_STRING"
    plain = {"opaque": "WIRE_BYTES", "uuid": "WIRE_UUID", "param": "WIRE_PARAMS"}
    if member.base in plain:
        return plain[member.base]
    width = _width(wired, member)
    if member.array:
        return {4: "WIRE_I32S", 8: "WIRE_I64S"}[width]
    return WIDTHS[member.base][width]


def _width(wired: wire.Wire, member: wire.Member) -> int:
    """Bytes of the C type: a public struct's member may have another than the wire's."""
    c = member.c or SCALARS[member.base]
    while c in wired.api.aliases:
        from . import shapes

        c = shapes.carrier(wired.api, wired.api.aliases[c].of, "")
    return BYTES_OF_C[c]


def least(wired: wire.Wire, members: tuple[wire.Member, ...]) -> int:
    """How many bytes of the wire they take at the very least."""
    total = 0
    for member in members:
        if member.optional or member.array == "list" or member.base in ("string", "opaque"):
            total += 4
        elif member.array == "fixed":
            total += 4 * member.max
        elif member.base in wired.records:
            total += least(wired, wired.records[member.base].members)
        else:
            total += LEAST.get(member.base, 4)
    return total
