"""Turns the elements of a description into the records of model.py."""

from __future__ import annotations

from dataclasses import replace

from . import grammar, model, reader
from .reader import Element, Mistake

#: structs that only C can lay out; their text is in emit/header.py
BUILTIN = (
    ("virTypedParameter", "virTypedParameterPtr", "common", "0.9.2"),
    ("virError", "virErrorPtr", "error", "0.1.0"),
)


def load(path: str) -> model.Api:
    """Reads, validates and checks the description at PATH."""
    from . import check

    root = reader.read(path)
    grammar.validate(root, grammar.load())
    api = build(root)
    check.check(api)
    return api


def build(root: Element) -> model.Api:
    return model.Api(
        name=root.attributes["name"],
        version=root.attributes["version"],
        compatible=root.attributes["compatible"],
        modules=tuple(_module(element) for element in root.find_all("module")),
        wire=_wire(root),
        files=tuple(reader.included_files(root)),
    )


def _module(element: Element) -> model.Module:
    sections: dict[str, str] = {}
    items: list[tuple[Element, str]] = []
    for child in element.children:
        if child.tag == "section":
            sections[child.attributes["name"]] = child.attributes["title"]
            items += [(item, child.attributes["name"]) for item in child.children]
        else:
            items.append((child, ""))

    def collect(tag: str, make) -> tuple:
        return tuple(make(item, section) for item, section in items if item.tag == tag)

    name = element.attributes["name"]
    return model.Module(
        name=name,
        header=element.attributes["header"],
        field=element.attributes.get("field", ""),
        library=element.attributes.get("library", ""),
        namespace=element.attributes.get("namespace", ""),
        origin=element.attributes.get("origin", "VIR_FROM_NONE"),
        summary=element.attributes["summary"],
        where=element.where,
        doc=element.text,
        sections=sections,
        constants=collect("constant", _constant),
        macros=collect("macro", _macro),
        aliases=collect("alias", lambda item, section: model.Alias(**_common(item, section), of=item.attributes["of"])),
        variables=collect("variable", lambda item, section: model.Variable(**_common(item, section), type=item.attributes["type"])),
        enums=collect("enum", _enum),
        objects=collect("object", _object),
        structs=_builtin(name, element) + collect("struct", _struct),
        paramsets=collect("paramset", _paramset),
        callbacks=collect("callback", _callback),
        events=collect("events", _events),
        functions=collect("function", _function),
    )


def _builtin(module: str, element: Element) -> tuple[model.Struct, ...]:
    return tuple(
        model.Struct(name=name, tag=name, where=element.where, since=since, pointer=pointer, view="", key="", val=(),
                     free="", members=(), builtin=True)
        for name, pointer, home, since in BUILTIN
        if home == module
    )


def _common(element: Element, section: str = "") -> dict:
    return {
        "name": element.attributes["name"],
        "where": element.where,
        "doc": element.text,
        "since": element.attributes.get("since", ""),
        "deprecated": element.attributes.get("deprecated", ""),
        "section": section,
    }


def _words(element: Element, name: str) -> tuple[str, ...]:
    return tuple(element.attributes.get(name, "").split())


def _number(element: Element, name: str) -> int | None:
    value = element.attributes.get(name)
    return None if value is None else int(value)


def _constant(element: Element, section: str) -> model.Constant:
    attributes = element.attributes
    return model.Constant(**_common(element, section), value=attributes["value"], type=attributes.get("type", "int"))


def _macro(element: Element, section: str) -> model.Macro:
    args = tuple(arg.strip() for arg in element.attributes["args"].split(","))
    return model.Macro(**_common(element, section), args=args, value=element.attributes["value"])


def _enum(element: Element, section: str) -> model.Enum:
    return model.Enum(
        **_common(element, section),
        flags=element.attributes.get("kind") == "flags",
        last=element.attributes.get("last", ""),
        values=tuple(_value(child) for child in element.children),
    )


def _value(element: Element) -> model.Value:
    bit, number = _number(element, "bit"), _number(element, "value")
    if (bit is None) == (number is None):
        raise Mistake(element.where, f"<value name='{element.attributes['name']}'> needs either 'value' or 'bit'")
    return model.Value(
        **_common(element),
        number=number if number is not None else 1 << (bit or 0),
        bit=bit,
        alias=element.attributes.get("alias", ""),
        label=element.attributes.get("label", ""),
        text=element.attributes.get("text", ""),
        detail=element.attributes.get("detail", ""),
    )


def _object(element: Element, section: str) -> model.Object:
    attributes = element.attributes
    return model.Object(
        **_common(element, section),
        parent=attributes.get("parent", ""),
        invalid=attributes["invalid"],
        origin=attributes.get("origin", "VIR_FROM_NONE"),
        wire=_words(element, "wire"),
        core=attributes.get("impl") == "core",
        table=attributes.get("table", ""),
        close=attributes.get("close", ""),
        fields=tuple(
            model.Field(name=child.attributes["name"], type=child.attributes["type"], get=child.attributes.get("get", ""))
            for child in element.children
        ),
    )


def _struct(element: Element, section: str) -> model.Struct:
    attributes = element.attributes
    return model.Struct(
        **_common(element, section),
        tag=attributes.get("tag", attributes["name"]),
        pointer=attributes.get("pointer", attributes["name"] + "Ptr"),
        view=attributes.get("view", ""),
        key=attributes.get("key", ""),
        val=_words(element, "val"),
        free=attributes.get("free", ""),
        members=tuple(_member(child) for child in element.children),
    )


def _member(element: Element) -> model.Member:
    names = ("type", "array", "length", "size", "c", "unit", "shown", "owner", "wire")
    return model.Member(**_common(element), nullable=element.attributes.get("nullable") == "yes",
                        max=_number(element, "max") or 0, **{name: element.attributes.get(name, "") for name in names})


def _paramset(element: Element, section: str) -> model.Paramset:
    return model.Paramset(
        **_common(element, section),
        max=int(element.attributes["max"]),
        open=element.attributes.get("open") == "yes",
        params=tuple(
            model.Param(
                **_common(child),
                macro=child.attributes["macro"],
                type=child.attributes["type"],
                pattern=child.attributes.get("pattern", ""),
                multiple=child.attributes.get("multiple") == "yes",
            )
            for child in element.children
        ),
    )


def _callback(element: Element, section: str) -> model.Callback:
    return model.Callback(
        **_common(element, section),
        returns=element.attributes.get("returns", "void"),
        args=tuple(_arg(child) for child in element.find_all("arg")),
    )


def _events(element: Element, section: str) -> model.Events:
    common = _common(element, section)
    return model.Events(
        **common,
        object=element.attributes["object"],
        events=tuple(
            model.Event(name=child.attributes["name"], number=-1, callback=child.attributes["callback"], proc=_number(child, "proc"),
                        where=child.where, input=child.attributes.get("in", ""), legacy=_number(child, "legacy"))
            for child in element.children
        ),
    )


def _needs(word: str) -> tuple[str, tuple[str, ...]]:
    """FLAG:ONE|OTHER"""
    flag, _, needed = word.partition(":")
    return flag, tuple(needed.split("|"))


def _arg(element: Element) -> model.Arg:
    attributes = element.attributes
    plain = "array length rows elements owner c unit path fill keys keyword bind sizeof closure destroy scope by".split()
    arg = model.Arg(
        **_common(element),
        type=attributes["type"],
        dir=attributes.get("dir", "in"),
        nullable=attributes.get("nullable") == "yes",
        max=_number(element, "max"),
        min=_number(element, "min"),
        same_connection=attributes.get("same-connection") == "yes",
        exclusive=tuple(tuple(group.split()) for group in attributes.get("exclusive", "").split(";") if group.strip()),
        requires=tuple(_needs(word) for word in _words(element, "requires")),
        default=attributes.get("default"),
        row_keys=attributes.get("row-keys", ""),
        **{name: attributes.get(name, "") for name in plain},
    )
    # the same of all such arguments, so it is not written there
    return replace(arg, doc="unused, 0") if arg.reserved and not arg.doc else arg


def _one(element: Element, tag: str) -> Element | None:
    found = element.find_all(tag)
    if len(found) > 1:
        raise Mistake(found[1].where, f"<{element.tag} name='{element.attributes['name']}'> has a second <{tag}>")
    return found[0] if found else None


def _function(element: Element, section: str) -> model.Function:
    attributes = element.attributes
    returns, rpc, doc = _one(element, "returns"), _one(element, "rpc"), _one(element, "doc")
    if returns is None:
        raise Mistake(element.where, f"<function name='{attributes['name']}'> needs <returns>")
    common = _common(element, section) | {"doc": doc.text if doc else ""}
    return model.Function(
        **common,
        method=attributes.get("method", ""),
        driver=attributes.get("driver", ""),
        access=attributes.get("access", ""),
        impl=attributes.get("impl", "slot"),
        bound=attributes.get("bind") != "no",
        internal=attributes.get("export") == "internal",
        view=attributes.get("view", ""),
        order=_words(element, "order"),
        args=tuple(_arg(child) for child in element.find_all("arg")),
        returns=_returns(returns),
        rpc=_rpc(rpc) if rpc else None,
        acl=_acl(element),
        errors=tuple(model.ErrorCase(code=child.attributes["code"], doc=child.text) for child in element.find_all("error")),
        presets=tuple(_preset(child) for child in element.find_all("preset")),
        examples=tuple(
            model.Example(language=child.attributes["language"], code="".join(child.pieces))
            for child in element.find_all("example")
        ),
    )


def _returns(element: Element) -> model.Returns:
    attributes = element.attributes
    return model.Returns(
        type=attributes["type"],
        nullable=attributes.get("nullable") == "yes",
        also=tuple(int(word) for word in _words(element, "also")),
        doc=element.text,
        **{name: attributes.get(name, "") for name in ("owner", "error", "length", "unit")},
    )


def _acl(element: Element) -> tuple[model.Acl, ...]:
    return tuple(
        model.Acl(need=_words(child, "need"), filter=_words(child, "filter"), condition=child.attributes.get("if", ""))
        for child in element.find_all("acl")
    )


def _wire(root: Element) -> model.WireDescription:
    parts = [child for wire in root.find_all("wire") for child in wire.children]

    def collect(tag: str, make) -> tuple:
        return tuple(make(item) for item in parts if item.tag == tag)

    return model.WireDescription(
        programs=collect("program", lambda item: model.WireProgram(
            **_common(item), number=int(item.attributes["number"], 0), version=int(item.attributes["version"]))),
        limits=dict(collect("limit", lambda item: (item.attributes["type"], int(item.attributes["max"])))),
        records=collect("record", lambda item: model.WireRecord(**_common(item), members=_words(item, "members"))),
        procedures=collect("procedure", lambda item: model.WireProcedure(
            **_common(item), rpc=_rpc(item), event=item.attributes.get("event") == "yes",
            access=item.attributes.get("access", ""), acl=_acl(item))),
    )


def _rpc(element: Element) -> model.Rpc:
    attributes = element.attributes
    return model.Rpc(
        program=attributes.get("program", "remote"),
        proc=int(attributes["proc"]),
        priority=attributes.get("priority", "low"),
        stream=attributes.get("stream", ""),
        input=attributes.get("in", ""),
        output=attributes.get("out", ""),
    )


def _preset(element: Element) -> model.Preset:
    return model.Preset(
        name=element.attributes["name"],
        default=element.attributes.get("default"),
        keys=_words(element, "keys"),
        sets=_words(element, "sets"),
        instead=element.attributes.get("instead", ""),
        doc=element.text,
    )
