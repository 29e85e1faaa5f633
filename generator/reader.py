"""Reads XML with expat into elements that know their file and line; follows XInclude."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from xml.parsers import expat

XINCLUDE = "http://www.w3.org/2001/XInclude"


class Mistake(Exception):
    """Something wrong in a description, with its place."""

    def __init__(self, where: str, text: str) -> None:
        super().__init__(f"{where}: {text}")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    file: str
    line: int
    children: list["Element"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    #: the attributes somebody has looked at; what is left over is unknown
    seen: set[str] = field(default_factory=set)

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def text(self) -> str:
        """The element's own prose: indentation folded, paragraphs and lists kept."""
        return fold("".join(self.pieces))

    def find_all(self, tag: str) -> list["Element"]:
        return [child for child in self.children if child.tag == tag]


def fold(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", text.strip())
    folded = []
    for paragraph in paragraphs:
        lines = [line.strip() for line in paragraph.splitlines()]
        out = ""
        for line in lines:
            starts_item = line.startswith(("- ", "* "))
            out += ("\n" if starts_item and out else " " if out else "") + line
        folded.append(out)
    return "\n\n".join(part for part in folded if part)


class _Builder:
    def __init__(self, file: str, label: str) -> None:
        self.file, self.label = file, label
        self.stack: list[Element] = []
        self.root: Element | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.buffer_text = True

    def start(self, name: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if name == f"{XINCLUDE} include":
            self.include(attributes, line)
            self.stack.append(Element("xi:include", attributes, self.label, line))
            return
        element = Element(name.rpartition(" ")[2], dict(attributes), self.label, line)
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element
        self.stack.append(element)

    def include(self, attributes: dict[str, str], line: int) -> None:
        where = f"{self.label}:{line}"
        href = attributes.get("href")
        if not href:
            raise Mistake(where, "<xi:include> needs 'href'")
        folder = os.path.dirname(self.file)
        path = os.path.join(folder, href)
        if not os.path.exists(path):
            raise Mistake(where, f"<xi:include> of '{href}': no such file")
        label = os.path.normpath(os.path.join(os.path.dirname(self.label), href))
        self.stack[-1].children.append(read(path, label))

    def end(self, name: str) -> None:
        self.stack.pop()

    def characters(self, data: str) -> None:
        if self.stack and self.stack[-1].tag != "xi:include":
            self.stack[-1].pieces.append(data)


def read(path: str, label: str | None = None) -> Element:
    """The root element of PATH; LABEL is how messages call the file."""
    builder = _Builder(path, label or path)
    with open(path, "rb") as stream:
        try:
            builder.parser.ParseFile(stream)
        except expat.ExpatError as error:
            raise Mistake(f"{builder.label}:{error.lineno}", f"not well-formed: {expat.ErrorString(error.code)}")
    assert builder.root is not None
    return builder.root


def included_files(element: Element) -> list[str]:
    """Every file the tree came from, for dependency files."""
    files = {element.file}
    for child in element.children:
        files.update(included_files(child))
    return sorted(files)
