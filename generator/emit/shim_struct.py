"""Public structs to trees and back, each in the shape that its `view` says; tables of typed parameters."""

from __future__ import annotations

from .. import binding, model, shapes
from ..text import c_string, indent


def viewed(api: model.Api) -> list[model.Struct]:
    return [struct for struct in api.structs.values() if struct.view]


def _lengths(struct: model.Struct) -> set[str]:
    return {member.length for member in struct.members if member.length}


def shown(struct: model.Struct) -> list[model.Member]:
    return [member for member in struct.members if member.name not in _lengths(struct)]


def _paramsets(api: model.Api) -> list[model.Paramset]:
    return [item for item in api.paramsets.values() if item.params]


def header(api: model.Api) -> str:
    out = "/* What the parts of the shim share. */\n#pragma once\n\n"
    for struct in viewed(api):
        out += f"bind_value from_{struct.name}(const {struct.name} *it);\n"
        out += f"bind_value from_array_{struct.name}(const {struct.name} *them, size_t n);\n"
        out += f"bind_value take_array_{struct.name}({struct.name} *them, size_t n);\n"
        if struct.free:
            out += f"bind_value take_ptrs_{struct.name}({struct.name} **them, size_t n);\n"
    for struct in inputs(api):
        out += f"int to_{struct.name}(const struct bind_site *site, const bind_value *list, {struct.name} *it, bind_value *refused);\n"
    for paramset in _paramsets(api):
        out += f"extern const struct bind_param params_of_{paramset.name}[{len(paramset.params)}];\n"
    return out


def source(api: model.Api) -> str:
    parts = [_params(item) for item in _paramsets(api)]
    for struct in viewed(api):
        parts += [_from(api, struct), _from_array(struct), _take_array(struct)]
        if struct.free:
            parts.append(_take_pointers(api, struct))
    parts += [_to(api, struct) for struct in inputs(api)]
    return "\n".join(parts)


# ---- typed parameters


def known_params(api: model.Api, type: str) -> str:
    paramset = api.paramsets.get(type)
    if not paramset or not paramset.params:
        return "NULL, 0"
    return f"params_of_{type}, G_N_ELEMENTS(params_of_{type})"


TYPED = {"int": "INT", "uint": "UINT", "llong": "LLONG", "ullong": "ULLONG", "double": "DOUBLE", "bool": "BOOLEAN", "string": "STRING"}


def _params(paramset: model.Paramset) -> str:
    rows = "".join(
        f"    {{ {c_string(param.pattern or param.name)}, VIR_TYPED_PARAM_{TYPED[param.type]} }},\n" for param in paramset.params
    )
    return f"const struct bind_param params_of_{paramset.name}[{len(paramset.params)}] = {{\n{rows}}};\n"


# ---- structs to trees


def _member(api: model.Api, struct: model.Struct, member: model.Member) -> str:
    it = f"it->{member.name}"
    if member.type == "string" and member.size:
        return f"bind_copy_field({it}, sizeof({it}))"
    if member.type == "string" and member.array:
        return f"bind_copy_strings({it}, (size_t)it->{member.length})"
    if member.type == "string":
        return f"bind_copy_string({it})"
    if member.type == "cpumap":
        return f"bind_from_cpumap({it}, (size_t)it->{member.length} * 8, BIND_LIST)"
    if shapes.is_params(api, member.type):
        return f"bind_from_params({it}, (size_t)it->{member.length})"
    if member.type in api.objects:
        return f"bind_share_object(BIND_{member.type}, {it})"
    if member.type in api.structs:
        return f"from_array_{member.type}({it}, (size_t)it->{member.length})"
    kind = binding.plain(api, member.type)
    if kind == "bool":
        return f"bind_bool({it})"
    if kind == "double":
        return f"bind_double({it})"
    wide = binding.plain(api, member.c or member.type) in ("ulong", "ullong", "size")
    return f"{'bind_uint' if wide else 'bind_int'}({it}{SHOWN.get((member.unit, member.shown), '')})"


#: (what C counts in, what scripts count in)
SHOWN = {("KiB", "MiB"): " >> 10"}


def _named(api: model.Api, struct: model.Struct, names: list[str], into: str, expressions: list[str]) -> list[str]:
    lines = [f"{into} = bind_container(BIND_DICT, {len(names)});"]
    for number, (name, expression) in enumerate(zip(names, expressions)):
        lines.append(f"{into}.items[{2 * number}] = bind_borrow_string({c_string(name)});")
        lines.append(f"{into}.items[{2 * number + 1}] = {expression};")
    return lines


def _from(api: model.Api, struct: model.Struct) -> str:
    members = shown(struct)
    lines = ["bind_value value;", "", "if (!it)", "    return bind_null();"]
    if struct.view == "pairs":
        return _pair(api, struct)
    if len(members) == 1:
        lines.append(f"value = {_member(api, struct, members[0])};")
    elif struct.view == "dict":
        lines += _named(api, struct, [m.name for m in members], "value", [_member(api, struct, m) for m in members])
    else:
        lines.append(f"value = bind_container(BIND_{struct.view.upper()}, {len(members)});")
        lines += [f"value.items[{n}] = {_member(api, struct, m)};" for n, m in enumerate(members)]
    lines.append("return value;")
    return f"bind_value from_{struct.name}(const {struct.name} *it)\n{{\n{indent(chr(10).join(lines))}\n}}\n"


def _pair(api: model.Api, struct: model.Struct) -> str:
    """The value of one entry; the key is the array's business."""
    if len(struct.val) == 1:
        lines = [f"return {_member(api, struct, struct.member(struct.val[0]))};"]
    else:
        expressions = [_member(api, struct, struct.member(name)) for name in struct.val]
        lines = ["bind_value value;", "", *_named(api, struct, list(struct.val), "value", expressions), "return value;"]
    return f"bind_value from_{struct.name}(const {struct.name} *it)\n{{\n{indent(chr(10).join(lines))}\n}}\n"


def _label(api: model.Api, struct: model.Struct) -> str:
    """A key that is an enum goes by its label."""
    key = struct.member(struct.key)
    if key.type not in api.enums:
        return _member(api, struct, key)
    return f"bind_label(labels_{key.type}, G_N_ELEMENTS(labels_{key.type}), it->{key.name})"


def _from_array(struct: model.Struct) -> str:
    head = f"bind_value from_array_{struct.name}(const {struct.name} *them, size_t n)\n{{\n"
    if struct.view != "pairs":
        return head + (
            "    bind_value list = bind_container(BIND_LIST, n);\n\n    for (size_t i = 0; i < n; i++)\n"
            f"        list.items[i] = from_{struct.name}(&them[i]);\n    return list;\n}}\n"
        )
    return head + (
        "    bind_value dict = bind_container(BIND_DICT, n);\n\n    for (size_t i = 0; i < n; i++) {\n"
        f"        dict.items[2 * i] = key_{struct.name}(&them[i]);\n"
        f"        dict.items[2 * i + 1] = from_{struct.name}(&them[i]);\n    }}\n    return dict;\n}}\n"
    )


def _take_array(struct: model.Struct) -> str:
    return (
        f"bind_value take_array_{struct.name}({struct.name} *them, size_t n)\n{{\n"
        f"    bind_value value = from_array_{struct.name}(them, n);\n\n    free(them);\n    return value;\n}}\n"
    )


def _take_pointers(api: model.Api, struct: model.Struct) -> str:
    frees_list = bool(api.functions[struct.free].args[0].array)
    each = "" if frees_list else f"        {struct.free}(them[i]);\n"
    all_ = f"    {struct.free}(them);\n" if frees_list else "    free(them);\n"
    if struct.view == "pairs":
        items = f"        value.items[2 * i] = key_{struct.name}(them[i]);\n        value.items[2 * i + 1] = from_{struct.name}(them[i]);\n"
        kind = "BIND_DICT"
    else:
        items, kind = f"        value.items[i] = from_{struct.name}(them[i]);\n", "BIND_LIST"
    return (
        f"bind_value take_ptrs_{struct.name}({struct.name} **them, size_t n)\n{{\n"
        f"    bind_value value = bind_container({kind}, n);\n\n    for (size_t i = 0; i < n; i++) {{\n{items}{each}    }}\n"
        f"{all_}    return value;\n}}\n"
    )


def keys(api: model.Api) -> str:
    out = ""
    for struct in viewed(api):
        if struct.view != "pairs":
            continue
        key = struct.member(struct.key)
        if key.type in api.enums:
            rows = "".join(f"    [{v.name}] = {c_string(v.label)},\n" for v in api.enums[key.type].values if v.label)
            out += f"static const char *const labels_{key.type}[] = {{\n{rows}}};\n\n"
        out += f"static bind_value key_{struct.name}(const {struct.name} *it)\n{{\n    return {_label(api, struct)};\n}}\n\n"
    return out


# ---- trees to structs


def inputs(api: model.Api) -> list[model.Struct]:
    used = {
        parameter.type
        for call in binding.calls(api)
        for parameter in call.parameters
        if parameter.kind == "record"
    }
    return [api.structs[name] for name in api.structs if name in used]


def _to(api: model.Api, struct: model.Struct) -> str:
    members = shown(struct)
    steps, numbers = [f"bind_to_items(site, list, {len(members)}, &items, refused) < 0"], ""
    sets = ""
    for index, member in enumerate(members):
        if member.type == "string":
            steps.append(f"bind_to_field(site, &items[{index}], it->{member.name}, sizeof(it->{member.name}), refused) < 0")
        else:
            numbers += f"    long long {member.name} = 0;\n"
            steps.append(f"bind_to_number(site, &items[{index}], G_MININT, G_MAXINT, &{member.name}, refused) < 0")
            sets += f"    it->{member.name} = (int){member.name};\n"
    test = " ||\n        ".join(steps)
    return (
        f"int to_{struct.name}(const struct bind_site *site, const bind_value *list, {struct.name} *it, bind_value *refused)\n{{\n"
        f"    const bind_value *items;\n{numbers}\n    if ({test})\n        return -1;\n{sets}    return 0;\n}}\n"
    )


def input_record(api, call, parameter, arg, start, body) -> None:
    body.declare.append(f"{arg.type} {arg.name} = {{ 0 }};")
    body.before += [f"if (to_{arg.type}({start}, &{arg.name}, &to_script) < 0)", "    goto out;"]
    body.pass_[arg.name] = f"&{arg.name}"


# ---- classes


def classes(api: model.Api) -> str:
    """How objects are told apart by what they stand for: by UUID, else by every name they have."""
    names = "".join(f"    [BIND_{name}] = {c_string(name)},\n" for name in api.objects)
    out = '#include "bindings/shim_support.h"\n#include "objects.h"\n#include "shim.h"\n\n'
    out += f"const char *const bind_class_names[] = {{\n{names}}};\nconst int bind_class_count = {len(api.objects)};\n\n"
    table = ""
    for item in api.objects.values():
        if item.core:
            continue
        key = [field for field in item.fields if field.type == "uuid"] or [f for f in item.fields if f.type == "string"]
        said = [field for field in item.fields if field.type in ("string", "uuid")]
        out += f"static void identify_{item.name}(GString *text, {item.pointer} it)\n{{\n{_append(item, key)}}}\n\n"
        out += f"static void describe_{item.name}(GString *text, {item.pointer} it)\n{{\n{_say(said)}}}\n\n"
        table += (f"    {{ {c_string(item.name)}, (void (*)(GString *, void *))identify_{item.name}, "
                  f"(void (*)(GString *, void *))describe_{item.name} }},\n")
    return out + f"const struct bind_naming bind_namings[] = {{\n{table}    {{ NULL, NULL, NULL }},\n}};\n"


def _append(item: model.Object, fields: list[model.Field]) -> str:
    parent = "" if item.parent == "virConnect" else "    bind_identify(text, it->parent);\n"
    return parent + "".join(f"    bind_append_{field.type}(text, it->{field.name});\n" for field in fields)


def _say(fields: list[model.Field]) -> str:
    return "".join(f"    bind_say_{field.type}(text, {c_string(field.name)}, it->{field.name});\n" for field in fields)
