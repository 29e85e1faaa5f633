"""From the XML of a description to records: one function per word of the language."""

from __future__ import annotations

import re
from pathlib import Path

from generator.documents import (
    SCALARS, Any, Attribute, Document, Element, Enum, Example, Include, Item, Namespace, Node, Place,
    Struct, StructReference, Text, Value, When, Where, Word, read_tree, snake,
)

_VALUE = frozenset(
    "type values member default absent generate only error missing min max pattern base digits upper unit"
    " unit-attribute assume pretty round variable names wrong sign form".split()
)
_ATTRIBUTES = {
    "document": frozenset({"name", "since"}),
    "import": frozenset({"file"}),
    "namespace": frozenset({"prefix", "uri", "driver", "only"}),
    "enum": frozenset({"name"}),
    "value": frozenset({"name", "alias", "since"}),
    "struct": frozenset({"name", "hook"}),
    "attribute": _VALUE | {"name", "required", "empty", "abi"},
    "text": _VALUE | {"abi"},
    "example": frozenset(),
    "include": frozenset({"struct", "abi"}),
    "when": frozenset({"of", "is", "not", "member", "elsewhere"}),
    "any": frozenset({"list", "negate", "keep"}),
    "element": _VALUE | frozenset(
        "name list sort unique insert where where-default keep always rare required expected count hook then twice abi".split()
    ),
}
_NEEDED = {
    "document": ("name",), "import": ("file",), "namespace": ("prefix", "uri", "driver"),
    "enum": ("name",), "value": ("name",), "struct": ("name",), "attribute": ("name",),
    "include": ("struct",), "when": ("of",), "any": ("list",), "element": ("name",),
}
_CONTENT = ("attribute", "text", "element", "include", "when", "any")
_CHILDREN = {
    "document": ("example", "import", "namespace", "enum", "struct", "element"),
    "namespace": _CONTENT, "enum": ("value",), "struct": _CONTENT, "element": (*_CONTENT, "value"),
    "attribute": ("value",), "text": ("value",),
    "when": _CONTENT, "any": ("element",),
}
_CHOICES = {
    "required": ("yes", "grammar"), "generate": ("yes",), "upper": ("yes",), "pretty": ("yes",),
    "variable": ("yes",), "always": ("yes",), "rare": ("yes",), "where-default": ("yes",), "empty": ("absent",),
    "wrong": ("absent",), "twice": ("merged", "last"), "sign": ("read", "printed"), 
    "form": ("absolute", "architecture", "machine", "register", "disk"),
    "round": ("down",), "elsewhere": ("ignored", "refused"), "keep": ("yes", "open"),
    "only": ("input", "output", "live", "secure", "status"),
    "error": ("unsupported", "internal", "xml", "detail", "system", "argument", "no-name", "no-target"),
    "missing": ("unsupported", "internal", "xml", "detail"),
}


class Reader:
    """Reads files once, following imports; `documents` has imported ones before their users."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self._by_path: dict[Path, str] = {}

    def document(self, path: Path, users: tuple[Path, ...], place: Place | None = None) -> str:
        real = path.resolve()
        if real in users:
            raise (place or Place(str(path), 1)).error(f"'{path.name}' imports itself")
        if real in self._by_path:
            return self._by_path[real]
        root = read_tree(path, place)
        if root.tag != "document":
            raise root.place.error(f"<{root.tag}> found, <document> expected")
        shape(root)
        name = root.attributes["name"]
        if name in self.documents:
            raise root.place.error(f"document '{name}' is described twice")
        imports: dict[str, None] = {}
        root.children = self._declarations(path, root, (*users, real), imports, set())
        self.documents[name] = DocumentReader(name, tuple(imports), self.documents).read(root)
        self._by_path[real] = name
        return name

    def _declarations(self, path: Path, root: Node, users: tuple[Path, ...],
                      imports: dict[str, None], parts: set[Path]) -> list[Node]:
        """The children of `root`. An imported file of the same name is a part of this document:
        its declarations stand in the import's place, once."""
        out: list[Node] = []
        for node in root.children:
            if node.tag != "import":
                out.append(node)
                continue
            file = path.parent / node.attributes["file"]
            real = file.resolve()
            if real in users:
                raise node.place.error(f"'{file.name}' imports itself")
            if real in parts:
                continue
            part = read_tree(file, node.place)
            if part.attributes.get("name") == root.attributes["name"]:
                shape(part)
                parts.add(real)
                out += self._declarations(file, part, (*users, real), imports, parts)
            else:
                imports[self.document(file, users, node.place)] = None
        return out


def shape(node: Node) -> None:
    """What the grammar of the language says, with the messages a person needs."""
    for attribute, value in node.attributes.items():
        if attribute not in _ATTRIBUTES[node.tag]:
            raise node.place.error(f"<{node.tag}> has no attribute '{attribute}'")
        choices = _CHOICES.get(attribute)
        if choices and value not in choices:
            raise node.place.error(
                f"{attribute}='{value}' in <{node.tag}>: expected {' or '.join(choices)}")
    for attribute in _NEEDED.get(node.tag, ()):
        if attribute not in node.attributes:
            raise node.place.error(f"<{node.tag}> needs the attribute '{attribute}'")
    for child in node.children:
        if child.tag not in _CHILDREN.get(node.tag, ()):
            raise child.place.error(f"<{child.tag}> cannot stand in <{node.tag}>")
        shape(child)


class DocumentReader:
    def __init__(self, name: str, imports: tuple[str, ...], known: dict[str, Document]) -> None:
        self.name = name
        self.imports = imports
        self._enums: dict[str, Enum] = {}
        self._structs: dict[str, StructReference] = {}
        for imported in self._visible(imports, known):
            for enum in imported.enums.values():
                self._enums[enum.name or ""] = enum
            for struct in imported.structs.values():
                self._structs[struct.name] = StructReference(struct.document, struct.name)

    def _visible(self, imports: tuple[str, ...], known: dict[str, Document]) -> list[Document]:
        out: dict[str, Document] = {}
        for name in imports:
            for document in self._visible(known[name].imports, known):
                out[document.name] = document
            out[name] = known[name]
        return list(out.values())

    def read(self, root: Node) -> Document:
        enums = {}
        for node in root.children:
            if node.tag == "enum":
                enum = self.enum(node)
                name = node.attributes["name"]
                if name in self._enums:
                    raise node.place.error(f"enum '{name}' is defined twice")
                self._enums[name] = enums[name] = enum
            elif node.tag == "struct":
                name = node.attributes["name"]
                if name in self._structs:
                    raise node.place.error(f"struct '{name}' is defined twice")
                self._structs[name] = StructReference(self.name, name)
        structs = {node.attributes["name"]: self.struct(node)
                   for node in root.children if node.tag == "struct"}
        namespaces = tuple(self.namespace(n) for n in root.children if n.tag == "namespace")
        roots = [self.element(node) for node in root.children if node.tag == "element"]
        if len(roots) > 1:
            raise roots[1].place.error("a document has one root element")
        examples = tuple(Example("".join(n.text).strip("\n"), n.place) for n in root.children if n.tag == "example")
        if len(examples) > 1:
            raise examples[1].place.error("a document has one example")
        return Document(self.name, root.attributes.get("since"), self.imports, namespaces, enums,
                        structs, roots[0] if roots else None, root.prose, root.place, *examples)

    def enum(self, node: Node) -> Enum:
        words = tuple(
            Word(v.attributes["name"], v.attributes.get("alias"), v.attributes.get("since"),
                 v.prose, v.place) for v in node.children)
        seen: set[str] = set()
        for word in words:
            for spelling in filter(None, (word.name, word.alias)):
                if spelling in seen:
                    raise word.place.error(f"word '{spelling}' stands twice in the enum")
                seen.add(spelling)
        return Enum(node.attributes["name"], self.name, words, node.prose, node.place)

    def struct(self, node: Node) -> Struct:
        get = node.attributes.get
        return Struct(node.attributes["name"], self.name, get("hook"), self.content(node),
                      node.prose, node.place)

    def namespace(self, node: Node) -> Namespace:
        a = node.attributes
        return Namespace(a["prefix"], a["uri"], a["driver"], self.content(node), node.place, "only" in a)

    def content(self, node: Node) -> tuple[Item, ...]:
        return tuple(getattr(self, f"{child.tag}_item")(child) for child in node.children if child.tag != "value")

    def attribute_item(self, node: Node) -> Attribute:
        a = node.attributes
        return Attribute(a["name"], a.get("member", snake(a["name"])), self.value(node),
                         a.get("required") == "yes", a.get("only"), node.prose, node.place,
                         a.get("abi", ""), "required" in a)

    def text_item(self, node: Node) -> Text:
        a = node.attributes
        return Text(a.get("member", "text"), self.value(node), a.get("only"), node.prose,
                    node.place, a.get("abi", ""))

    def include_item(self, node: Node) -> Include:
        return Include(self.reference(node, node.attributes["struct"]), node.place,
                       node.attributes.get("abi", ""))

    def when_item(self, node: Node) -> When:
        a = node.attributes
        if ("is" in a) == ("not" in a):
            raise node.place.error("<when> needs one of 'is' and 'not'")
        words = tuple(a.get("is", a.get("not", "")).split())
        if not words:
            raise node.place.error("<when> names no value")
        return When(tuple(a["of"].split("/")), words, "not" in a, a.get("member"),
                    a.get("elsewhere"), self.content(node), node.place)

    def any_item(self, node: Node) -> Any:
        a = node.attributes
        return Any(snake(a["list"]), a.get("negate"), "keep" in a,
                   tuple(self.element(child) for child in node.children), node.prose, node.place)

    def element_item(self, node: Node) -> Element:
        return self.element(node)

    def element(self, node: Node) -> Element:
        a = node.attributes
        kind = a.get("type")
        struct = None
        value = None
        if kind is not None and kind in self._structs and kind not in self._enums:
            struct = self.reference(node, kind)
            for attribute in _VALUE - {"type", "member", "only", "error", "missing"}:
                if attribute in a:
                    raise node.place.error(f"'{attribute}' needs a scalar type")
        elif kind is not None or "values" in a:
            value = self.value(node)
        if (struct or value) and any(child.tag != "value" for child in node.children):
            raise node.place.error("an element has a type or content, not both")
        if not value and any(child.tag == "value" for child in node.children):
            raise node.place.error("<value> needs words: 'values'")
        if not struct and not value:
            for attribute in _VALUE - {"type", "values", "member", "only", "error", "missing"}:
                if attribute in a:
                    raise node.place.error(f"'{attribute}' needs a scalar type")
        listed = a.get("list")
        member = snake(listed) if listed else a.get("member", snake(a["name"]))
        return Element(
            a["name"], member, value, struct, self.content(node), snake(listed) if listed else None,
            a.get("sort"), a.get("unique"), a.get("insert"), self.where(node), a.get("keep"),
            "always" in a, "rare" in a, a.get("required") == "yes", self.integer(node, "count") or 0, a.get("hook"),
            a.get("only"), a.get("error"), a.get("missing"), node.prose, node.place, a.get("abi", ""),
            a.get("then"), a.get("twice"), "required" in a, self.expected_for(node))

    def expected_for(self, node: Node) -> tuple[str, frozenset[str]] | None:
        if "expected" not in node.attributes:
            return None
        member, equals, words = node.attributes["expected"].partition("=")
        if not member or not words.split():
            raise node.place.error("'expected' has the form MEMBER=WORD WORD")
        return member, frozenset(words.split())

    def where(self, node: Node) -> Where | None:
        text = node.attributes.get("where")
        default = "where-default" in node.attributes
        if text is None:
            if default:
                raise node.place.error("'where-default' needs 'where'")
            return None
        if text.startswith("!"):
            return Where(text[1:], None, True, default)
        name, equals, value = text.partition("=")
        return Where(name, value if equals else None, False, default)

    def reference(self, node: Node, name: str) -> StructReference:
        if name not in self._structs:
            raise node.place.error(f"no struct is called '{name}'")
        return self._structs[name]

    def value(self, node: Node) -> Value:
        a = node.attributes
        kind = a.get("type")
        words = tuple(a["values"].split()) if "values" in a else ()
        if kind is None and not words:
            raise node.place.error(f"<{node.tag}> needs 'type' or 'values'")
        if len(set(words)) != len(words):
            raise node.place.error(f"values='{a['values']}' names a word twice")
        enum = None
        if kind is None:
            enum = Enum(None, self.name, self.own_words(node, words), "", node.place)
            words = ()
        elif any(child.tag == "value" for child in node.children):
            raise node.place.error("<value> needs words of this place alone: those of an enum are told there")
        elif kind in self._enums:
            enum = self._enums[kind]
        elif kind not in SCALARS:
            raise node.place.error(f"unknown type '{kind}'")
        return Value(
            type="enum" if enum else str(kind), enum=enum, subset=words,
            default=a.get("default"), absent=a.get("absent"), generate="generate" in a,
            empty_absent="empty" in a, wrong_absent="wrong" in a, error=a.get("error"), missing=a.get("missing"),
            min=self.integer(node, "min"),
            max=self.integer(node, "max"), pattern=a.get("pattern"),
            base=self.integer(node, "base"), digits=self.integer(node, "digits") or 0,
            upper="upper" in a, unit=a.get("unit"),
            unit_attribute=a.get("unit-attribute", "unit"), assume=a.get("assume"),
            pretty="pretty" in a, round_down="round" in a, variable="variable" in a,
            sign=a.get("sign"), form=a.get("form"), names=self.names(node))

    def own_words(self, node: Node, names: tuple[str, ...]) -> tuple[Word, ...]:
        """The words of one place. Those that it tells of stand inside it."""
        told = {}
        for child in node.children:
            if child.tag != "value":
                continue
            name = child.attributes["name"]
            if name not in names or name in told:
                raise child.place.error(f"'{name}' is none of the words of this place, or stands here twice")
            if "alias" in child.attributes:
                raise child.place.error("a word of one place has no alias")
            told[name] = child
        return tuple(
            Word(name, None, told[name].attributes.get("since"), told[name].prose, told[name].place)
            if name in told else Word(name, None, None, "", node.place) for name in names)

    def names(self, node: Node) -> tuple[tuple[str, int], ...]:
        """Words beside numbers: "tcp=6 udp=17"."""
        out = []
        for pair in node.attributes.get("names", "").split():
            name, equals, number = pair.partition("=")
            if not equals or not re.fullmatch("0x[0-9a-f]+|[0-9]+", number):
                raise node.place.error(f"names='{pair}': expected NAME=NUMBER")
            out.append((name, int(number, 0)))
        return tuple(out)

    def integer(self, node: Node, name: str) -> int | None:
        text = node.attributes.get(name)
        if text is None:
            return None
        try:
            # Octal bounds are written as the documents write modes: 0777.
            octal = text.startswith("0") and text.isdigit() and len(text) > 1
            return int(text, 8) if octal else int(text, 0)
        except ValueError:
            raise node.place.error(f"{name}='{text}' is not a number") from None
