"""The C structs of the descriptions: which member holds what, under which name.

Every `when` block's members live side by side in their element's struct, so a changed type never
reads another one's data. `include` embeds; an element is embedded unless its mere presence means
something or it contains itself.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from dataclasses import dataclass, field

from generator.documents import (
    NUMBERS, STRINGS, TRISTATES, Any, Attribute, Documents, Element, Enum, Include, Item, Place,
    StructReference, Text, Value, When, snake,
)

_KEYWORDS: frozenset[str] = frozenset(
    "auto break case char const continue default do double else enum extern float for goto if"
    " inline int long register restrict return short signed sizeof static struct switch typedef"
    " union unsigned void volatile while bool true false asm typeof linux unix".split()
)
_KEYWORDS |= frozenset(keyword.kwlist)  # the same names are keys of typed dictionaries


@dataclass
class Member:
    """`shape`: scalar, flag, struct (embedded), pointer, include, list, scalars, any."""

    name: str
    shape: str
    place: Place
    label: str  # in paths: "@bus", "target", "disks"
    value: Value | None = None
    enum: str | None = None  # C name, for words
    struct: CStruct | None = None
    has: bool = False
    abi: str = ""

    @property
    def owned(self) -> bool:
        """Whether it holds memory."""
        if self.shape == "scalar":
            return self.value is not None and is_text(self.value)
        if self.shape in ("struct", "include"):
            return self.struct is not None and self.struct.owned
        return self.shape != "flag"


@dataclass
class CStruct:
    name: str  # C name
    document: str
    place: Place
    members: dict[str, Member] = field(default_factory=dict)
    prose: str = ""
    any: Any | None = None  # an item of a mixed list

    @property
    def owned(self) -> bool:
        return any(member.owned for member in self.members.values())


@dataclass
class CEnum:
    name: str
    document: str
    enum: Enum


def is_text(value: Value) -> bool:
    return value.type in STRINGS or value.variable


def prefixed(document: str, name: str) -> str:
    """Every kind's C names begin with its document's name, written once."""
    stem, own = snake(document), snake(name)
    return own if own == stem or own.startswith(stem + "_") else f"{stem}_{own}"


def c_type(member: Member) -> str:
    """The member's C type without the stars of pointer, list and scalars."""
    value = member.value
    if member.struct:
        return f"struct {member.struct.name}"
    if member.shape == "flag":
        return "bool"
    assert value is not None
    if is_text(value):
        return "char *"
    if value.type in TRISTATES:
        return "enum tristate"
    if value.type == "enum":
        return f"enum {member.enum}"
    return number_type(value)


def number_type(value: Value) -> str:
    if value.type == "hex":
        return "unsigned" if value.max and value.max <= 0xFFFFFFFF else "unsigned long long"
    return {"int": "int", "long": "long long", "uint": "unsigned", "octal": "unsigned",
            "id": "unsigned", "ulong": "unsigned long long",
            "size": "unsigned long long"}[value.type]


class Layout:
    """All C structs and enums, by C name and in an order that C accepts."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.structs: dict[str, CStruct] = {}  # inner ones first
        self.enums: dict[str, CEnum] = {}
        self.roots: dict[str, CStruct] = {}  # by document
        self.namespaces: dict[str, list[CStruct]] = {}
        self._building: list[str] = []
        for document in documents.documents.values():
            for enum in document.enums.values():
                self._enum(prefixed(document.name, enum.name or ""), enum, enum.place)
            for struct in document.structs.values():
                self.of_struct(StructReference(document.name, struct.name))
            if document.root:
                self._root(document.name, document.root)

    def _root(self, name: str, root: Element) -> None:
        if root.struct:
            self.roots[name] = self.of_struct(root.struct)
        else:
            self.roots[name] = self._build(snake(name), name, (root.content,), root.place, True)
        spaces = self.documents.documents[name].namespaces
        self.namespaces[name] = []
        for space in spaces:
            inner = self._build(prefixed(name, space.prefix), name, (space.content,),
                                space.place, False)
            self.namespaces[name].append(inner)
            self._add(self.roots[name], Member(snake(space.prefix), "struct", space.place,
                                               space.prefix, struct=inner))
        root_struct = self.structs.pop(self.roots[name].name)
        self.structs[root_struct.name] = root_struct  # behind what it now embeds

    def struct_name(self, reference: StructReference) -> str:
        if self.documents.is_root(reference):
            return snake(reference.document)
        return prefixed(reference.document, reference.name)

    def of_struct(self, reference: StructReference) -> CStruct:
        name = self.struct_name(reference)
        if name in self.structs:
            return self.structs[name]
        struct = self.documents.struct(reference)
        return self._build(name, reference.document, (struct.content,), struct.place, False,
                           struct.prose)

    def recursive(self, reference: StructReference) -> bool:
        return self.struct_name(reference) in self._building

    def _build(self, name: str, document: str, contents: tuple[tuple[Item, ...], ...],
               place: Place, certain: bool, prose: str = "") -> CStruct:
        """`certain`: the struct's presence shows without its members (a list's item)."""
        if name in self.structs:
            raise place.error(f"struct {name} would be made twice: choose another name or member")
        self._building.append(name)
        struct = CStruct(name, document, place, prose=prose)
        groups: dict[str, list[Element]] = {}
        for content in contents:
            self._collect(content, groups)
        for content in contents:
            self._members(struct, content, groups, set(), certain or shows_itself(contents))
        self._building.pop()
        self.structs[name] = struct
        return struct

    def _collect(self, content: tuple[Item, ...], groups: dict[str, list[Element]]) -> None:
        """Elements of one name in several `when` blocks share a struct."""
        for item in content:
            if isinstance(item, Element):
                groups.setdefault(item.member, []).append(item)
            elif isinstance(item, When) and not item.member:
                self._collect(item.content, groups)

    def _members(self, struct: CStruct, content: tuple[Item, ...],
                 groups: dict[str, list[Element]], done: set[str], certain: bool) -> None:
        for item in content:
            if isinstance(item, When) and item.member:
                self._arm(struct, item)
            elif isinstance(item, When):
                self._members(struct, item.content, groups, done, certain)
            elif isinstance(item, Include):
                inner = self._included(struct, item)
                self._add(struct, Member(snake(item.struct.name), "include", item.place, "",
                                         struct=inner, abi=item.abi))
            elif isinstance(item, Any):
                self._any(struct, item)
            elif isinstance(item, Element) and not item.value and not item.flag:
                self._element(struct, item, groups[item.member])
            else:
                self._add(struct, self._scalar(struct, item, certain))

    def _arm(self, struct: CStruct, item: When) -> None:
        assert item.member
        name = f"{struct.name}_{snake(item.member)}"
        if name in self.structs:
            raise item.place.error(f"two <when> blocks are called '{item.member}'")
        inner = self._build(name, struct.document, (item.content,), item.place, False)
        self._add(struct, Member(snake(item.member), "struct", item.place, "", struct=inner))

    def _included(self, struct: CStruct, item: Include) -> CStruct:
        if self.recursive(item.struct):
            raise item.place.error(f"struct '{item.struct.name}' includes itself")
        return self.of_struct(item.struct)

    def _any(self, struct: CStruct, item: Any) -> None:
        name = f"{struct.name}_{item.list}"
        inner = CStruct(name, struct.document, item.place, prose=item.prose, any=item)
        self._building.append(name)
        for element in item.elements:
            if element.struct:
                target = self.of_struct(element.struct)
            else:
                target = self._build(f"{name}_{element.member}", struct.document,
                                     (element.content,), element.place, True)
            self._add(inner, Member(element.member, "pointer", element.place, element.name,
                                    struct=target))
        self._building.pop()
        if item.negate:
            value = Value(type="yesno")
            self._add(inner, Member(snake(item.negate), "scalar", item.place, "@" + item.negate,
                                    value=value))
        self.structs[name] = inner
        self._add(struct, Member(item.list, "list", item.place, item.list, struct=inner))

    def _element(self, struct: CStruct, item: Element, group: list[Element]) -> None:
        shape = self._shape(item)
        inner: CStruct | None
        if item.struct:
            recursive = self.recursive(item.struct)
            name = self.struct_name(item.struct)
            # While it is being built, a struct is known by its name only.
            inner = CStruct(name, item.struct.document, item.place) if recursive \
                else self.of_struct(item.struct)
        else:
            name = f"{struct.name}_{item.member}"
            inner = self.structs.get(name)
            if item.member not in struct.members:
                certain = all(bool(one.list) or one.always or one.keep is not None
                              for one in group)
                inner = self._build(name, struct.document,
                                    tuple(one.content for one in group if one.content),
                                    item.place, certain, item.prose)
        self._add(struct, Member(item.member, shape, item.place, item.list or item.name,
                                 struct=inner, abi=item.abi))

    def _shape(self, item: Element) -> str:
        if item.list:
            return "list"
        own_kind = item.struct and self.documents.is_root(item.struct)
        if item.struct and (self.recursive(item.struct) or own_kind):
            return "pointer"
        return "pointer" if (item.keep or item.rare) and not item.always else "struct"

    def _scalar(self, struct: CStruct, item: Attribute | Text | Element,
                certain: bool) -> Member:
        label = {Attribute: "@", Text: "", Element: ""}[type(item)]
        label += "text()" if isinstance(item, Text) else item.name
        if isinstance(item, Element) and item.list:
            label = item.list
        shape = "scalars" if isinstance(item, Element) and item.list else "scalar"
        if isinstance(item, Element) and item.flag:
            return Member(item.member, "flag", item.place, label, abi=item.abi)
        value = item.value
        assert value is not None
        required = not isinstance(item, Text) and item.required
        enum = None
        if value.type == "enum" and value.enum and not value.variable:
            enum = self._enum_of(struct, item.member, value)
        return Member(item.member, shape, item.place, label, value, enum,
                      has=shape == "scalar" and needs_has(value, required and certain), abi=item.abi)

    def _enum_of(self, struct: CStruct, member: str, value: Value) -> str:
        assert value.enum
        if value.enum.name:
            return prefixed(value.enum.document, value.enum.name)
        return self._enum(f"{struct.name}_{member}", value.enum, value.enum.place)

    def _enum(self, name: str, enum: Enum, place: Place) -> str:
        known = self.enums.get(name)
        if known and [w.name for w in known.enum.words] != [w.name for w in enum.words]:
            raise place.error(f"enum {name} would have two sets of words: use a common <enum>"
                              " with 'values', or 'member'")
        if not known:
            self.enums[name] = CEnum(name, enum.document, enum)
        return name

    def _add(self, struct: CStruct, member: Member) -> None:
        if member.name in _KEYWORDS or not member.name.isidentifier():
            raise member.place.error(
                f"'{member.name}' is a keyword, no name for a C or Python member: give it a 'member'")
        known = struct.members.get(member.name)
        if known is None:
            struct.members[member.name] = member
            return
        if (known.shape, c_type(known)) != (member.shape, c_type(member)):
            raise member.place.error(
                f"'{member.name}' is {describe(member)} here and {describe(known)} at"
                f" {known.place.file}:{known.place.line}: one of them needs a 'member'")
        known.has = known.has or member.has
        known.abi = known.abi or member.abi

    def walk(self, document: str) -> Iterator[CStruct]:
        return (struct for struct in self.structs.values() if struct.document == document)


def describe(member: Member) -> str:
    plural = {"list": "a list of ", "scalars": "a list of ", "pointer": "a pointer to "}
    kind = c_type(member)
    return plural.get(member.shape, "") + ("a string" if kind == "char *" else kind)


def shows_itself(contents: tuple[tuple[Item, ...], ...]) -> bool:
    """Some required or defaulted member cannot be zero, so the struct's presence is visible."""
    for item in (item for content in contents for item in content):
        if isinstance(item, (Attribute, Element)) and item.value:
            required = item.required or item.value.default is not None
            if required and item.value.type not in NUMBERS and not item.value.absent:
                return True
    return False


def needs_has(value: Value, required: bool) -> bool:
    if value.type not in NUMBERS or value.variable:
        return False
    nonzero = value.min is not None and value.min >= 1
    return not (required or nonzero or value.default is not None or value.absent == "0")
