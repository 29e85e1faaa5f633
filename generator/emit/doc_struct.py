"""C headers of the documents: enums, structs, hook slots and typed calls into the engine."""

from __future__ import annotations

import re
import textwrap

from generator.document_layout import CStruct, Layout, Member, c_type
from generator.documents import Any, Document, Documents, Element, Include, Item, When, snake


def constant(enum: str, word: str) -> str:
    return f"{enum}_{re.sub('[^a-z0-9]', '_', word.lower().replace('+', '_plus'))}".upper()


def comment(text: str) -> list[str]:
    return textwrap.wrap(f"/* {text} */", 98, subsequent_indent="   ") if text else []


def declarations(member: Member) -> list[str]:
    kind = c_type(member)
    star = "" if kind.endswith("*") else " "
    if member.shape in ("pointer",):
        return [f"{kind} *{member.name};"]
    if member.shape == "list":
        return [f"{kind} *{member.name};", f"size_t n_{member.name};"]
    if member.shape == "scalars":
        return [f"{kind}{star}*{member.name};", f"size_t n_{member.name};"]
    lines = [f"{kind}{star}{member.name};"]
    return lines + ([f"bool has_{member.name};"] if member.has else [])


def struct_lines(struct: CStruct) -> list[str]:
    lines = [*comment(struct.prose), f"struct {struct.name} {{"]
    for member in struct.members.values():
        if member.shape == "include":
            lines += included(struct, member)
        else:
            lines += ["    " + line for line in declarations(member)]
    if not struct.members:
        lines.append("    char nothing;")
    return [*lines, "};", ""]


def flat_names(struct: CStruct) -> list[str]:
    """The names that an anonymous copy of the struct brings along."""
    out: list[str] = []
    for member in struct.members.values():
        if member.shape == "include" and member.struct:
            out += flat_names(member.struct)
            continue
        out.append(member.name)
        if member.has:
            out.append("has_" + member.name)
        if member.shape in ("list", "scalars"):
            out.append("n_" + member.name)
    return out


def flat_lines(struct: CStruct) -> list[str]:
    """An included struct's members, so that C paths follow document paths. Structs included
    further in stay structs, without a name: their padding has to stay where it is."""
    lines: list[str] = []
    for member in struct.members.values():
        if member.shape == "include" and member.struct:
            lines += ["    struct {", *("    " + line for line in flat_lines(member.struct)), "    };"]
        else:
            lines += ["    " + line for line in declarations(member)]
    return lines


def included(struct: CStruct, member: Member) -> list[str]:
    """An included struct has two names for one thing: its own, and its members' without it."""
    assert member.struct
    names = [name for one in struct.members.values() if one.name != member.name
             for name in [one.name, *(flat_names(one.struct)
                                      if one.shape == "include" and one.struct else [])]]
    own = f"    struct {member.struct.name} {member.name};"
    if set([*names, member.name]) & set(flat_names(member.struct)) or not member.struct.members:
        return [own]
    return ["    union {", "    " + own, "        struct {",
            *("        " + line for line in flat_lines(member.struct)), "        };", "    };"]


def enum_lines(name: str, words: list[str]) -> list[str]:
    lines = [f"enum {name} {{"]
    for index, word in enumerate(words):
        lines.append(f"    {constant(name, word)}{' = 1' if index == 0 else ''},")
    return [*lines, "} __attribute__((packed));", f"CORRAL_PRIVATE extern const struct doc_words {name}_words;", ""]


def hooks(document: Document) -> list[tuple[str, str]]:
    """Slots of the document's hook table: type and name."""
    slots: dict[str, str] = {}

    def visit(content: tuple[Item, ...]) -> None:
        for item in content:
            if isinstance(item, Element):
                if item.hook:
                    slots[item.hook] = "doc_hook"
                if item.then:
                    slots[item.then] = "doc_hook"
                if item.insert:
                    slots["insert_" + item.insert] = "doc_insert_hook"
            if isinstance(item, (Element, When)):
                visit(item.content)
            if isinstance(item, Any):
                visit(item.elements)

    for struct in document.structs.values():
        if struct.hook:
            slots[snake(struct.hook)] = "doc_hook"
        visit(struct.content)
    if document.root:
        visit((document.root,))
        slots.update({"post_parse": "doc_hook", "validate": "doc_hook", "migratable": "doc_hook"})
    return [(kind, name) for name, kind in slots.items()]


def calls(name: str, root: str) -> list[str]:
    """Typed one-line calls into the engine."""
    stem = snake(name)
    return f"""\
CORRAL_PRIVATE extern const struct doc_kind {stem}_doc_kind;

static inline struct {root} *{stem}_parse(const char *xml, const struct doc_context *ctx,
                                          unsigned flags)
{{
    void *def = NULL;

    return doc_parse(&{stem}_doc_kind, xml, ctx, flags, &def) < 0 ? NULL : def;
}}

static inline char *{stem}_format(const struct {root} *def, unsigned flags)
{{
    return doc_format(&{stem}_doc_kind, def, flags);
}}

static inline struct {root} *{stem}_copy(const struct {root} *def)
{{
    return doc_copy(&{root}_layout, def);
}}

static inline bool {stem}_equal(const struct {root} *a, const struct {root} *b)
{{
    return doc_equal(&{root}_layout, a, b);
}}

static inline void {stem}_free(struct {root} *def)
{{
    doc_free(&{root}_layout, def);
}}
""".splitlines()


def header(document: Document, layout: Layout) -> str:
    lines = [f"/* Generated from {document.name}.xml; do not edit. */", "#pragma once", "",
             '#include "core/conf/doc/doc.h"',
             *(f'#include "conf/{name}_doc.h"' for name in document.imports), ""]
    for name, enum in layout.enums.items():
        if enum.document == document.name:
            lines += enum_lines(name, [word.name for word in enum.enum.words])
    owned = list(layout.walk(document.name))
    for struct in owned:
        lines += struct_lines(struct)
    lines += [f"CORRAL_PRIVATE extern const struct doc_layout {struct.name}_layout;" for struct in owned]
    from generator.emit.doc_table import exported  # it uses this module

    lines += [f"CORRAL_PRIVATE extern const struct doc_struct {name}_doc;" for name in exported(document, layout)]
    slots = hooks(document)
    if slots:
        lines += ["", "/* Written by hand; a slot may stay empty. */",
                  f"struct {snake(document.name)}_hooks {{",
                  *(f"    {kind} *{name};" for kind, name in slots), "};",
                  f"CORRAL_PRIVATE extern const struct {snake(document.name)}_hooks {snake(document.name)}_hooks;"]
    if document.root:
        lines += ["", *calls(document.name, layout.roots[document.name].name)]
    return "\n".join(lines) + "\n"


def emit(documents: Documents) -> dict[str, str]:
    layout = Layout(documents)
    return {f"{document.name}_doc.h": header(document, layout)
            for document in documents.documents.values()}
