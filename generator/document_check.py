"""The shape of every description, beyond its grammar: bounds, defaults, paths, C names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator.document_layout import Layout
from generator.documents import (
    NUMBERS, TRISTATES, Any, Attribute, Document, Documents, Element, Include, Item, Place, Struct,
    StructReference, Text, Value, When, snake, unit_bytes,
)


@dataclass(frozen=True)
class Found:
    """A member of an element, wherever includes and `when` blocks put it."""

    item: Attribute | Text | Element
    path: tuple[str, ...]  # C members from the element's struct


def members(documents: Documents, content: tuple[Item, ...],
            path: tuple[str, ...] = ()) -> Iterator[Found]:
    for item in content:
        if isinstance(item, (Attribute, Text, Element)):
            yield Found(item, (*path, item.member))
        elif isinstance(item, Include):
            yield from members(documents, documents.struct(item.struct).content,
                               (*path, snake(item.struct.name)))
        elif isinstance(item, When):
            inner = (*path, snake(item.member)) if item.member else path
            yield from members(documents, item.content, inner)


@dataclass(frozen=True)
class Scope:
    """An element's whole content and the element around it."""

    content: tuple[Item, ...]
    up: Scope | None

    def find(self, documents: Documents, of: tuple[str, ...]) -> tuple[int, Found] | None:
        """The member that `of` names: how many elements up, and which one."""
        if of[0] == "..":
            found = self.up.find(documents, of[1:]) if self.up else None
            return (found[0] + 1, found[1]) if found else None
        inner: tuple[Item, ...] = self.content
        path: tuple[str, ...] = ()
        for step in of[:-1]:
            steps = [(f.item, f.path) for f in members(documents, inner)
                     if isinstance(f.item, Element) and f.item.name == step]
            if not steps or steps[0][0].list or steps[0][0].keep:
                return None
            path = (*path, *steps[0][1])
            inner = documents.content(steps[0][0])
        hits = [f for f in members(documents, inner)
                if not isinstance(f.item, Text) and f.item.name == of[-1]]
        hits = [hit for hit in hits if hit.item.value] or _texts(documents, hits)
        hits.sort(key=lambda f: not isinstance(f.item, Attribute))
        return (0, Found(hits[0].item, (*path, *hits[0].path))) if hits else None


def _texts(documents: Documents, hits: list[Found]) -> list[Found]:
    """What stands between the tags of elements that have attributes as well."""
    return [Found(inner.item, (*hit.path, *inner.path))
            for hit in hits if isinstance(hit.item, Element) and not hit.item.list and not hit.item.keep
            for inner in members(documents, documents.content(hit.item))
            if isinstance(inner.item, Text) and inner.item.value]


def check(documents: Documents) -> None:
    for document in documents.documents.values():
        for struct in document.structs.values():
            _content(documents, struct.content)
        for namespace in document.namespaces:
            _content(documents, namespace.content)
        if document.root:
            _content(documents, (document.root,))
    Layout(documents)
    included = _only_included(documents)
    for document in documents.documents.values():
        for struct in document.structs.values():
            outside = StructReference(document.name, struct.name) in included
            _whens(documents, struct.content, Scope(struct.content, None), Trust(outside, False))
        for content in roots(document):
            _whens(documents, content, Scope(content, None), Trust(False, False))


def roots(document: Document) -> Iterator[tuple[Item, ...]]:
    """Contents that stand in no struct."""
    if document.root and not document.root.struct:
        yield document.root.content
    for namespace in document.namespaces:
        yield namespace.content


def _content(documents: Documents, content: tuple[Item, ...]) -> None:
    for item in content:
        if isinstance(item, When):
            _content(documents, item.content)
        elif isinstance(item, Any):
            for element in item.elements:
                if element.value or element.list:
                    raise element.place.error("an element in <any> has content and is no list")
            _content(documents, item.elements)
        elif isinstance(item, (Attribute, Text)):
            _value(item.value, item.place)
        elif isinstance(item, Element):
            _element(documents, item)


def _element(documents: Documents, item: Element) -> None:
    if item.value:
        _value(item.value, item.place)
        if item.keep or item.always:
            raise item.place.error("'keep' and 'always' need an element with content")
    for word, key in (("sort", item.sort), ("unique", item.unique)):
        if not key:
            continue
        if not item.list:
            raise item.place.error(f"'{word}' needs a list")
        keys = {f.item.name for f in members(documents, documents.content(item))
                if isinstance(f.item, (Attribute, Element)) and f.item.value}
        if key not in keys:
            raise item.place.error(f"{word}='{key}' names no member of the element")
    if item.insert and not item.list:
        raise item.place.error("'insert' needs a list")
    if item.hook and item.struct:
        raise item.place.error(f"hook='{item.hook}' on an element of type '{item.struct.name}': "
                               "the hook belongs to the struct")
    if item.where and not item.where.attribute.replace("-", "_").isidentifier():
        raise item.place.error("where is 'name=value', 'name' or '!name'")
    _content(documents, item.content)


def _value(value: Value, place: Place) -> None:
    numeric = value.type in NUMBERS or value.type == "number"
    for word, given in (("min", value.min is not None), ("max", value.max is not None),
                        ("base", value.base is not None), ("digits", bool(value.digits))):
        if given and not numeric:
            raise place.error(f"'{word}' needs a number")
    if value.min is not None and value.max is not None and value.min > value.max:
        raise place.error(f"min='{value.min}' is above max='{value.max}'")
    if value.generate and value.type not in ("uuid", "mac"):
        raise place.error("'generate' needs the type uuid or mac")
    _size(value, place)
    _words(value, place)
    if value.pattern is not None:
        try:
            re.compile(value.pattern)
        except re.error as error:
            raise place.error(f"pattern '{value.pattern}': {error}") from None


def _size(value: Value, place: Place) -> None:
    if value.type != "size":
        if value.unit or value.assume or value.pretty or value.round_down:
            raise place.error("'unit', 'assume', 'pretty' and 'round' need the type size")
        return
    if not value.unit:
        raise place.error("a size needs a 'unit'")
    for unit in filter(None, (value.unit, value.assume)):
        if unit_bytes(unit) is None:
            raise place.error(f"unknown unit '{unit}'")


def _words(value: Value, place: Place) -> None:
    if value.type != "enum" and value.type not in TRISTATES:
        if value.subset:
            raise place.error("'values' beside 'type' needs an enum")
        if value.default is not None and value.type in NUMBERS:
            _number(value, "default", value.default, place)
        if value.absent is not None and value.type in NUMBERS:
            _number(value, "absent", value.absent, place)
        return
    for word in value.subset:
        if word not in value.words:
            raise place.error(f"'{word}' is not a word of the enum '{value.enum.name}'"
                              if value.enum else f"'{word}' is neither of {value.words}")
    if value.default is not None and value.default not in value.allowed:
        raise place.error(f"default='{value.default}' is not one of: {' '.join(value.allowed)}")
    if len(value.words) > 62:
        raise place.error("an enum has at most 62 words")


def _number(value: Value, word: str, text: str, place: Place) -> None:
    try:
        number = int(text, 0)
    except ValueError:
        raise place.error(f"{word}='{text}' is not a number") from None
    if word == "default" and ((value.min is not None and number < value.min) or
                              (value.max is not None and number > value.max)):
        raise place.error(f"default='{text}' is out of bounds")


@dataclass(frozen=True)
class Trust:
    """What a block may do where it stands in for an element not known yet."""

    outside: bool  # look at the element that will include its struct
    words: bool  # name words that only other includers have


def _whens(documents: Documents, content: tuple[Item, ...], scope: Scope, trust: Trust) -> None:
    """`of` leads to words or a string, and every word of `is` and `not` exists there."""
    for item in content:
        if isinstance(item, When):
            _when(documents, item, scope, trust)
            _whens(documents, item.content, scope, trust)
        elif isinstance(item, Include):
            inner = documents.struct(item.struct).content
            _whens(documents, inner, scope, replace(trust, words=True))
        elif isinstance(item, Element) and item.content:
            _whens(documents, item.content, Scope(item.content, scope), trust)
        elif isinstance(item, Any):
            _whens(documents, item.elements, scope, trust)


def _when(documents: Documents, item: When, scope: Scope, trust: Trust) -> None:
    found = scope.find(documents, item.of)
    of = "/".join(item.of)
    if found is None:
        if trust.outside:
            return
        raise item.place.error(f"of='{of}' leads nowhere")
    value = found[1].item.value
    assert value is not None
    if value.type == "string":
        return
    if value.type != "enum" and value.type not in TRISTATES:
        raise item.place.error(f"of='{of}' leads to the type {value.type}: words expected")
    for word in item.words:
        if word not in value.words and not trust.words:
            raise item.place.error(f"'{word}' is not a value of {of}")


def looks_out(documents: Documents, struct: Struct) -> bool:
    """Whether some `when` inside needs the element that includes the struct."""
    def outside(content: tuple[Item, ...], scope: Scope) -> bool:
        for item in content:
            if isinstance(item, When):
                if scope.find(documents, item.of) is None or outside(item.content, scope):
                    return True
            elif isinstance(item, Include):
                if outside(documents.struct(item.struct).content, scope):
                    return True
            elif isinstance(item, Element) and item.content:
                if outside(item.content, Scope(item.content, scope)):
                    return True
            elif isinstance(item, Any) and outside(item.elements, scope):
                return True
        return False

    return outside(struct.content, Scope(struct.content, None))


def _only_included(documents: Documents) -> set[StructReference]:
    """Structs that are spliced into others and never an element's type."""
    included: set[StructReference] = set()
    typed: set[StructReference] = set()

    def visit(content: tuple[Item, ...]) -> None:
        for item in content:
            if isinstance(item, Include):
                included.add(item.struct)
            if isinstance(item, Element) and item.struct:
                typed.add(item.struct)
            if isinstance(item, (Element, When)):
                visit(item.content)
            if isinstance(item, Any):
                visit(item.elements)

    for document in documents.documents.values():
        for struct in document.structs.values():
            visit(struct.content)
        for content in [*roots(document), *([(document.root,)] if document.root else [])]:
            visit(content)
    return included - typed
