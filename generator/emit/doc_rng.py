"""RELAX NG grammars of the documents, for editors and for the validate flags.

A `when` block becomes a choice over the values of the member it looks at; an element whose inner
blocks look at it is written once for every class of values that its blocks can tell apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape, quoteattr

from generator.document_check import Found, Scope
from generator.documents import (
    TRISTATES, Any, Attribute, Document, Documents, Element, Include, Item, Namespace,
    StructReference, Text, Value, When, snake,
)

HEX = "(0x)?[0-9a-fA-F]+"
PATTERNS = {
    "uuid": r"\s*([0-9a-fA-F]-?){32}\s*",
    "mac": "([0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}",
    "ip": r"[0-9.]+|[0-9a-fA-F:.]+",
    "cpuset": r"[\^0-9,\-\s]+",
    "decimal": r"[0-9]+(\.[0-9]+)?",
    "octal": "[0-7]+", "hex": HEX, "id": "-1|[0-9]+", "int": r"\s*[+\-]?[0-9]+",
    "long": r"\s*[+\-]?[0-9]+", "uint": r"\s*[+]?[0-9]+", "ulong": r"\s*[+]?[0-9]+",
    "size": r"\s*[+]?[0-9]+", "number": "0x[0-9a-fA-F]+|[0-9]+",
    "prefix": r"[0-9]+|[0-9a-fA-F:.]+", "truth": "true|yes|1|false|no|0",
}
FORMS = {
    # from the root, from a drive's letter, or from a "[storage]" that a hypervisor names
    "absolute": r"/.*|[a-zA-Z]:\\.*|\[[^\]]*\] .*",
    "architecture": "aarch64|alpha|armv[67]l|cris|i686|ia64|lm32|m68k|microblaze(el)?|mips(64)?(el)?|"
                    "openrisc|parisc(64)?|ppc(64|64le|emb)?|riscv(32|64)|s390x?|sh4(eb)?|sparc(64)?|"
                    "unicore32|x86_64|xtensa(eb)?",
    "machine": r"[a-zA-Z0-9_.\-]+",
    "register": "(0x)?[0-9a-fA-F]{1,8}",
    # by where the guest finds it or by where it lies
    "disk": "/.*|(ioemu:)?(fd|hd|sd|vd|xvd|ubd)[a-zA-Z0-9_]+",
}
UNIT = "[bB]([yY][tT][eE][sS]?)?|[kKmMgGtTpPeE]([iI]?[bB])?"
MOST_CHOICES = 40


@dataclass
class Frame:
    """An element being written; `fixed` holds the values that this version is about."""

    scope: Scope
    up: Frame | None
    path: tuple[str, ...] = ()  # of this element's members, from the one above
    fixed: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)

    def words(self, path: tuple[str, ...]) -> frozenset[str] | None:
        """Those that a text may be in this version, which the element above may be about."""
        return self.up.fixed.get((*self.path, *path)) if self.up else None


@dataclass
class Parts:
    """What stands in an element, to be interleaved."""

    attributes: dict[str, list[str]] = field(default_factory=dict)
    elements: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # body, how often
    texts: list[str] = field(default_factory=list)


def value_pattern(value: Value, words: frozenset[str] | None = None) -> str:
    if value.type == "enum" or value.type in TRISTATES:
        allowed = [word for word in value.allowed if words is None or word in words]
        aliases = [word.alias for word in value.enum.words if word.alias] if value.enum else []
        absent = [value.absent] if value.absent and (words is None or "" in words) else []
        names = dict.fromkeys([*allowed, *aliases, *absent])
        return choice([f"<value>{escape(name)}</value>" for name in names])
    if value.form:
        return f'<data type="string"><param name="pattern">{escape(FORMS[value.form])}</param></data>'
    if value.type in ("string", "path", "xml") and not value.pattern:
        return "<text/>"
    pattern = value.pattern or PATTERNS[value.type]
    if value.type in ("uint", "ulong") and value.base == 0:
        pattern = PATTERNS["number"]
    if value.names:
        pattern = "|".join([pattern, *(name for name, _ in value.names)])
    if value.variable:
        pattern += r"|[$][A-Za-z0-9_:@\[\]]+"
    if value.upper:
        pattern = pattern.replace("A-Z", "A-Za-z")
    if value.absent == "-1":
        pattern += "|-1"
    return f'<data type="string"><param name="pattern">{escape(pattern)}</param></data>'


def choice(patterns: list[str]) -> str:
    unique = list(dict.fromkeys(patterns))
    if not unique:
        return "<notAllowed/>"
    return unique[0] if len(unique) == 1 else f"<choice>{' '.join(unique)}</choice>"


def optional(pattern: str) -> str:
    return f"<optional>{pattern}</optional>"


def unit(value: Value) -> str:
    words = f'<data type="string"><param name="pattern">{UNIT}</param></data>'
    return optional(f'<attribute name="{value.unit_attribute}">{words}</attribute>')


class Grammar:
    def __init__(self, document: Document, documents: Documents) -> None:
        self.document = document
        self.documents = documents
        self.defines: dict[str, str] = {}  # name to body
        self._by_body: dict[str, str] = {}
        self._structs: dict[StructReference, str] = {}
        self._namespace = ""

    # ---- defines

    def define(self, stem: str, body: str) -> str:
        """A reference to the body, which is written once."""
        if body not in self._by_body:
            name, number = stem, 2
            while name in self.defines:
                name, number = f"{stem}-{number}", number + 1
            self.defines[name] = body
            self._by_body[body] = name
        return f'<ref name="{self._by_body[body]}"/>'

    def struct(self, reference: StructReference) -> str:
        if reference not in self._structs:
            name = f"{reference.document}.{reference.name}"
            self._structs[reference] = name
            self.defines[name] = ""  # its place, should it contain itself
            self.defines[name] = self.body(self.documents.struct(reference).content, None)
        return f'<ref name="{self._structs[reference]}"/>'

    # ---- choices

    def body(self, content: tuple[Item, ...], up: Frame | None,
             extra: list[str] | None = None, path: tuple[str, ...] = ()) -> str:
        frame = Frame(Scope(content, up.scope if up else None), up, path)
        switches = self.switches(content, frame)
        groups = []
        for combination in itertools.product(*switches.values()):
            frame.fixed = dict(zip(switches.keys(), combination))
            parts = Parts()
            self.collect(content, frame, (), parts)
            groups.append(group(parts, extra or []))
        return choice(groups)

    def switches(self, content: tuple[Item, ...],
                 frame: Frame) -> dict[tuple[str, ...], list[frozenset[str]]]:
        """Members that blocks look at, each with the classes of values they tell apart."""
        uses: dict[tuple[str, ...], tuple[Value, list[When]]] = {}
        for when, found in self.looks(content, frame.scope, 0):
            value = found.item.value
            own = len(when.of) == when.of.count("..") + 1
            if own and value and when.elsewhere != "ignored" and (value.type == "enum" or value.type in TRISTATES):
                uses.setdefault(found.path, (value, []))[1].append(when)
        out: dict[tuple[str, ...], list[frozenset[str]]] = {}
        total = 1
        for path, (value, whens) in uses.items():
            classes = value_classes(value, whens)
            if total * len(classes) <= MOST_CHOICES:
                out[path] = classes
                total *= len(classes)
        return out

    def looks(self, content: tuple[Item, ...], scope: Scope,
              depth: int) -> Iterator[tuple[When, Found]]:
        """The blocks at and below an element that look at its members."""
        for item in content:
            if isinstance(item, When):
                found = scope.find(self.documents, item.of)
                if found and found[0] == depth:
                    yield item, found[1]
                yield from self.looks(item.content, scope, depth)
            elif isinstance(item, Include):
                inner = self.documents.struct(item.struct).content
                yield from self.looks(inner, scope, depth)
            elif isinstance(item, Element) and item.content:
                yield from self.looks(item.content, Scope(item.content, scope), depth + 1)
            elif isinstance(item, Any):
                yield from self.looks(item.elements, scope, depth)

    def applies(self, when: When, frame: Frame) -> bool:
        found = frame.scope.find(self.documents, when.of)
        if when.elsewhere == "ignored" or found is None:
            return True
        holder: Frame | None = frame
        for _ in range(found[0]):
            holder = holder.up if holder else None
        fixed = holder.fixed.get(found[1].path) if holder else None
        if not fixed:
            return True
        return (next(iter(sorted(fixed))) in when.words) != when.negate

    # ---- content

    def collect(self, content: tuple[Item, ...], frame: Frame, prefix: tuple[str, ...],
                parts: Parts) -> None:
        for item in content:
            if isinstance(item, Attribute):
                self.attribute(item, frame.fixed.get((*prefix, item.member)), parts)
            elif isinstance(item, Text):
                words = frame.words((*prefix, item.member))
                parts.texts.append(value_pattern(item.value, words))
                self.unit(item.value, parts)
            elif isinstance(item, Include):
                struct = self.documents.struct(item.struct)
                self.collect(struct.content, frame, (*prefix, snake(struct.name)), parts)
            elif isinstance(item, When):
                if self.applies(item, frame):
                    inner = (*prefix, snake(item.member)) if item.member else prefix
                    self.collect(item.content, frame, inner, parts)
            elif isinstance(item, Any):
                for element in item.elements:
                    negate = [optional(f'<attribute name="{item.negate}">'
                                       "<choice><value>yes</value> <value>no</value></choice>"
                                       "</attribute>")] if item.negate else []
                    body = self.element(element, frame, (*prefix, element.member), negate)
                    parts.elements.setdefault(element.name, []).append((body, "any"))
            else:
                body = self.element(item, frame, (*prefix, item.member))
                parts.elements.setdefault(item.name, []).append(
                    (body, often(item, self.expected(item, frame, prefix))))

    def expected(self, item: Element, frame: Frame, prefix: tuple[str, ...]) -> bool:
        if not item.expected_for:
            return item.expected
        member, words = item.expected_for
        fixed = frame.fixed.get((*prefix, member))
        return item.expected or bool(fixed and fixed <= words)

    def attribute(self, item: Attribute, words: frozenset[str] | None, parts: Parts) -> None:
        if item.value.type == "enum" and words is not None:
            if not set(item.value.allowed) & words and "" not in words:
                return
        # A word for absence is none where something has to be there.
        value = replace(item.value, absent=None) if item.expected else item.value
        pattern = f'<attribute name="{item.name}">{value_pattern(value, words)}</attribute>'
        if words is not None and not set(item.value.allowed) & words and not item.value.absent:
            return  # absent in this version
        absent_fits = words is None or "" in words or item.value.default in words
        loose = not item.expected and absent_fits and item.only != "output"
        parts.attributes.setdefault(item.name, []).append(
            optional(pattern) if loose or item.only else pattern)
        self.unit(item.value, parts)

    def unit(self, value: Value, parts: Parts) -> None:
        if value.type == "size":
            parts.attributes[value.unit_attribute] = [unit(value)]

    def element(self, item: Element, frame: Frame, path: tuple[str, ...],
                extra: list[str] | None = None) -> str:
        """The pattern of one element, behind a reference."""
        extra = list(extra or [])
        if item.where and item.where.value is not None:
            where = (f'<attribute name="{item.where.attribute}">'
                     f"<value>{escape(item.where.value)}</value></attribute>")
            extra.append(optional(where) if item.where.default else where)
        name = item.name
        space = f" ns={quoteattr(self._namespace)}" if self._namespace else ""
        if item.value and item.value.type == "xml":
            inner = '<ref name="anything"/>'
            self.defines.setdefault("anything", ANYTHING)
        elif item.value:
            inner = self.scalar(item.value, extra)
        elif item.struct and not extra:
            inner = self.struct(item.struct)
        else:
            inner = self.body(self.documents.content(item), None if item.struct else frame, extra,
                              path)
        body = f'<element name="{name}"{space}>{inner}</element>'
        return self.define(name, body)

    def scalar(self, value: Value, extra: list[str]) -> str:
        pattern = value_pattern(value)
        if value.type == "size":
            extra = [*extra, unit(value)]
        return " ".join([*extra, pattern])

    # ---- the file

    def namespace(self, space: Namespace) -> list[tuple[str, str]]:
        self._namespace = space.uri
        parts = Parts()
        frame = Frame(Scope(space.content, None), None)
        self.collect(space.content, frame, (), parts)
        self._namespace = ""
        return [(name, body) for name, bodies in parts.elements.items() for body, _ in bodies]

    def text(self) -> str:
        root = self.document.root
        assert root
        extra = [f"<zeroOrMore>{choice([body for _, body in self.namespace(space)])}</zeroOrMore>"
                 for space in self.document.namespaces if not space.own]
        content = self.documents.content(root)
        frame = Frame(Scope((), None), None)
        inner = self.body(content, None, extra) if root.struct else self.body(content, frame, extra)
        start = f'<element name="{root.name}">{inner}</element>'
        lines = ['<?xml version="1.0" encoding="UTF-8"?>',
                 f"<!-- Generated from {self.document.name}.xml; do not edit. -->",
                 '<grammar xmlns="http://relaxng.org/ns/structure/1.0"'
                 ' datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">',
                 f"<start>{start}</start>"]
        lines += [f'<define name="{name}">{body}</define>' for name, body in self.defines.items()]
        return "\n".join([*lines, "</grammar>"]) + "\n"


ANYTHING = ("<zeroOrMore><choice><text/> <attribute><anyName/></attribute>"
            ' <element><anyName/><ref name="anything"/></element></choice></zeroOrMore>')


def value_classes(value: Value, whens: list[When]) -> list[frozenset[str]]:
    """Words that no block tells apart; "" is absence, unless a default fills it."""
    classes: dict[tuple[bool, ...], list[str]] = {}
    words = [*value.words] if value.default else [*value.words, ""]
    for word in words:
        signature = tuple((word in when.words) != when.negate for when in whens)
        classes.setdefault(signature, []).append(word)
    return [frozenset(words) for words in classes.values()]


def often(item: Element, expected: bool) -> str:
    if item.list:
        return "some" if expected and item.only != "output" else "any"
    return "one" if expected and item.only != "output" else "optional"


def group(parts: Parts, extra: list[str]) -> str:
    attributes = [choice(patterns) for patterns in parts.attributes.values()]
    elements = []
    for bodies in parts.elements.values():
        unique = list(dict.fromkeys(body for body, _ in bodies))
        inner = choice(unique)
        wrap = {"one": "{}", "optional": "<optional>{}</optional>",
                "some": "<oneOrMore>{}</oneOrMore>"}.get(
            bodies[0][1] if len(unique) == 1 else "any", "<zeroOrMore>{}</zeroOrMore>")
        elements.append(wrap.format(inner))
    outer = [pattern for pattern in extra if "<attribute" in pattern[:30]]
    elements += [pattern for pattern in extra if pattern not in outer]
    pieces = [*outer, *attributes]
    if elements:
        inner = "".join(elements)
        inner = f"<interleave>{inner}</interleave>" if len(elements) > 1 else inner
        pieces.append(f"<mixed>{inner}</mixed>" if parts.texts else inner)
    elif parts.texts:
        texts = choice(parts.texts)
        pieces.append(texts if texts == "<text/>" else f"<choice>{texts} <empty/></choice>")
    return f"<group>{' '.join(pieces)}</group>" if pieces else "<empty/>"


def emit(documents: Documents) -> dict[str, str]:
    return {f"{document.name}.rng": Grammar(document, documents).text()
            for document in documents.documents.values() if document.root}
