"""The wire form of the API: what each message carries, in order, and where in C it comes from and goes to.

The rule: a call carries the `in` arguments in C order, less the connection, streams, descriptors, callbacks and
lengths; an allocated list adds `need_results`, a caller's buffer its capacity. A reply carries the returned object
or string, the outputs, then a count. What departs from the rule says so with `in=` and `out=`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from . import model, shapes
from .reader import Mistake
from .text import snake

#: words of `in=` and `out=` beside the scalars of shapes.py
BASES = {
    "int": "int", "uint": "uint", "llong": "hyper", "ullong": "uhyper", "double": "double", "bool": "int",
    "uchar": "uchar", "char": "char", "ushort": "ushort", "string": "string", "bytes": "opaque", "uuid": "uuid",
    "cpumap": "opaque",
}  # fmt: skip

#: XDR's name of a scalar -> ours
OF_XDR = {
    "int": "int", "unsigned int": "uint", "hyper": "hyper", "unsigned hyper": "uhyper", "double": "double",
    "unsigned char": "uchar", "unsigned short": "ushort",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Member:
    """One item of a message or a record, as XDR has it."""

    name: str
    #: a scalar, string, opaque, uuid, param, or a record's name
    base: str
    optional: bool = False
    #: NULL goes as an empty string
    blank: bool = False
    #: "", list, fixed
    array: str = ""
    #: of a list's elements, a string's or an opaque's bytes
    max: int = 0
    #: C type of the value or of one element, where it is not what the base has by itself
    c: str = ""
    #: C member that counts the elements; empty: NAME_count
    length: str = ""
    length_c: str = ""
    #: a list of pointers to records
    pointers: bool = False
    #: a string inside a char array of that size
    buffer: str = ""
    #: the C argument that it stands for, and as what: value, capacity, need_results, result, callback_id
    arg: str = ""
    role: str = "value"


@dataclass(frozen=True, kw_only=True)
class Record:
    """A structure inside messages: an object's identity, a public struct, or one that only the wire has."""

    name: str
    #: its C type; public structs are used as they are
    c: str
    public: bool
    object: str
    members: tuple[Member, ...]


@dataclass(frozen=True, kw_only=True)
class Message:
    name: str
    members: tuple[Member, ...]
    #: what it points to is the holder's: strings are copied out of the message, lists handed over
    owned: bool


@dataclass(frozen=True, kw_only=True)
class Procedure:
    program: str
    number: int
    #: domain_get_info
    name: str
    doc: str
    where: str
    since: str
    args: Message | None
    ret: Message | None
    #: messages that the daemon sends unasked
    event: bool
    priority: str
    stream: str
    #: not for read-only connections
    write: bool
    acl: tuple[model.Acl, ...]
    function: model.Function | None = None
    events: str = ""
    event_name: str = ""


@dataclass
class Wire:
    api: model.Api
    records: dict[str, Record] = field(default_factory=dict)
    procedures: list[Procedure] = field(default_factory=list)

    def of(self, program: str) -> list[Procedure]:
        return [item for item in self.procedures if item.program == program]

    def messages(self) -> list[Message]:
        return [message for item in self.procedures for message in (item.args, item.ret) if message]


def build(api: model.Api) -> Wire:
    """Works out every message; a description that leaves one open is a mistake."""
    return _Builder(api).build()


class _Builder:
    def __init__(self, api: model.Api) -> None:
        self.api, self.wire = api, Wire(api)
        self.limits = api.wire.limits
        self.known = {item.name: item for item in api.wire.records}

    def build(self) -> Wire:
        for item in self.known.values():
            self.record(item.name, item.where)
        for function in self.api.functions.values():
            if function.rpc:
                self.function(function)
        for events in self.api.events.values():
            for event in events.events:
                self.event(events, event)
        for procedure in self.api.wire.procedures:
            self.procedure(procedure)
        order = [program.name for program in self.api.wire.programs]
        self.wire.procedures.sort(key=lambda item: (order.index(item.program), item.number))
        self.check()
        return self.wire

    def check(self) -> None:
        seen: dict[tuple[str, int], Procedure] = {}
        for item in self.wire.procedures:
            other = seen.setdefault((item.program, item.number), item)
            if other is not item:
                raise Mistake(item.where, f"{item.name}: procedure {item.number} of '{item.program}' is {other.name} already")

    # records

    def record(self, name: str, where: str) -> Record:
        if name not in self.wire.records:
            if name in self.known:
                members = tuple(self.item(item, where) for item in self.known[name].members)
                made = Record(name=name, c=f"wire_{snake(name)}", public=False, object="", members=members)
            elif name in self.api.objects:
                made = self.identity(self.api.objects[name], where)
            else:
                made = self.struct(self.api.structs[name])
            self.wire.records[name] = made
        return self.wire.records[name]

    def identity(self, object_: model.Object, where: str) -> Record:
        if not object_.wire:
            raise Mistake(object_.where, f"object {object_.name}: it is part of a message at {where}, and needs 'wire'")
        fields = {item.name: item.type for item in object_.fields}
        members = []
        for word in object_.wire:
            type = fields.get(word, object_.parent)
            members.append(self.typed(word, type, object_.where))
        return Record(name=object_.name, c=f"wire_{object_.short}", public=False, object=object_.name, members=tuple(members))

    def struct(self, struct: model.Struct) -> Record:
        lengths = {item.length for item in struct.members if item.length}
        members = [self.struct_member(struct, item) for item in struct.members if item.name not in lengths]
        return Record(name=struct.name, c=struct.name, public=True, object="", members=tuple(members))

    def struct_member(self, struct: model.Struct, item: model.Member) -> Member:
        if item.wire:
            made = self.words(item.name, item.wire, item.where)
            plain = shapes.scalar(self.api, item.type)
            c = shapes.carrier(self.api, item.type, item.c) if plain else ""
            return replace(made, c=c, buffer=item.size)
        if item.size:
            return Member(name=item.name, base="string", max=self.limits["string"], buffer=item.size)
        plain = shapes.scalar(self.api, item.type)
        if plain and not item.array:
            return Member(name=item.name, base=self.xdr(item.type, item.c), c=shapes.carrier(self.api, item.type, item.c))
        made = self.typed(item.name, item.type, item.where, optional=item.nullable)
        if item.array or item.length:
            made = self.counted(made, struct.member(item.length), item)
        return made

    def counted(self, made: Member, length: model.Member, item: model.Member) -> Member:
        bound = item.max or (made.max if made.base in ("param", "opaque") else 0)
        if not bound:
            self.unbounded(item)
        return replace(made, array="list" if item.array else "", max=bound, length=length.name,
                       length_c=shapes.carrier(self.api, length.type, length.c))

    # types

    def xdr(self, type: str, c: str = "") -> str:
        plain = shapes.scalar(self.api, type)
        if c in shapes.SCALARS:
            plain = shapes.SCALARS[c]
        assert plain, type
        return OF_XDR[plain.wire]

    def typed(self, name: str, type: str, where: str, optional: bool = False) -> Member:
        if shapes.is_params(self.api, type):
            bound = self.api.paramsets[type].max if type in self.api.paramsets else 0
            return Member(name=name, base="param", array="list", max=bound, c="virTypedParameter")
        if type in self.api.objects or type in self.api.structs or type in self.known:
            return Member(name=name, base=self.record(type, where).name, optional=optional)
        if type in ("string", "bytes", "cpumap"):
            base = "string" if type == "string" else "opaque"
            return Member(name=name, base=base, optional=optional, max=self.limits.get(type, 0))
        if type == "uuid":
            return Member(name=name, base="uuid")
        return Member(name=name, base=self.xdr(type))

    def item(self, text: str, where: str) -> Member:
        name, colon, words = text.partition(":")
        if not colon:
            raise Mistake(where, f"'{text}' is no item of a message: NAME:TYPE is accepted")
        return self.words(name, words, where)

    def words(self, name: str, words: str, where: str) -> Member:
        match = re.fullmatch(r"(\w+)([?!])?(?:<(\d+)>|\[(\d+)\])?", words)
        if not match:
            raise Mistake(where, f"'{words}' is no type of a message: TYPE, TYPE? (may be NULL), TYPE! (NULL goes as empty), TYPE<MAX> or TYPE[COUNT] is accepted")
        type, mark, bound, count = match.groups()
        if type == "char" and not (bound or count):
            return Member(name=name, base="char")
        made = Member(name=name, base="char") if type == "char" else self.typed(name, type, where, mark == "?")
        made = replace(made, blank=mark == "!")
        if count:
            return replace(made, array="fixed", max=int(count))
        if bound and made.base in ("opaque", "param"):
            return replace(made, max=int(bound))
        return replace(made, array="list", max=int(bound)) if bound else made

    # procedures

    def function(self, function: model.Function) -> None:
        rpc = function.rpc
        assert rpc
        name = snake(function.name)
        args = self.listed(function, rpc.input, []) if rpc.input else self.arguments(function)
        ret = self.listed(function, rpc.output, self.returned(function)) if rpc.output else self.results(function)
        self.add(rpc, name, function, args, ret, function.acl, function=function)

    def procedure(self, item: model.WireProcedure) -> None:
        def members(text: str) -> list[Member]:
            return [self.item(word, item.where) for word in text.split()]

        rpc = item.rpc
        self.add(rpc, snake(item.name), item, members(rpc.input), members(rpc.output), item.acl, event=item.event)

    def event(self, events: model.Events, event: model.Event) -> None:
        callback = self.api.callbacks[event.callback]
        if not event.proc:
            return
        members = []
        for arg in callback.args:
            if arg.type == "closure" or (arg.type == "virConnect" and events.object != "virConnect"):
                continue
            if not self.is_length(arg, callback.args):
                members.append(self.value(arg, callback.args))
        identity = Member(name="callback_id", base="int", role="callback_id")
        name = snake(event.name.replace("VIR_", "", 1).replace("_EVENT_ID_", "_EVENT_")).lower()
        if event.input:
            members = [self.refer(word, callback.args, [identity, *members], event.where) for word in event.input.split()]
        else:
            members = [identity, *members]
        rpc = model.Rpc(program="remote", proc=event.proc, priority="low", stream="", input="", output="")
        self.add(rpc, name, callback, members, [], (), event=True, events=events.name, event_name=event.name)
        if event.legacy:
            rpc = replace(rpc, proc=event.legacy)
            plain = [item for item in members if item.role != "callback_id"]
            self.add(rpc, f"{name}_legacy", callback, plain, [], (), event=True, events=events.name, event_name=event.name)

    def add(self, rpc: model.Rpc, name: str, source: model.Definition, args: list[Member], ret: list[Member],
            acl: tuple[model.Acl, ...], event: bool = False, **more: Any) -> None:
        suffix = "msg" if event else "args"
        self.wire.procedures.append(Procedure(
            program=rpc.program, number=rpc.proc, name=name, doc=source.doc, where=source.where,
            args=Message(name=f"{name}_{suffix}", members=tuple(args), owned=False) if args else None,
            ret=Message(name=f"{name}_ret", members=tuple(ret), owned=True) if ret else None,
            event=event, priority=rpc.priority, stream=rpc.stream, write=getattr(source, "access", "") == "write",
            acl=acl, since=source.since, **more))

    # the rule

    def listed(self, function: model.Function, text: str, ruled: list[Member]) -> list[Member]:
        """`in=` or `out=`: names of what the rule gives, of other arguments, or NAME:TYPE."""
        if text == "none":
            return []
        return [self.refer(word, function.args, ruled, function.where) for word in text.split()]

    def refer(self, word: str, args: tuple[model.Arg, ...], members: list[Member], where: str) -> Member:
        """One word of `in=` or `out=`: something named, or NAME:TYPE."""
        for item in members:
            if item.name == word:
                return item
        name, colon, _words = word.partition(":")
        arg = next((arg for arg in args if arg.name == name), None)
        if colon:
            role = name if name in ("result", "need_results") else "value"
            return replace(self.item(word, where), arg=arg.name if arg else "", role=role)
        if arg is None:
            raise Mistake(where, f"'{word}' of a message is no argument; NAME:TYPE says what it is")
        if self.is_length(arg, args):
            return Member(name=name, base=self.xdr("uint" if arg.type == "size" else arg.type), arg=name, role="count")
        return self.value(arg, args)

    def is_length(self, arg: model.Arg, args: tuple[model.Arg, ...]) -> bool:
        return any(other.length == arg.name for other in args)

    def hidden(self, arg: model.Arg) -> bool:
        type = arg.type
        if type in self.api.objects and not self.api.objects[type].wire:
            return True
        return bool(arg.sizeof) or type in ("fd", "closure", "virFreeCallback") or type in self.api.callbacks

    def arguments(self, function: model.Function) -> list[Member]:
        made = []
        for arg in function.args:
            if self.hidden(arg):
                continue
            owner = next((other for other in function.args if arg.name in (other.length, other.rows)), None)
            if owner is not None:
                made += self.capacity(function, arg, owner)
            elif arg.dir == "out":
                made += self.wanted(arg)
            else:
                made.append(self.value(arg, function.args))
        return made

    def capacity(self, function: model.Function, arg: model.Arg, owner: model.Arg) -> list[Member]:
        """A length: told only where it is the room in a caller's buffer."""
        if arg.dir == "out" or owner.dir == "in" or owner.array == "allocated":
            return []
        type = "uint" if arg.type == "size" else arg.type
        return [Member(name=arg.name, base=self.xdr(type, ""), arg=arg.name, role="capacity")]

    def wanted(self, arg: model.Arg) -> list[Member]:
        if arg.array == "allocated" and arg.type in self.api.objects:
            return [Member(name="need_results", base="int", arg=arg.name, role="need_results")]
        return []

    def value(self, arg: model.Arg, args: tuple[model.Arg, ...]) -> Member:
        made = self.typed(arg.name, arg.type, arg.where, optional=arg.nullable) if not shapes.scalar(self.api, arg.type) \
            else Member(name=arg.name, base=self.xdr(arg.type, arg.c))
        made = replace(made, arg=arg.name)
        if arg.max:
            made = replace(made, max=arg.max)
        if made.base == "opaque":
            made = replace(made, optional=False)
            if not made.max:
                self.unbounded(arg)
        elif arg.array and made.base != "param":
            if not arg.max:
                self.unbounded(arg)
            pointers = arg.elements == "ptr" or (arg.array == "allocated" and arg.type in self.api.structs)
            made = replace(made, array="list", optional=False, pointers=pointers and arg.type not in self.api.objects)
        if made.base == "param" and not made.max:
            self.unbounded(arg)
        return made

    def returned(self, function: model.Function) -> list[Member]:
        returns = function.returns
        if returns.type == "string" or (returns.type in self.api.objects and self.api.objects[returns.type].wire):
            return [replace(self.typed("result", returns.type, function.where, returns.nullable), role="result")]
        return []

    def results(self, function: model.Function) -> list[Member]:
        returns, made = function.returns, self.returned(function)
        counted = False
        for arg in function.args:
            if arg.dir == "in" or self.hidden(arg):
                continue
            owner = next((other for other in function.args if arg.name == other.length), None)
            if owner is not None:
                if owner.dir != "in" and owner.array == "two-call":
                    made.append(Member(name=arg.name, base=self.xdr(arg.type, ""), arg=arg.name, role="count"))
                continue
            made.append(self.value(arg, function.args))
            counted = counted or (arg.array != "" and arg.array != "allocated")
        if returns.type in ("count", "int", "bool", "found", "moved") or shapes.scalar(self.api, returns.type):
            if not counted:
                type = "uint" if any(arg.array == "allocated" for arg in function.args) else returns.type
                base = "int" if type in shapes.RESULTS else self.xdr(type)
                made.append(Member(name="result", base=base, role="result"))
        return made

    def unbounded(self, item: model.Arg | model.Member) -> None:
        raise Mistake(item.where, f"{item.name}: it has as many elements as a message says, and needs 'max'")


def subject(wired: Wire, procedure: Procedure) -> Member | None:
    """The member of the arguments that is the object which the call is about."""
    for member in procedure.args.members if procedure.args else ():
        record = wired.records.get(member.base)
        if record and record.object and not member.array and not member.optional:
            return member
    return None
