"""The field's own codec, for comparison: a protocol for rpcgen and code that fills its structures, both made from the
facts alone. Nothing here knows our description or our emitters."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

PROGRAMS = ("remote", "qemu", "lxc")
#: constants of C headers that the facts refer to; ours has them as well, so here they get a name of their own
ELSEWHERE = {
    "VIR_UUID_BUFLEN": 16, "VIR_SECURITY_MODEL_BUFLEN": 257, "VIR_SECURITY_LABEL_BUFLEN": 4097,
    "VIR_SECURITY_DOI_BUFLEN": 257, "VIR_TYPED_PARAM_INT": 1, "VIR_TYPED_PARAM_UINT": 2, "VIR_TYPED_PARAM_LLONG": 3,
    "VIR_TYPED_PARAM_ULLONG": 4, "VIR_TYPED_PARAM_DOUBLE": 5, "VIR_TYPED_PARAM_BOOLEAN": 6, "VIR_TYPED_PARAM_STRING": 7,
}  # fmt: skip
DRAWS = {
    "int": "draw_u32(v)", "unsigned int": "draw_u32(v)", "unsigned": "draw_u32(v)", "hyper": "draw_u64(v)",
    "unsigned hyper": "draw_u64(v)", "unsigned char": "draw_u32(v) & 0xff", "char": "(signed char)draw_u32(v)",
    "unsigned short": "draw_u32(v) & 0xffff", "remote_auth_type": "draw_u32(v)",
}  # fmt: skip
#: strings that are arrays of char in C, and so shorter than the wire allows
SHORT = {
    ("remote_typed_param", "field"): 79, ("remote_node_get_cpu_stats", "field"): 79,
    ("remote_node_get_memory_stats", "field"): 79,
}  # fmt: skip
FIELD = re.compile(r"(.+?) (\*?)(\w+)(?:<(\w*)>|\[(\w+)\])?")


class Facts:
    def __init__(self, path: Path) -> None:
        facts = json.loads(path.read_text())
        self.programs = [(name, facts[name]) for name in PROGRAMS]
        self.written = [*self.programs, ("message", facts["message"])]
        self.constants = {name: value for _, program in self.written for name, value in program["constants"].items()}
        self.structs = {name: fields for _, program in self.programs for name, fields in program["structs"].items()}

    def x(self) -> str:
        lines = [f"const {name} = {value};" for name, value in ELSEWHERE.items()]
        lines += [f"const {name} = {value};" for name, value in self.constants.items()]
        typedefs = [text for _, program in self.written for text in program["typedefs"]]
        early = ("nonnullstring", "nonnull_string", "uuid")
        lines += [f"typedef {text};" for text in typedefs if any(word in text.lower() for word in early)]
        for _, program in self.written:
            for name, values in program["enums"].items():
                lines.append(f"enum {name} {{ {', '.join(f'{word} = {value}' for word, value in values.items())} }};")
            for name, cases in program["unions"].items():
                lines.append(f"union {name} switch (int type) {{ {cases} }};")
        structs = {name: fields for _, program in self.written for name, fields in program["structs"].items()}
        for name, fields in structs.items():
            lines.append(f"struct {name} {{ {' '.join(f'{field};' for field in fields)} }};")
            lines += [f"typedef {text};" for text in typedefs if text.startswith(f"{name} *")]
        return "\n".join(lines) + "\n"

    def fill(self) -> str:
        out = '#include "theirs.h"\n#include "draw.h"\n\n#include <stdlib.h>\n\n'
        out += "static void fill_value(struct values *v, remote_typed_param_value *to)\n{\n"
        out += "    to->type = draw_type(v);\n    switch (to->type) {\n"
        union = dict(self.programs)["remote"]["unions"]["remote_typed_param_value"]
        for case, type, name in re.findall(r"case (\w+): ([\w ]+?) (\w+);", union):
            out += f"    case {case}:\n        {self.value(f'to->remote_typed_param_value_u.{name}', type)}\n        break;\n"
        out += "    }\n}\n\n"
        for name, fields in self.structs.items():
            lines = "".join(f"    {line}\n" for field in fields for line in self.line(name, field))
            out += f"static void fill_{name}(struct values *v, {name} *to)\n{{\n{lines}}}\n\n"
        return out + self.table()

    def value(self, to: str, type: str, short: int = 0) -> str:
        if type == "double":
            return f"{to} = draw_double(v);"
        if type == "int" and to.endswith("_u.b"):
            return f"{to} = draw_u32(v) & 1;"
        if type in DRAWS:
            return f"{to} = {DRAWS[type]};"
        if type == "remote_nonnull_string":
            return f"{to} = {f'draw_short_string(v, {short})' if short else 'draw_string(v, REMOTE_STRING_MAX)'};"
        if type == "remote_string":
            return f"if (({to} = draw_present(v) ? draw_zeroed(v, sizeof(*{to})) : NULL)) *{to} = draw_string(v, REMOTE_STRING_MAX);"
        if type == "remote_uuid":
            return f"draw_bytes(v, {to}, 16);"
        if type == "remote_typed_param_value":
            return f"fill_value(v, &{to});"
        if type in self.structs:
            return f"fill_{type}(v, &{to});"
        record = type.replace("remote_", "remote_nonnull_")
        return f"if (({to} = draw_present(v) ? draw_zeroed(v, sizeof(*{to})) : NULL)) fill_{record}(v, {to});"

    def line(self, struct: str, field: str) -> list[str]:
        type, _star, name, bound, count = FIELD.fullmatch(field).groups()
        if type == "opaque":
            return [f"to->{name}.{name}_len = draw_count(v, {bound}, 0);",
                    f"to->{name}.{name}_val = draw_zeroed(v, to->{name}.{name}_len + 1);",
                    f"draw_bytes(v, to->{name}.{name}_val, to->{name}.{name}_len);"]
        if type == "char" and count:
            return [f"draw_chars(v, to->{name}, {count});"]
        if type == "char" and bound and "SECURITY" in bound:
            return [f"to->{name}.{name}_val = draw_short_string(v, {bound} - 1);",
                    f"to->{name}.{name}_len = strlen(to->{name}.{name}_val) + 1;"]
        if bound:
            each = self.value(f"to->{name}.{name}_val[i]", type)
            return [f"to->{name}.{name}_len = draw_count(v, {bound}, 1);",
                    f"to->{name}.{name}_val = draw_zeroed(v, (to->{name}.{name}_len + 1) * sizeof(*to->{name}.{name}_val));",
                    f"for (u_int i = 0; i < to->{name}.{name}_len; i++) {{ {each} }}"]
        return [self.value(f"to->{name}", type, SHORT.get((struct, name), 0))]

    def table(self) -> str:
        # no procedure's: in every reply that failed
        rows = '    {0, 0, 0, "remote_error", sizeof(remote_error), (xdrproc_t)xdr_remote_error, (fill_function)fill_remote_error},\n'
        for name, program in self.programs:
            number = program["constants"][f"{name.upper()}_PROGRAM"]
            for row in program["procedures"]:
                for way, struct in ((0, row["args"] or row["message"]), (1, row["ret"])):
                    if struct:
                        rows += (f'    {{{number}, {row["number"]}, {way}, "{struct}", sizeof({struct}), '
                                 f"(xdrproc_t)xdr_{struct}, (fill_function)fill_{struct}}},\n")
        return f"const struct their_message their_messages[] = {{\n{rows}    {{0}},\n}};\n"


def main() -> None:
    facts, folder = Facts(Path(sys.argv[1])), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("theirs.x", facts.x()), ("theirs_fill.c", facts.fill())):
        (folder / name).write_text(re.sub(rf"\b({'|'.join(ELSEWHERE)})\b", r"THEIR_\1", text))


main()
