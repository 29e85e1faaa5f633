"""The API as frozen records: what the emitters see. Nothing here knows XML or any target language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What every definition has: a name, a place for messages, prose, the version it came with."""

    name: str
    where: str
    doc: str = ""
    since: str = ""
    deprecated: str = ""
    section: str = ""


@dataclass(frozen=True, kw_only=True)
class Constant(Definition):
    value: str
    type: str = "int"


@dataclass(frozen=True, kw_only=True)
class Macro(Definition):
    args: tuple[str, ...]
    value: str


@dataclass(frozen=True, kw_only=True)
class Alias(Definition):
    of: str


@dataclass(frozen=True, kw_only=True)
class Variable(Definition):
    type: str


@dataclass(frozen=True, kw_only=True)
class Value(Definition):
    number: int
    bit: int | None = None
    alias: str = ""
    label: str = ""
    #: errors only: the opening of the message alone, and with a detail ("…: %s")
    text: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Enum(Definition):
    flags: bool
    last: str
    values: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Field:
    name: str
    type: str
    get: str


@dataclass(frozen=True, kw_only=True)
class Object(Definition):
    parent: str
    invalid: str
    origin: str
    wire: tuple[str, ...]
    fields: tuple[Field, ...]
    #: its struct is written by hand (core/object)
    core: bool
    #: the driver kind whose slots the object itself carries
    table: str
    #: the call by which a script gives it up for good
    close: str

    @property
    def pointer(self) -> str:
        return self.name + "Ptr"

    @property
    def short(self) -> str:
        """virStoragePool -> storage_pool"""
        from .text import snake

        return snake(self.name)


@dataclass(frozen=True, kw_only=True)
class Member(Definition):
    type: str
    nullable: bool = False
    array: str = ""
    length: str = ""
    size: str = ""
    c: str = ""
    unit: str = ""
    #: bindings only: the unit that scripts see
    shown: str = ""
    owner: str = ""
    #: its wire form, where that is not what the type has by itself
    wire: str = ""
    max: int = 0


@dataclass(frozen=True, kw_only=True)
class Struct(Definition):
    #: what stands behind the underscore in C
    tag: str
    pointer: str
    view: str
    key: str
    val: tuple[str, ...]
    free: str
    members: tuple[Member, ...]
    builtin: bool = False

    def member(self, name: str) -> Member:
        return next(member for member in self.members if member.name == name)


@dataclass(frozen=True, kw_only=True)
class Param(Definition):
    macro: str
    type: str
    pattern: str = ""
    multiple: bool = False


@dataclass(frozen=True, kw_only=True)
class Paramset(Definition):
    max: int
    open: bool
    params: tuple[Param, ...]


@dataclass(frozen=True, kw_only=True)
class Arg(Definition):
    type: str
    dir: str = "in"
    array: str = ""
    length: str = ""
    rows: str = ""
    elements: str = ""
    nullable: bool = False
    owner: str = ""
    c: str = ""
    unit: str = ""
    max: int | None = None
    min: int | None = None
    path: str = ""
    same_connection: bool = False
    exclusive: tuple[tuple[str, ...], ...] = ()
    #: (flag, those of which it needs one)
    requires: tuple[tuple[str, tuple[str, ...]], ...] = ()
    # what only the bindings look at
    default: str | None = None
    fill: str = ""
    keys: str = ""
    row_keys: str = ""
    keyword: str = ""
    bind: str = ""
    sizeof: str = ""
    # callbacks
    closure: str = ""
    destroy: str = ""
    scope: str = ""
    by: str = ""

    @property
    def reserved(self) -> bool:
        """Room for flags that nobody has thought of yet."""
        return self.name == "flags" and self.type == "uint" and self.dir == "in"


@dataclass(frozen=True, kw_only=True)
class Callback(Definition):
    returns: str
    args: tuple[Arg, ...]


@dataclass(frozen=True, kw_only=True)
class Event:
    name: str
    number: int
    callback: str
    proc: int | None
    where: str = ""
    #: what its message carries, where that is not the callback's arguments
    input: str = ""
    #: the procedure of the message without a callback's number
    legacy: int | None = None


@dataclass(frozen=True, kw_only=True)
class Events(Definition):
    object: str
    events: tuple[Event, ...]


@dataclass(frozen=True, kw_only=True)
class Returns:
    type: str
    #: NULL is an answer, not a failure
    nullable: bool = False
    owner: str = ""
    error: str = ""
    also: tuple[int, ...] = ()
    length: str = ""
    unit: str = ""
    doc: str = ""


@dataclass(frozen=True, kw_only=True)
class Rpc:
    program: str
    proc: int
    priority: str
    stream: str
    input: str
    output: str


@dataclass(frozen=True, kw_only=True)
class Acl:
    need: tuple[str, ...]
    filter: tuple[str, ...]
    condition: str


@dataclass(frozen=True, kw_only=True)
class ErrorCase:
    code: str
    doc: str


@dataclass(frozen=True, kw_only=True)
class Preset:
    name: str
    default: str | None
    keys: tuple[str, ...]
    sets: tuple[str, ...]
    instead: str
    doc: str


@dataclass(frozen=True, kw_only=True)
class Example:
    language: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Function(Definition):
    method: str
    driver: str
    access: str
    impl: str
    bound: bool
    internal: bool
    view: str
    order: tuple[str, ...]
    args: tuple[Arg, ...]
    returns: Returns
    rpc: Rpc | None
    acl: tuple[Acl, ...]
    errors: tuple[ErrorCase, ...]
    presets: tuple[Preset, ...]
    examples: tuple[Example, ...]

    @property
    def slot(self) -> str:
        """virDomainGetInfo -> domainGetInfo"""
        return self.name[3].lower() + self.name[4:]

    @property
    def method_class(self) -> str:
        return self.method.rpartition(".")[0]

    @property
    def method_name(self) -> str:
        return self.method.rpartition(".")[2]

    def arg(self, name: str) -> Arg:
        return next(arg for arg in self.args if arg.name == name)


@dataclass(frozen=True, kw_only=True)
class WireProgram(Definition):
    number: int
    version: int


@dataclass(frozen=True, kw_only=True)
class WireRecord(Definition):
    #: NAME:TYPE, as in a procedure's `in`
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WireProcedure(Definition):
    """A message that no public function stands for."""

    rpc: Rpc
    event: bool
    access: str
    acl: tuple[Acl, ...]


@dataclass(frozen=True, kw_only=True)
class WireDescription:
    programs: tuple[WireProgram, ...] = ()
    #: type -> how long it may be
    limits: dict[str, int]
    records: tuple[WireRecord, ...] = ()
    procedures: tuple[WireProcedure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Module:
    name: str
    header: str
    #: what the field calls its header, where that is not "libvirt-" and ours
    field: str
    library: str
    namespace: str
    origin: str
    summary: str
    where: str
    doc: str
    #: section name -> title, in order
    sections: dict[str, str]
    constants: tuple[Constant, ...]
    macros: tuple[Macro, ...]
    aliases: tuple[Alias, ...]
    variables: tuple[Variable, ...]
    enums: tuple[Enum, ...]
    objects: tuple[Object, ...]
    structs: tuple[Struct, ...]
    paramsets: tuple[Paramset, ...]
    callbacks: tuple[Callback, ...]
    events: tuple[Events, ...]
    functions: tuple[Function, ...]


@dataclass(frozen=True, kw_only=True)
class Api:
    name: str
    version: str
    compatible: str
    modules: tuple[Module, ...]
    files: tuple[str, ...]
    wire: WireDescription

    def _index(self, kind: str) -> dict:
        return {item.name: item for module in self.modules for item in getattr(module, kind)}

    @cached_property
    def enums(self) -> dict[str, Enum]:
        return self._index("enums")

    @cached_property
    def objects(self) -> dict[str, Object]:
        return self._index("objects")

    @cached_property
    def structs(self) -> dict[str, Struct]:
        return self._index("structs")

    @cached_property
    def paramsets(self) -> dict[str, Paramset]:
        return self._index("paramsets")

    @cached_property
    def callbacks(self) -> dict[str, Callback]:
        return self._index("callbacks")

    @cached_property
    def aliases(self) -> dict[str, Alias]:
        return self._index("aliases")

    @cached_property
    def functions(self) -> dict[str, Function]:
        return self._index("functions")

    @cached_property
    def events(self) -> dict[str, Events]:
        return self._index("events")

    @cached_property
    def values(self) -> dict[str, Value]:
        return {value.name: value for enum in self.enums.values() for value in enum.values}

    @cached_property
    def module_of(self) -> dict[str, Module]:
        kinds = "constants macros aliases variables enums objects structs paramsets callbacks events functions"
        return {
            item.name: module
            for module in self.modules
            for kind in kinds.split()
            for item in getattr(module, kind)
        }
