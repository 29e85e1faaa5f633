"""C tables of the documents: constant data that the engine in core/conf/doc follows.

An element whose content looks at the elements around it gets a table for every place where it
stands; equal tables are written once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from generator.document_check import Scope, looks_out, members
from generator.document_layout import CStruct, Layout, Member, is_text, prefixed
from generator.documents import (
    NUMBERS, TRISTATES, Any, Attribute, Document, Documents, Element, Include, Item,
    StructReference, Text, Value, When, snake, unit_bytes,
)
from generator.emit.doc_struct import constant, hooks

ERRORS = {"unsupported": "VIR_ERR_CONFIG_UNSUPPORTED", "internal": "VIR_ERR_INTERNAL_ERROR",
          "xml": "VIR_ERR_XML_ERROR", "detail": "VIR_ERR_XML_DETAIL",
          "system": "VIR_ERR_SYSTEM_ERROR", "argument": "VIR_ERR_INVALID_ARG",
          "no-name": "VIR_ERR_NO_NAME", "no-target": "VIR_ERR_NO_TARGET"}
TYPES = {"int": "SIGNED", "long": "SIGNED", "uint": "UNSIGNED", "ulong": "UNSIGNED",
         "yesno": "WORD", "onoff": "WORD", "enum": "WORD"}
# What libvirt's messages call the text that could not be read.
LABELS = {"storagepool": "storage_pool_definition", "storagevol": "storage_volume_definition",
          "secret": "definition_of_secret", "domainsnapshot": "domain_snapshot",
          "domaincheckpoint": "domain_checkpoint"}


def quote(text: str | None) -> str:
    if text is None:
        return "NULL"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def exported(document: Document, layout: Layout) -> list[str]:
    """C structs whose table has a name that others may use: those that look at nothing around."""
    names = [layout.struct_name(StructReference(document.name, struct.name))
             for struct in document.structs.values()
             if not looks_out(layout.documents, struct)]
    if document.root:
        names.append(layout.roots[document.name].name)
        names += [f"{layout.roots[document.name].name}_{item.member}"
                  for item in layout.documents.content(document.root)
                  if isinstance(item, Element) and not item.value and not item.flag
                  and not item.struct]
    return list(dict.fromkeys(names))


@dataclass
class Frame:
    """The element being written: its content, its C struct, and how includes lead into it."""

    scope: Scope
    struct: CStruct
    up: Frame | None = None


class KeyPool:
    """What scripts call the members, each name once: a row has its place in one long text, which
    needs no relocation."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {"": 0}
        self.length = 1

    def place(self, key: str) -> int:
        if key not in self.places:
            self.places[key] = self.length
            self.length += len(key) + 1
        return self.places[key]

    def file(self, kinds: list[str]) -> str:
        rows = "".join(f'    "{key}\\0"\n' for key in self.places)
        externs = "".join(f"extern const struct doc_kind {kind};\n" for kind in kinds)
        listed = "".join(f"    &{kind},\n" for kind in kinds)
        return (f'/* Generated from the descriptions of documents; do not edit. */\n'
                f'#include "core/conf/doc/doc.h"\n\nconst char doc_keys[] =\n{rows};\n\n'
                f"{externs}\nconst struct doc_kind *const doc_kinds[] = {{\n{listed}    NULL,\n}};\n")


@dataclass
class Tables:
    document: Document
    documents: Documents
    layout: Layout
    pool: KeyPool
    lines: list[str] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)
    _exports: set[str] = field(default_factory=set)
    _origin: str = ""  # the document whose hooks the content means

    def shared(self, kind: str, stem: str, body: str, array: bool = False) -> str:
        """Writes constant data once, returns its name."""
        key = kind + body
        if key not in self._known:
            name = stem
            number = 2
            while name in self._names:
                name, number = f"{stem}_{number}", number + 1
            self._names.add(name)
            self._known[key] = name
            self.lines += [f"static {kind} {name}{'[]' if array else ''} = {body};"]
        return self._known[key]

    # ---- one field

    def words(self, member: Member | None, value: Value) -> str:
        if value.type in TRISTATES:
            return f"&doc_{value.type}_words"
        assert member and member.enum
        return f"&{member.enum}_words"

    def word(self, enum: str | None, value: Value, text: str) -> str:
        if value.type in TRISTATES:
            return str(value.words.index(text) + 1)
        return constant(enum or "", text)

    def member(self, frame: Frame, path: tuple[str, ...]) -> Member:
        struct = frame.struct
        for step in path[:-1]:
            inner = struct.members[step].struct
            assert inner
            struct = self.layout.structs[inner.name]
        return struct.members[path[-1]]

    def rule_value(self, value: Value, enum: str | None, flags: list[str],
                   rule: list[str]) -> None:
        text = is_text(value)
        if value.default is not None:
            flags.append("DOC_HAS_DEFAULT")
            if text:
                rule.append(f".default_text = {quote(value.default)}")
            elif value.type in NUMBERS:
                rule.append(f".default_value = {int(value.default, 0)}")
            else:
                rule.append(f".default_value = {self.word(enum, value, value.default)}")
        if value.absent is not None:
            flags.append("DOC_HAS_ABSENT")
            if text:
                rule.append(f".absent_text = {quote(value.absent)}")
            elif value.type in NUMBERS:
                rule.append(f".absent_value = {int(value.absent, 0)}")
            elif value.absent in value.words:
                rule.append(f".absent_value = {self.word(enum, value, value.absent)}")
            else:
                rule.append(f".absent_word = {quote(value.absent)}")
        if value.subset:
            bits = sum(1 << (value.words.index(word) + 1) for word in value.subset)
            rule.append(f".words = {bits:#x}")
        if value.min is not None:
            flags.append("DOC_BOUNDED_BELOW")
            rule.append(f".min = {value.min}")
        if value.max is not None:
            flags.append("DOC_BOUNDED_ABOVE")
            rule.append(f".max = {value.max:#x}")
        for name in ("base", "digits"):
            if getattr(value, name):
                rule.append(f".{name} = {getattr(value, name)}")
        if value.base == 0:
            rule.append(".base = 1")  # 1: as C writes numbers
        if value.error:
            rule.append(f".error = {ERRORS[value.error]}")
        if value.missing:
            rule.append(f".missing = {ERRORS[value.missing]}")
        for flag, given in (("GENERATE", value.generate), ("EMPTY_ABSENT", value.empty_absent),
                            ("WRONG_ABSENT", value.wrong_absent),
                            ("SIGN_READ", value.sign == "read"),
                            ("SIGN_PRINTED", value.sign == "printed"),
                            ("VARIABLE", value.variable), ("UPPER", value.upper),
                            ("ROUND_DOWN", value.round_down), ("PRETTY", value.pretty)):
            if given:
                flags.append("DOC_" + flag)
        if value.type == "size":
            assert value.unit
            rule += [f".unit = {quote(value.unit)}",
                     f".unit_attribute = {quote(value.unit_attribute)}",
                     f".scale = {unit_bytes(value.unit)}",
                     f".assume = {unit_bytes(value.assume or value.unit)}"]
        if value.pattern is not None:
            name = self.shared("struct doc_pattern", f"pattern_{len(self._names)}",
                               f"{{ {quote('^(?:' + value.pattern + ')$')}, NULL }}")
            rule.append(f".pattern = &{name}")
        if value.names:
            body = ("{ " + ", ".join(f"{{ {quote(name)}, {number} }}" for name, number in value.names)
                    + ", { NULL, 0 } }")
            rule.append(".names = " + self.shared("struct doc_alias", "names", body, True))

    def rule(self, rule: list[str]) -> str:
        if not rule:
            return "NULL"
        return "&" + self.shared("const struct doc_rule", "rule", "{ " + ", ".join(rule) + " }")

    def row(self, name: str | None, place: str, kind: str, flags: list[str], offset: str,
            other: str = "0", size: str = "0", detail: str = "NULL", rule: str = "NULL",
            key: str = "") -> str:
        return (f"{{ {quote(name)}, {place}, {kind}, {size}, {' | '.join(flags) or '0'},"
                f" {offset}, {other}, {self.pool.place(key)}, {detail}, {rule} }}")

    def scalar(self, frame: Frame, item: Attribute | Text | Element,
               prefix: tuple[str, ...]) -> str:
        value = item.value
        assert value
        path = (*prefix, item.member)
        member = self.member(frame, path)
        enum = member.enum
        flags: list[str] = []
        rule: list[str] = []
        if not isinstance(item, Text) and item.required:
            flags.append("DOC_REQUIRED")
        if item.only:
            flags.append(f"DOC_ONLY_{item.only.upper()}")
        self.rule_value(value, enum, flags, rule)
        if isinstance(item, Element):
            self.element_rule(item, flags, rule, None)
        base = f"struct {frame.struct.name}"
        dotted = ".".join(path)
        place = {Attribute: "DOC_ATTRIBUTE", Text: "DOC_TEXT", Element: "DOC_ELEMENT"}[type(item)]
        other = "0"
        size = f"sizeof((({base} *)0)->{dotted})"
        if isinstance(item, Element) and item.list:
            place = "DOC_LIST"
            other = self.offset(base, (*prefix, "n_" + item.member))
            size = f"sizeof(*(({base} *)0)->{dotted})"
        elif member.has:
            other = self.offset(base, (*prefix, "has_" + item.member))
        kind = "DOC_" + TYPES.get(value.type, value.type.upper())
        if value.variable and value.type in ("int", "uint", "long", "ulong"):
            kind = "DOC_NUMBER"
        detail = self.words(member, value) if kind == "DOC_WORD" else "NULL"
        return self.row(None if isinstance(item, Text) else item.name, place, kind, flags,
                        self.offset(base, path), other, size, detail, self.rule(rule),
                        item.member)

    def offset(self, base: str, path: tuple[str, ...]) -> str:
        return f"offsetof({base}, {'.'.join(path)})" if path else "0"

    def element_rule(self, item: Element, flags: list[str], rule: list[str],
                     struct: CStruct | None) -> None:
        if item.where:
            flags.append("DOC_WHERE")
            rule.append(f".where = {quote(item.where.attribute)}")
            if item.where.value is not None:
                rule.append(f".where_value = {quote(item.where.value)}")
            if item.where.absent:
                flags.append("DOC_WHERE_ABSENT")
            if item.where.default:
                flags.append("DOC_WHERE_DEFAULT")
        if item.count:
            rule.append(f".count = {item.count}")
        if item.error and not item.value:
            rule.append(f".error = {ERRORS[item.error]}")
        if item.missing and not item.value:
            rule.append(f".missing = {ERRORS[item.missing]}")
        if item.insert:
            rule.append(f".insert = &{snake(self._origin)}_hooks.insert_{item.insert}")
        key = item.sort or item.unique
        if key and struct:
            content = self.documents.content(item)
            found = next(f for f in members(self.documents, content)
                         if not isinstance(f.item, Text) and f.item.name == key)
            inner = Frame(Scope(content, None), struct)
            row = self.scalar(inner, replace(found.item, required=False),
                              found.path[:-1])
            rule.append(".sort = &" + self.shared("const struct doc_field", "key", row))
        if item.unique:
            flags.append("DOC_UNIQUE")
        if item.twice:
            flags.append(f"DOC_TWICE_{item.twice.upper()}")

    def element(self, frame: Frame, item: Element, prefix: tuple[str, ...]) -> str:
        base = f"struct {frame.struct.name}"
        path = (*prefix, item.member)
        flags: list[str] = []
        rule: list[str] = []
        if item.required:
            flags.append("DOC_REQUIRED")
        if item.only:
            flags.append(f"DOC_ONLY_{item.only.upper()}")
        if item.keep:
            flags.append("DOC_KEEP_OPEN" if item.keep == "open" else "DOC_KEEP")
        if item.always:
            flags.append("DOC_ALWAYS")
        if item.flag:
            self.element_rule(item, flags, rule, None)
            return self.row(item.name, "DOC_ELEMENT", "DOC_FLAG", flags, self.offset(base, path),
                            rule=self.rule(rule), key=item.member)
        member = self.member(frame, path)
        assert member.struct
        struct = self.layout.structs[member.struct.name]
        if member.shape == "pointer":
            flags.append("DOC_BY_POINTER")
        self.element_rule(item, flags, rule, struct)
        if item.struct and item.struct.document != self.document.name \
                and self.documents.is_root(item.struct):
            rule.append(f".kind = &{snake(item.struct.document)}_doc_kind")
        detail = "&" + self.table(item, struct, frame)
        place, other = "DOC_ELEMENT", "0"
        if item.list:
            place, other = "DOC_LIST", self.offset(base, (*prefix, "n_" + item.member))
        return self.row(item.name, place, "DOC_STRUCT", flags, self.offset(base, path), other,
                        detail=detail, rule=self.rule(rule), key=item.member)

    # ---- tables

    def table(self, item: Element, struct: CStruct, frame: Frame) -> str:
        if item.struct:
            return struct.name + "_doc"
        inner = Frame(Scope(item.content, frame.scope), struct, frame)
        fields = self.fields(inner, item.content, ())
        return self.doc_struct(struct, fields, item.hook)

    def doc_struct(self, struct: CStruct, fields: list[str], hook: str | None) -> str:
        slot = f"&{snake(self._origin)}_hooks.{snake(hook)}" if hook else "NULL"
        rows = self.rows(struct.name + "_fields", fields)
        body = f"{{ &{struct.name}_layout, {rows}, {len(fields)}, {slot} }}"
        if struct.name in self._exports:
            self._exports.remove(struct.name)
            self.lines.append(f"const struct doc_struct {struct.name}_doc = {body};")
            return struct.name + "_doc"
        return self.shared("const struct doc_struct", struct.name + "_table", body)

    def rows(self, stem: str, fields: list[str]) -> str:
        if not fields:
            return "NULL"
        return self.shared("const struct doc_field", stem,
                           "{\n    " + ",\n    ".join(fields) + " }", True)

    def fields(self, frame: Frame, content: tuple[Item, ...], prefix: tuple[str, ...]) -> list[str]:
        out: list[str] = []
        for item in content:
            if isinstance(item, Include):
                out += self.include(frame, item, prefix)
            elif isinstance(item, When):
                out += self.when(frame, item, prefix)
            elif isinstance(item, Any):
                out.append(self.any(frame, item, prefix))
            elif isinstance(item, Element) and not item.value:
                out.append(self.element(frame, item, prefix))
            else:
                out.append(self.scalar(frame, item, prefix))
                if isinstance(item, Element) and item.hook:
                    out.append(self.hook(self._origin, item.hook, frame,
                                         (*prefix, item.member)))
            if isinstance(item, Element) and item.then:
                out.append(self.hook(self._origin, item.then, frame, prefix))
        return out

    def hook(self, document: str, hook: str, frame: Frame, path: tuple[str, ...]) -> str:
        return self.row(None, "DOC_HOOK", "DOC_STRUCT", [],
                        self.offset(f"struct {frame.struct.name}", path),
                        detail=f"&{snake(document)}_hooks.{snake(hook)}")

    def include(self, frame: Frame, item: Include, prefix: tuple[str, ...]) -> list[str]:
        struct = self.documents.struct(item.struct)
        path = (*prefix, snake(struct.name))
        origin, self._origin = self._origin, struct.document
        out = self.fields(frame, struct.content, path)
        self._origin = origin
        if struct.hook:
            out.append(self.hook(struct.document, struct.hook, frame, path))
        return out

    def when(self, frame: Frame, item: When, prefix: tuple[str, ...]) -> list[str]:
        """A block whose words its member cannot have here is left out altogether."""
        found = frame.scope.find(self.documents, item.of)
        if found is None:
            raise item.place.error(f"of='{'/'.join(item.of)}' leads nowhere in"
                                   f" {frame.struct.name}")
        up, target = found
        holder = frame
        for _ in range(up):
            assert holder.up
            holder = holder.up
        inner = (*prefix, snake(item.member)) if item.member else prefix
        if item.elsewhere == "refused":
            return self.fields(frame, item.content, inner)
        value = target.item.value
        assert value
        when = [f".up = {up}", f".offset = "
                + self.offset(f"struct {holder.struct.name}", target.path)]
        if is_text(value):
            texts = self.shared("const char *const", "texts",
                                "{ " + ", ".join(map(quote, item.words)) + ", NULL }", True)
            when += [f".texts = {texts}", f".negate = {str(item.negate).lower()}"]
        else:
            bits = sum(1 << (value.words.index(word) + 1)
                       for word in item.words if word in value.words)
            if item.negate:
                bits = (1 << (len(value.words) + 1)) - 1 & ~bits
            if not bits:
                return []
            when.append(f".values = {bits:#x}")
        fields = self.fields(frame, item.content, inner)
        if not fields:
            return []
        rows = self.rows(f"{frame.struct.name}_when_fields", fields)
        name = self.shared("const struct doc_when", f"{frame.struct.name}_when",
                           "{ " + ", ".join([*when, f".fields = {rows}",
                                             f".n_fields = {len(fields)}"]) + " }")
        return [self.row(None, "DOC_WHEN", "DOC_STRUCT", [], "0", detail="&" + name,
                         key=snake(item.member or ""))]

    def any(self, frame: Frame, item: Any, prefix: tuple[str, ...]) -> str:
        path = (*prefix, item.list)
        member = self.member(frame, path)
        assert member.struct
        struct = self.layout.structs[member.struct.name]
        fields = []
        for element in item.elements:
            target = struct.members[element.member].struct
            assert target
            table = self.table(element, self.layout.structs[target.name], frame)
            flags = ["DOC_BY_POINTER", *(["DOC_KEEP"] if item.keep or element.keep else [])]
            fields.append(self.row(element.name, "DOC_ELEMENT", "DOC_STRUCT", flags,
                                   self.offset(f"struct {struct.name}", (element.member,)),
                                   detail="&" + table, key=element.member))
        rows = self.rows(struct.name + "_fields", fields)
        negate = ", NULL, 0"
        if item.negate:
            negate = (f", {quote(item.negate)},"
                      f" {self.offset('struct ' + struct.name, (snake(item.negate),))}")
        name = self.shared("const struct doc_any", struct.name + "_any",
                           f"{{ &{struct.name}_layout, {rows}, {len(fields)}{negate} }}")
        base = f"struct {frame.struct.name}"
        return self.row(None, "DOC_ANY", "DOC_STRUCT", [], self.offset(base, path),
                        self.offset(base, (*prefix, "n_" + item.list)), detail="&" + name,
                        key=item.list)

    # ---- one document

    def layouts(self) -> None:
        for struct in self.layout.walk(self.document.name):
            rows = [layout_row(struct, member, self.pool.place(member.abi))
                    for member in struct.members.values()]
            if rows:
                self.lines.append(f"static const struct doc_member {struct.name}_members[] = {{")
                self.lines += [f"    {row}," for row in rows]
                self.lines.append("};")
            name = f"{struct.name}_members" if rows else "NULL"
            self.lines.append(
                f"const struct doc_layout {struct.name}_layout = {{ sizeof(struct {struct.name}),"
                f" {name}, {len(rows)}, {str(struct.owned).lower()} }};")
        self.lines.append("")

    def enums(self) -> None:
        for name, enum in self.layout.enums.items():
            if enum.document != self.document.name:
                continue
            words = enum.enum.words
            names = self.shared("const char *const", name + "_names", "{ NULL, " + ", ".join(
                quote(word.name) for word in words) + " }", True)
            aliases = [f"{{ {quote(word.alias)}, {constant(name, word.name)} }}"
                       for word in words if word.alias]
            alias = self.shared("const struct doc_alias", name + "_aliases", "{ " + ", ".join(
                [*aliases, "{ NULL, 0 }"]) + " }", True) if aliases else "NULL"
            self.lines.append(f"const struct doc_words {name}_words = {{ {names}, {alias},"
                              f" {len(words) + 1} }};")
        self.lines.append("")

    def named(self, name: str, struct: CStruct, content: tuple[Item, ...], hook: str | None,
              extra: list[str] | None = None) -> None:
        frame = Frame(Scope(content, None), struct)
        self._exports.discard(name)
        fields = self.fields(frame, content, ()) + (extra or [])
        rows = self.rows(struct.name + "_fields", fields)
        slot = f"&{snake(self._origin)}_hooks.{snake(hook)}" if hook else "NULL"
        self.lines.append(f"const struct doc_struct {name}_doc = {{ &{struct.name}_layout,"
                          f" {rows}, {len(fields)}, {slot} }};")

    def namespaces(self) -> list[str]:
        """Rows of the root for content that only one driver reads."""
        root = self.layout.roots[self.document.name]
        out = []
        for space in self.document.namespaces:
            frame = Frame(Scope(space.content, None), root)
            fields = self.fields(frame, space.content, (snake(space.prefix),))
            rows = self.rows(f"{root.name}_{snake(space.prefix)}_fields", fields)
            path = snake(space.prefix)
            name = self.shared(
                "const struct doc_namespace", f"{root.name}_{path}_namespace",
                f"{{ {quote(space.prefix)}, {quote(space.uri)}, {quote(space.driver)}, {rows},"
                f" {len(fields)}, {self.offset('struct ' + root.name, (path,))},"
                f" sizeof(((struct {root.name} *)0)->{path}) }}")
            out.append(self.row(None, "DOC_NAMESPACE", "DOC_STRUCT", [], "0", detail="&" + name,
                                key=path))
        return out

    def structs(self) -> None:
        """Structs that are only included and look outwards have no table of their own."""
        self._origin = self.document.name
        names = set(exported(self.document, self.layout))
        self._exports = set(names)
        root = self.document.root
        spaces = self.namespaces() if root else []
        for struct in self.document.structs.values():
            name = self.layout.struct_name(StructReference(self.document.name, struct.name))
            if name in names:
                own = root and root.struct and root.struct.name == struct.name
                self.named(name, self.layout.structs[name], struct.content, struct.hook,
                           spaces if own else None)
        if root and not root.struct:
            own_struct = self.layout.roots[self.document.name]
            self.named(own_struct.name, own_struct, root.content, root.hook, spaces)

    def kind(self) -> None:
        root = self.document.root
        if not root:
            return
        stem = snake(self.document.name)
        flags = {"open": "DOC_KEEP_OPEN", "yes": "DOC_KEEP"}.get(root.keep or "", "0")
        label = LABELS.get(self.document.name, self.document.name + "_definition")
        struct = self.layout.roots[self.document.name].name
        slots = ", ".join(f"&{stem}_hooks.{name}"
                          for name in ("post_parse", "validate", "migratable"))
        self.lines += ["", f"const struct doc_kind {stem}_doc_kind = {{ {quote(self.document.name)},"
                       f" {quote(root.name)}, {quote(label)}, {flags}, &{struct}_doc,"
                       f" {slots} }};"]


def number_words(member: Member) -> str:
    """How a number's value is written where there is no document around it."""
    value = member.value
    if member.shape == "flag":
        return "&doc_yesno_words"
    if value is None or is_text(value):
        return "NULL"
    if value.type in TRISTATES:
        return f"&doc_{value.type}_words"
    if value.type == "enum":
        return f"&{member.enum}_words"
    signs = {"int": "&doc_signed", "long": "&doc_signed", "hex": "&doc_hexadecimal"}
    return signs.get(value.type, "NULL")


def layout_row(struct: CStruct, member: Member, abi: int) -> str:
    base = f"struct {struct.name}"
    shape = {"scalar": "DOC_BYTES", "flag": "DOC_BYTES", "struct": "DOC_INNER",
             "include": "DOC_INNER", "pointer": "DOC_POINTER", "list": "DOC_ITEMS",
             "scalars": "DOC_TEXTS"}[member.shape]
    other, size, detail = "0", "0", "{ NULL }"
    if member.shape == "scalar" and member.owned:
        shape = "DOC_CHARS"
    if shape == "DOC_BYTES":
        size = f"sizeof((({base} *)0)->{member.name})"
        detail = f"{{ .words = {number_words(member)} }}"
    if member.has:
        other = f"offsetof({base}, has_{member.name})"
    if member.shape in ("list", "scalars"):
        other = f"offsetof({base}, n_{member.name})"
    if member.struct:
        detail = f"{{ &{member.struct.name}_layout }}"
    return (f"{{ {quote(member.label)}, {detail}, offsetof({base}, {member.name}), {other},"
            f" {shape}, {size}, {abi} }}")


def table_file(document: Document, documents: Documents, layout: Layout, pool: KeyPool) -> str:
    tables = Tables(document, documents, layout, pool)
    tables.enums()
    tables.layouts()
    tables.structs()
    tables.kind()
    head = [f"/* Generated from {document.name}.xml; do not edit. */",
            f'#include "conf/{document.name}_doc.h"', "", "#include <corral/corral.h>", ""]
    return "\n".join([*head, *tables.lines]) + "\n"


def emit(documents: Documents) -> dict[str, str]:
    layout = Layout(documents)
    pool = KeyPool()
    files = {f"{document.name}_doc.c": table_file(document, documents, layout, pool)
             for document in documents.documents.values()}
    kinds = sorted(f"{snake(name)}_doc_kind" for name, document in documents.documents.items()
                   if document.root)
    return {**files, "doc_keys.c": pool.file(kinds)}
