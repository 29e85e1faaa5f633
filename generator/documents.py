"""Descriptions of XML documents (api/documents/*.xml): records, reader and command line.

`read` turns the files into frozen records and refuses what the language does not allow; the
emitters in EMITTERS see records only. The language itself is in docs and documents.rng.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Union
from xml.parsers import expat

# Output name to the module below `generator.emit`; each module has emit(documents).
EMITTERS = {name: name for name in ("doc_luacats", "doc_struct", "doc_table", "doc_rng", "doc_types")}


class DescriptionError(Exception):
    """A mistake in a description, with the place where it stands."""


@dataclass(frozen=True)
class Place:
    file: str
    line: int

    def error(self, message: str) -> DescriptionError:
        return DescriptionError(f"{self.file}:{self.line}: {message}")


@dataclass(frozen=True)
class Value:
    """What a scalar may hold."""

    type: str  # one of SCALARS, or "enum"
    enum: Enum | None = None
    subset: tuple[str, ...] = ()
    default: str | None = None
    absent: str | None = None
    generate: bool = False
    empty_absent: bool = False
    wrong_absent: bool = False
    error: str | None = None
    missing: str | None = None
    min: int | None = None
    max: int | None = None
    pattern: str | None = None
    base: int | None = None
    digits: int = 0
    upper: bool = False
    unit: str | None = None
    unit_attribute: str = "unit"
    assume: str | None = None
    pretty: bool = False
    round_down: bool = False
    variable: bool = False
    #: of an unsigned number: a minus sign is "read", counting from the end; or it is "printed" as
    #: if the highest bit were one
    sign: str | None = None
    #: what the grammar asks for, beyond reading: an "absolute" path, a known "architecture", ...
    form: str | None = None
    names: tuple[tuple[str, int], ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Every word the value may be, in the order of the C constants."""
        if self.type in TRISTATES:
            return TRISTATES[self.type]
        return tuple(word.name for word in self.enum.words) if self.enum else ()

    @property
    def allowed(self) -> tuple[str, ...]:
        return self.subset or self.words


@dataclass(frozen=True)
class Word:
    name: str
    alias: str | None
    since: str | None
    prose: str
    place: Place


@dataclass(frozen=True)
class Enum:
    name: str | None  # None: the words of one place
    document: str
    words: tuple[Word, ...]
    prose: str
    place: Place


@dataclass(frozen=True)
class Attribute:
    name: str
    member: str
    value: Value
    required: bool
    only: str | None
    prose: str
    place: Place
    #: what the guest sees of it, in the words of a refusal: it may not change under a guest
    abi: str = ""
    #: the grammar demands it, whether or not reading does
    expected: bool = False


@dataclass(frozen=True)
class Text:
    member: str
    value: Value
    only: str | None
    prose: str
    place: Place
    abi: str = ""


@dataclass(frozen=True)
class Include:
    struct: StructReference
    place: Place
    abi: str = ""


@dataclass(frozen=True)
class When:
    of: tuple[str, ...]  # leading ".." and names
    words: tuple[str, ...]
    negate: bool
    member: str | None
    elsewhere: str | None  # "ignored": allowed, not read; "refused": read, not allowed
    content: tuple[Item, ...]
    place: Place


@dataclass(frozen=True)
class Any:
    list: str
    negate: str | None
    keep: bool
    elements: tuple[Element, ...]
    prose: str
    place: Place


@dataclass(frozen=True)
class Where:
    attribute: str
    value: str | None  # None: the attribute is there
    absent: bool  # "!type": the attribute is not there
    default: bool  # also elements without the attribute


@dataclass(frozen=True)
class Element:
    name: str
    member: str
    value: Value | None
    struct: StructReference | None
    content: tuple[Item, ...]
    list: str | None
    sort: str | None
    unique: str | None
    insert: str | None
    where: Where | None
    keep: str | None
    always: bool
    #: seldom there, and kept apart: a pointer in C
    rare: bool
    required: bool
    count: int
    hook: str | None
    only: str | None
    error: str | None
    missing: str | None
    prose: str
    place: Place
    abi: str = ""
    #: hook on the struct around, when this element is read
    then: str | None = None
    #: given more than once: "merged" into the first, or the "last" one counts; else the first
    twice: str | None = None
    #: the grammar demands it, whether or not reading does
    expected: bool = False
    #: the same while a sibling has one of these values
    expected_for: tuple[str, frozenset[str]] | None = None

    @property
    def flag(self) -> bool:
        return self.value is None and self.struct is None and not self.content


Item = Union[Attribute, Text, Element, Include, When, Any]


@dataclass(frozen=True)
class StructReference:
    """A struct by document and name: structs may contain themselves."""

    document: str
    name: str


@dataclass(frozen=True)
class Struct:
    name: str
    document: str
    hook: str | None
    content: tuple[Item, ...]
    prose: str
    place: Place


@dataclass(frozen=True)
class Namespace:
    prefix: str
    uri: str
    driver: str
    content: tuple[Item, ...]
    place: Place
    #: for a driver's own files: no grammar knows it
    own: bool = False


@dataclass(frozen=True)
class Example:
    """A whole document, for the top of the reference page."""

    text: str
    place: Place


@dataclass(frozen=True)
class Document:
    name: str
    since: str | None
    imports: tuple[str, ...]  # names of documents
    namespaces: tuple[Namespace, ...]
    enums: dict[str, Enum]
    structs: dict[str, Struct]
    root: Element | None
    prose: str
    place: Place
    example: Example | None = None


@dataclass(frozen=True)
class Documents:
    documents: dict[str, Document] = field(default_factory=dict)  # imported ones first

    def struct(self, reference: StructReference) -> Struct:
        return self.documents[reference.document].structs[reference.name]

    def is_root(self, reference: StructReference) -> bool:
        root = self.documents[reference.document].root
        return root is not None and root.struct == reference

    def content(self, element: Element) -> tuple[Item, ...]:
        return self.struct(element.struct).content if element.struct else element.content


TRISTATES = {"yesno": ("yes", "no"), "onoff": ("on", "off")}
NUMBERS = frozenset("int uint long ulong hex octal size id".split())
STRINGS = frozenset("string path cpuset uuid mac ip xml decimal number prefix truth".split())
SCALARS = NUMBERS | STRINGS | TRISTATES.keys()
UNITS = {letter: power for power, letter in enumerate("kmgtpe", 1)}


def unit_bytes(unit: str) -> int | None:
    """The size of a unit as documents write it: KiB, MB, M, bytes."""
    name = unit.lower()
    if name in ("b", "byte", "bytes"):
        return 1
    power = UNITS.get(name[:1])
    if not power or name[1:] not in ("", "ib", "b"):
        return None
    unit_base = 1000 if name[1:] == "b" else 1024
    return int(unit_base**power)


def snake(name: str) -> str:
    """kebab-case and camelCase to snake_case."""
    out: list[str] = []
    for index, char in enumerate(name):
        if char.isupper():
            if index and (name[index - 1].islower() or name[index - 1].isdigit()):
                out.append("_")
            out.append(char.lower())
        else:
            out.append(char if char.isalnum() else "_")
    return "".join(out)


# ---------------------------------------------------------------- the plain XML tree


@dataclass
class Node:
    tag: str
    attributes: dict[str, str]
    place: Place
    children: list[Node] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def prose(self) -> str:
        return " ".join("".join(self.text).split())


def read_tree(path: Path, place: Place | None = None) -> Node:
    parser = expat.ParserCreate()
    stack: list[Node] = []
    roots: list[Node] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        node = Node(tag, attributes, Place(str(path), parser.CurrentLineNumber))
        (stack[-1].children if stack else roots).append(node)
        stack.append(node)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: stack.pop() and None
    parser.CharacterDataHandler = lambda data: stack[-1].text.append(data)
    try:
        parser.Parse(path.read_bytes(), True)
    except expat.ExpatError as error:
        raise Place(str(path), error.lineno).error(f"not well-formed: {error}") from None
    except OSError as error:
        where = place or Place(str(path), 1)
        raise where.error(f"'{path.name}' cannot be read: {error.strerror}") from None
    return roots[0]


def read(paths: Sequence[str | Path]) -> Documents:
    """Reads the files and what they import, checks everything, returns the records."""
    from generator.document_check import check
    from generator.document_reader import Reader

    reader = Reader()
    for path in paths:
        reader.document(Path(path), ())
    documents = Documents(reader.documents)
    check(documents)
    return documents


# ---------------------------------------------------------------- command line


def write_if_changed(path: Path, text: str) -> None:
    """An output keeps its time stamp while its text stays the same."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def emitter(name: str) -> Callable[[Documents], dict[str, str]]:
    emit: Callable[[Documents], dict[str, str]] = importlib.import_module(
        f"generator.emit.{EMITTERS[name]}").emit
    return emit


def run(emit: Iterable[str], output: Path, files: Sequence[str]) -> None:
    documents = read(files)
    for name in emit:
        for filename, text in emitter(name)(documents).items():
            write_if_changed(output / filename, text)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m generator.documents", description=__doc__)
    parser.add_argument("--emit", nargs="+", choices=sorted(EMITTERS), required=True)
    parser.add_argument("-o", dest="output", type=Path, required=True, help="output folder")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args(arguments)
    try:
        run(options.emit, options.output, options.files)
    except DescriptionError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    # As a module of its own: __main__ would hold second copies of the record classes.
    from generator.documents import main as module_main

    sys.exit(module_main())
