"""Reference pages of the documents: a page for each format, a section for each element and each struct, with where
it stands, what may stand in it, and an example from the tests."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from generator.documents import (
    NUMBERS, TRISTATES, Any, Attribute, Document, Documents, Element, Include, Item, StructReference, Text, Value, When,
)

LONGEST_EXAMPLE = 30  # lines
MOST_NAMES = 3
TYPES = {
    "string": "text", "path": "path", "int": "integer", "uint": "integer", "long": "integer", "ulong": "integer",
    "hex": "hexadecimal number", "octal": "octal number", "size": "size", "cpuset": "set of numbers, such as 0-3,^2",
    "uuid": "UUID", "mac": "MAC address", "ip": "IP address", "id": "integer", "xml": "any XML", "decimal": "decimal number",
    "number": "number or $VARIABLE", "prefix": "number of bits or address mask", "truth": "truth value",
}
#: what happens to content of a `when` where it does not apply
ELSEWHERE = {None: "", "ignored": "; allowed and not read otherwise", "refused": "; read, but not allowed by the grammar otherwise"}
#: what the grammars ask of a text, which reading does not
FORMS = {
    "absolute": "a path from the root", "architecture": "an architecture that is known",
    "machine": "letters, digits and any of _ . -", "register": "at most 8 hexadecimal digits",
    "disk": "a path from the root or a disk's name in the guest",
}
ONLY = {"input": "read, never printed", "output": "printed, never read", "live": "of running objects only",
        "secure": "printed on request only", "status": "in the daemon's own files only"}


@dataclass
class Section:
    """An element with content, or a struct."""

    anchor: str
    name: str
    content: tuple[Item, ...]
    prose: str
    tags: tuple[str, ...]  # the element's names in documents: several for a struct
    parents: dict[str, Section] = field(default_factory=dict)  # by place

    @property
    def title(self) -> str:
        """What is only part of other elements has a name for that alone."""
        shown = " ".join(f"<{tag}>" for tag in self.tags[:MOST_NAMES])
        return shown + (" …" if len(self.tags) > MOST_NAMES else "") or self.name


@dataclass
class Format:
    document: Document
    sections: dict[str, Section] = field(default_factory=dict)  # by anchor

    @property
    def file(self) -> str:
        return f"format-{self.document.name}.html"


class Formats:
    def __init__(self, documents: Documents, examples: Path) -> None:
        self.documents = documents
        self.formats = {name: Format(document) for name, document in documents.documents.items()}
        self.examples = Examples(examples)
        self.anchors: dict[int, tuple[str, str]] = {}  # of an Element: document and anchor
        for form in self.formats.values():
            self._collect(form)
        for form in self.formats.values():
            for section in list(form.sections.values()):
                self._relate(form, section)

    # ---- sections

    def _collect(self, form: Format) -> None:
        document = form.document
        for name, struct in document.structs.items():
            section = Section(f"struct-{name}", name, struct.content, struct.prose, ())
            form.sections[section.anchor] = section
            self._inner(form, section, name)
        root = document.root
        if root and not root.struct:
            section = Section(root.name, root.name, root.content, root.prose, (root.name,))
            form.sections = {section.anchor: section, **form.sections}
            self._inner(form, section, root.name)
        elif root and root.struct:
            self.struct_section(root.struct).tags = (root.name,)
        for space in document.namespaces:
            section = Section(f"namespace-{space.prefix}", f"namespace {space.prefix}", space.content,
                              f"Elements of the namespace {space.uri}, which the driver {space.driver} reads."
                              + (" They stand in its own files, and no grammar knows them." if space.own else ""), ())
            form.sections[section.anchor] = section
            self._inner(form, section, section.anchor)

    def _inner(self, form: Format, parent: Section, path: str) -> None:
        for row in rows(self.documents, parent.content, includes=False):
            element = row.item
            if not isinstance(element, Element) or element.value or element.flag or element.struct:
                continue
            anchor, number = f"{path}-{element.name}", 2
            while anchor in form.sections:
                anchor, number = f"{path}-{element.name}-{number}", number + 1
            section = Section(anchor, element.name, element.content, element.prose, (element.name,))
            form.sections[anchor] = section
            self.anchors[id(element)] = (form.document.name, anchor)
            self._inner(form, section, anchor)

    def _relate(self, form: Format, section: Section) -> None:
        """Tells what stands in a section where it stands."""
        place = f"{form.file}#{section.anchor}"
        for row in rows(self.documents, section.content, includes=False):
            target = None
            if isinstance(row.item, Include):
                target = self.struct_section(row.item.struct)
            elif isinstance(row.item, Element) and row.item.struct:
                target = self.struct_section(row.item.struct)
                target.tags = tuple(dict.fromkeys((*target.tags, row.item.name)))
            elif isinstance(row.item, Element) and id(row.item) in self.anchors:
                name, anchor = self.anchors[id(row.item)]
                target = self.formats[name].sections[anchor]
            if target and target is not section:
                target.parents[place] = section

    def struct_section(self, reference: StructReference) -> Section:
        return self.formats[reference.document].sections[f"struct-{reference.name}"]

    def place(self, element: Element) -> str | None:
        if element.struct:
            return f"{self.formats[element.struct.document].file}#struct-{element.struct.name}"
        if id(element) in self.anchors:
            name, anchor = self.anchors[id(element)]
            return f"{self.formats[name].file}#{anchor}"
        return None


@dataclass
class Row:
    item: Item
    conditions: tuple[str, ...] = ()


def rows(documents: Documents, content: tuple[Item, ...], conditions: tuple[str, ...] = (), includes: bool = True) -> Iterator[Row]:
    """What may stand in an element, each with when it may."""
    for item in content:
        if isinstance(item, When):
            words = " or ".join(item.words)
            text = f"{'/'.join(item.of)} is {'not ' if item.negate else ''}{words}{ELSEWHERE[item.elsewhere]}"
            yield from rows(documents, item.content, (*conditions, text), includes)
        elif isinstance(item, Any):
            for element in item.elements:
                yield Row(element, conditions)
        elif isinstance(item, Include) and includes:
            yield from rows(documents, documents.struct(item.struct).content, conditions)
        else:
            yield Row(item, conditions)


class Examples:
    """The shortest part of the tests' documents for an element within another."""

    def __init__(self, folder: Path) -> None:
        self.found: dict[tuple[str, str, str], str] = {}
        for path in sorted(folder.glob("*/*.out.xml")):
            self._add(path.parent.name, ElementTree.parse(path).getroot(), "")

    def _add(self, kind: str, element: ElementTree.Element, parent: str) -> None:
        for child in element:
            self._add(kind, child, element.tag)
        if element.tag.startswith("{") or not (element.attrib or len(element) or (element.text or "").strip()):
            return
        copy = ElementTree.fromstring(ElementTree.tostring(element))
        copy.tail = None
        ElementTree.indent(copy)
        text = textwrap.dedent(ElementTree.tostring(copy, encoding="unicode"))
        for key in ((kind, parent, element.tag), (kind, "", element.tag), ("", parent, element.tag)):
            known = self.found.get(key)
            # the one that shows most without being long
            if text.count("\n") < LONGEST_EXAMPLE and (known is None or len(text) > len(known)):
                self.found[key] = text

    def of(self, kind: str, parents: tuple[str, ...], tags: tuple[str, ...]) -> str | None:
        for tag in tags:
            for parent in (*parents, ""):
                found = self.found.get((kind, parent, tag)) or (self.found.get(("", parent, tag)) if parent else None)
                if found:
                    return found
        return None


# ---- pages


def type_text(value: Value) -> str:
    if value.type in TRISTATES or value.type == "enum":
        return " ".join(f"<code>{html.escape(word)}</code>" for word in value.allowed)
    text = TYPES[value.type]
    if value.type in NUMBERS and (value.min is not None or value.max is not None):
        low, high = value.min if value.min is not None else "", value.max if value.max is not None else ""
        text += f", {low} to {high}" if low != "" and high != "" else f", at least {low}" if low != "" else f", at most {high}"
    if value.form:
        text += f"; the grammar wants {FORMS[value.form]}"
    if value.unit:
        text += f" in {value.unit}" + (f"; attribute <code>{value.unit_attribute}</code> names another unit" if not value.pretty else "")
    return text


def expected_text(item: Attribute | Element) -> list[str]:
    """What the grammar demands beyond reading."""
    if item.expected:
        return ["required by the grammar"]
    if isinstance(item, Element) and item.expected_for:
        member, words = item.expected_for
        return [f"required by the grammar when {html.escape(member)} is {' or '.join(sorted(words))}"]
    return []


def rule_text(item: Attribute | Text | Element) -> str:
    value = item.value
    parts = []
    if not isinstance(item, Text) and item.required:
        parts.append("required")
    elif not isinstance(item, Text):
        parts += expected_text(item)
    if value and value.default is not None:
        parts.append(f"default <code>{html.escape(value.default)}</code>")
    if value and value.generate:
        parts.append("made up when missing")
    if item.only:
        parts.append(ONLY[item.only])
    if isinstance(item, Element) and item.list:
        parts.append("repeats")
    return ", ".join(parts)


def since_text(value: Value | None) -> str:
    words = [word for word in value.enum.words if word.name in value.allowed] if value and value.enum else []
    parts = [f"<code>{html.escape(word.name)}</code> since {word.since}" for word in words if word.since]
    return f" ({', '.join(parts)})" if parts else ""


def words_text(value: Value | None) -> str:
    """What each word that may stand here means."""
    words = [word for word in value.enum.words if word.name in value.allowed and word.prose] if value and value.enum else []
    told = "".join(f"<dt><code>{html.escape(word.name)}</code><dd>{html.escape(word.prose)}" for word in words)
    return f"<dl>{told}</dl>" if told else ""


def meaning(item: Attribute | Text | Element, conditions: tuple[str, ...]) -> str:
    when = f" <span class=quiet>When {html.escape('; '.join(conditions))}.</span>" if conditions else ""
    return html.escape(item.prose) + since_text(item.value) + when + words_text(item.value)


def item_row(formats: Formats, row: Row) -> tuple[str, str, str, str] | None:
    item = row.item
    if isinstance(item, Attribute):
        return (f"<code>{html.escape(item.name)}=</code>", type_text(item.value), rule_text(item), meaning(item, row.conditions))
    if isinstance(item, Text):
        return ("text", type_text(item.value), rule_text(item), meaning(item, row.conditions))
    if not isinstance(item, Element):
        return None
    name = f"<code>&lt;{html.escape(item.name)}&gt;</code>"
    target = formats.place(item)
    kind = type_text(item.value) if item.value else "there or not" if item.flag else "element"
    return (f'<a href="{target}">{name}</a>' if target else name, kind, rule_text(item), meaning(item, row.conditions))


def table(cells: list[tuple[str, str, str, str]]) -> str:
    head = "".join(f"<th>{title}</th>" for title in ("name", "type and values", "", "meaning"))
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if cells else ""


def section_html(formats: Formats, form: Format, section: Section) -> str:
    cells = [cell for cell in (item_row(formats, row) for row in rows(formats.documents, section.content)) if cell]
    parents = ", ".join(f'<a href="{place}"><code>{html.escape(parent.title)}</code></a>' for place, parent in section.parents.items())
    parts = [f"<p>{html.escape(section.prose)}</p>" if section.prose else "",
             f"<p class=quiet>Stands in {parents}</p>" if parents else "", table(list(dict.fromkeys(cells)))]
    above = tuple(tag for parent in section.parents.values() for tag in parent.tags)
    example = formats.examples.of(form.document.name, above, section.tags)
    if example:
        parts.append(f"<h4>Example</h4><pre>{html.escape(example)}</pre>")
    title = f'<h3><a class="self" href="#{section.anchor}"><code>{html.escape(section.title)}</code></a></h3>'
    return f'<section class="entry" id="{section.anchor}">{title}{"".join(parts)}</section>'


def page_html(formats: Formats, form: Format) -> str:
    document = form.document
    links = "".join(f'<li><a href="#{section.anchor}"><code>{html.escape(section.title)}</code></a></li>'
                    for section in form.sections.values())
    since = f"<p class=quiet>Since {document.since}.</p>" if document.since else ""
    root = document.root
    first = f'<p>The root is <a href="{formats.place(root)}"><code>&lt;{root.name}&gt;</code></a>.</p>' if root and root.struct else ""
    prose = f"<p>{html.escape(document.prose)}</p>" if document.prose else ""
    example = f"<pre>{html.escape(document.example.text)}</pre>" if document.example else ""
    return "\n".join([f"<h1>{title(form)}</h1>", prose, since, first, example, f"<ul class=list>{links}</ul>",
                      *(section_html(formats, form, section) for section in form.sections.values())])


def title(form: Format) -> str:
    root = form.document.root
    return f"{form.document.name}: &lt;{root.name}&gt;" if root else f"{form.document.name}: what several formats share"


def plain_title(form: Format) -> str:
    return html.unescape(title(form))


def index(formats: Formats) -> list[dict[str, str]]:
    """For the site's search, in its own short keys."""
    out = []
    for form in formats.formats.values():
        for section in form.sections.values():
            found = list(rows(formats.documents, section.content, includes=False))
            words = [row.item.name for row in found if isinstance(row.item, (Attribute, Element))]
            prose = [row.item.prose for row in found if isinstance(row.item, (Attribute, Element, Text))]
            out.append({"n": f"{form.document.name} {section.title}", "h": f"{form.file}#{section.anchor}", "k": "element",
                        "s": section.prose or f"in documents of the kind {form.document.name}",
                        "t": " ".join([form.document.name, section.prose, *words, *prose])})
    return out
