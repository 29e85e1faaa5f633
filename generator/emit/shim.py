"""The C between the public calls and scripting languages: `bind_value bind_NAME(...)` for every call.

Each function sizes buffers, makes the second call where it takes two, frees what it was given and
returns one tree. Trampolines go the other way."""

from __future__ import annotations

from dataclasses import dataclass, field

from .. import binding, model, shapes
from ..text import c_string, indent
from . import shim_callback, shim_struct

HEAD = """\
#include "shim.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/shim_support.h"
#include "shim_private.h"

"""


def emit(api: model.Api) -> dict[str, str]:
    files = {"shim.h": _header(api), "shim_private.h": shim_struct.header(api) + shim_callback.header(api)}
    files["shim_struct.c"] = HEAD + shim_struct.keys(api) + shim_struct.source(api)
    files["shim_class.c"] = shim_struct.classes(api)
    files["shim_callback.c"] = HEAD + shim_callback.source(api)
    for module in api.modules:
        calls = [item for item in binding.calls(api) if api.module_of[item.function.name] is module]
        if calls:
            files[f"shim_{module.name.replace('-', '_')}.c"] = HEAD + "\n".join(_function(api, item) for item in calls)
    return files


def c_parameter(api: model.Api, parameter: binding.Parameter) -> str:
    """A parameter of a bind_ function: as a C argument where it is plain, as a tree where it is not."""
    if parameter.is_tree:
        return f"const bind_value *{c_name(parameter)}"
    if parameter.kind == "closure":
        return f"struct closure *{c_name(parameter)}"
    if parameter.kind == "opaque":
        return f"struct closure_opaque *{c_name(parameter)}"
    if parameter.kind == "object":
        return f"{shapes.pointer(api, parameter.type)} {c_name(parameter)}"
    if parameter.kind == "string":
        return f"const char *{c_name(parameter)}"
    return f"{shapes.SCALARS[parameter.kind].c} {c_name(parameter)}"


def c_name(parameter: binding.Parameter) -> str:
    """Trees have names of their own, since the C arguments made of them take the description's."""
    if parameter.is_tree or parameter.kind == "bool" and len(parameter.args) > 1:
        return f"given_{parameter.name}"
    return parameter.args[0].name


def prototype(api: model.Api, call: binding.Call) -> str:
    args = [f"{shapes.pointer(api, call.owner)} {call.receiver.name}"] if call.receiver else []
    args += [c_parameter(api, parameter) for parameter in call.parameters]
    return f"bind_value bind_{call.function.name}({', '.join(args) or 'void'})"


def _header(api: model.Api) -> str:
    out = "/* What a language's wrappers call; see bindings/value.h. */\n#pragma once\n\n"
    out += "".join(f"#include <corral/{module.header}.h>\n" for module in api.modules if module.library)
    out += '#include "bindings/closure.h"\n#include "bindings/value.h"\n\nenum bind_class {\n'
    out += "".join(f"    BIND_{name},\n" for name in api.objects)
    out += "};\n\n"
    out += "".join(prototype(api, call) + ";\n" for call in binding.calls(api))
    return out + "\n" + shim_callback.public_header(api)


@dataclass
class Body:
    """A function as it comes together: what is declared, done before the call, passed, made of the
    result, and freed."""

    declare: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    pass_: dict[str, str] = field(default_factory=dict)
    after: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    free: list[str] = field(default_factory=list)
    #: undoes what only a call that went well keeps
    failed: list[str] = field(default_factory=list)


def _function(api: model.Api, call: binding.Call) -> str:
    function, body = call.function, Body()
    for arg in function.args:
        body.pass_[arg.name] = arg.name
    for parameter in call.parameters:
        _input(api, call, parameter, body)
    _hidden_inputs(api, call, body)
    for arg in call.outputs:
        _output(api, call, arg, body)
    if function.returns.length:
        _length_variable(api, call, function.returns, body)
    for other in function.args:
        if other.sizeof:
            body.pass_[other.name] = f"sizeof({other.sizeof})"
    return f"{prototype(api, call)}\n{{\n{indent(_text(api, call, body))}}}\n"


def invocation(function: model.Function, passed: dict[str, str]) -> str:
    return f"{function.name}({', '.join(passed[arg.name] for arg in function.args)})"


def _text(api: model.Api, call: binding.Call, body: Body) -> str:
    jumps = bool(body.free or body.before)
    lines = list(body.declare)
    if jumps:
        lines.append("bind_value to_script = bind_null();")
    lines += ["", *body.before] if lines or body.before else body.before
    returns = shapes.c_return_type(api, call.function.returns)
    invoked = invocation(call.function, body.pass_)
    if returns == "void":
        lines.append(f"{invoked};")
    else:
        lines.append(f"{returns}{'' if returns.endswith('*') else ' '}outcome = {invoked};")
    lines += _failure(api, call, body, jumps)
    lines += body.after
    lines.append(f"{'to_script =' if jumps else 'return'} {_result(api, call, body)};")
    if jumps:
        label = ["out:"] if any("goto out" in line for line in lines) else []
        lines += [*label, *body.free, "return to_script;"]
    # a jump may not pass over what is declared on the way
    text = "\n".join(lines) + "\n"
    if jumps and returns != "void":
        declared = f"{returns}{'' if returns.endswith('*') else ' '}outcome;\n"
        text = declared + text.replace(f"{declared[:-2]} = ", "outcome = ", 1)
    return text.replace("\n\n\n", "\n\n")


def _failure(api: model.Api, call: binding.Call, body: Body, jumps: bool) -> list[str]:
    test = shapes.failure(api, call.function.returns)
    if not test or call.function.returns.type in ("virError",):
        return body.failed
    type = shapes.c_return_type(api, call.function.returns)
    accepted = "".join(f" && outcome != ({type}){value}" for value in call.function.returns.also)
    returned = "bind_absent()" if test == "== NULL" else "bind_error()"
    steps = [*body.failed, f"to_script = {returned};", "goto out;"] if jumps else [*body.failed, f"return {returned};"]
    if len(steps) == 1:
        return [f"if (outcome {test}{accepted})", f"    {steps[0]}"]
    return [f"if (outcome {test}{accepted}) {{", *(f"    {step}" for step in steps), "}"]


def _result(api: model.Api, call: binding.Call, body: Body) -> str:
    function, parts = call.function, []
    if call.returns:
        parts.append(("", _returned(api, call)))
    parts += [(arg.name, body.outputs[arg.name]) for arg in call.outputs]
    if not parts:
        return "bind_null()" if function.returns.type == "void" else "bind_done()"
    if len(parts) == 1:
        return _moved(function, parts[0][1])
    conditional = next((arg for arg in call.outputs if arg.by), None)
    if conditional:
        both = _several("tuple", parts)
        return f"{conditional.by} ? {both} : {parts[0][1]}"
    return _several(function.view or "tuple", parts)


def _moved(function: model.Function, expression: str) -> str:
    """What stands for other outcomes than success: a number of its own, or nothing found."""
    if function.returns.also:
        signed = "(int)outcome" if "unsigned" in shapes.RESULTS.get(function.returns.type, ("unsigned",))[0] else "outcome"
        return f"{signed} < 0 ? bind_int({signed}) : {expression}"
    if function.returns.type == "found" and "from_vir" in expression:
        return f"outcome == 0 ? bind_container(BIND_DICT, 0) : {expression}"
    return expression


def _several(view: str, parts: list[tuple[str, str]]) -> str:
    values = ", ".join(expression for _, expression in parts)
    if view == "dict":
        keys = ", ".join(c_string(name) for name, _ in parts)
        return f"bind_gather_dict({len(parts)}, (const char *[]){{ {keys} }}, (bind_value[]){{ {values} }})"
    return f"bind_gather(BIND_{view.upper()}, {len(parts)}, (bind_value[]){{ {values} }})"


def scalar(api: model.Api, type: str, c: str, expression: str) -> str:
    kind = binding.plain(api, type)
    carrier = binding.plain(api, c) if c else kind
    if kind == "bool":
        return f"bind_truth({expression})"
    if kind == "double":
        return f"bind_double({expression})"
    if carrier in ("ulong", "ullong", "size"):
        return f"bind_uint({expression})"
    return f"bind_int({expression})"


def _returned(api: model.Api, call: binding.Call) -> str:
    returns = call.function.returns
    if returns.type == "string":
        return "bind_borrow_string(outcome)" if returns.owner == "borrowed" else "bind_take_string(outcome)"
    if returns.type == "bytes":
        return f"bind_take_bytes(outcome, {returns.length})"
    if returns.type == "virError":
        return "bind_from_error(outcome)"
    if returns.type in api.objects:
        verb = "share" if returns.owner == "borrowed" else "take"
        return f"bind_{verb}_object(BIND_{returns.type}, outcome)"
    if returns.type == "bool":
        return "bind_truth(outcome)"
    if returns.type in shapes.RESULTS:
        return "bind_int(outcome)"
    return scalar(api, returns.type, "", "outcome")


# ---- inputs

LISTS = {"string": ("const char **", "strings"), "int": ("int *", "ints"), "fd": ("int *", "ints"),
         "uint": ("unsigned int *", "uints"), "ullong": ("unsigned long long *", "ullongs")}


def _site(call: binding.Call, parameter: binding.Parameter) -> str:
    return f"&(struct bind_site){{ {c_string(call.title)}, {c_string(parameter.name)} }}"


def _convert(body: Body, step: str) -> None:
    body.before += [f"if ({step} < 0)", "    goto out;"]


def _input(api: model.Api, call: binding.Call, parameter: binding.Parameter, body: Body) -> None:
    arg, given = parameter.args[-1], c_name(parameter)
    start = f"{_site(call, parameter)}, {given}"
    convert = {
        "bytes": _input_bytes, "uuid": _input_uuid, "list": _input_list, "dict": _input_dict,
        "cpumap": _input_cpumap, "record": shim_struct.input_record, "prompt": shim_callback.input_prompt,
        "mapping": _input_mapping, "preset": _input_preset, "closure": shim_callback.input_closure,
    }.get(parameter.kind)
    if convert:
        convert(api, call, parameter, arg, start, body)
    elif parameter.kind == "bool" and len(parameter.args) > 1:
        _input_switch(call, parameter, body)


def _set_length(call: binding.Call, arg: model.Arg, expression: str, body: Body) -> None:
    if arg.length and arg.length not in ("return",):
        other = call.function.arg(arg.length)
        if other.dir == "in" and other.bind != "yes":
            body.pass_[arg.length] = expression


def _input_bytes(api, call, parameter, arg, start, body) -> None:
    body.declare += [f"const char *{arg.name};", f"size_t n_{arg.name};"]
    _convert(body, f"bind_to_bytes({start}, &{arg.name}, &n_{arg.name}, &to_script)")
    body.pass_[arg.name] = f"(const void *){arg.name}"
    _set_length(call, arg, f"n_{arg.name}", body)


def _input_uuid(api, call, parameter, arg, start, body) -> None:
    body.declare.append(f"const unsigned char *{arg.name};")
    _convert(body, f"bind_to_uuid({start}, &{arg.name}, &to_script)")


def _input_list(api, call, parameter, arg, start, body) -> None:
    body.declare.append(f"size_t n_{arg.name} = 0;")
    if arg.type in api.objects:
        body.declare.append(f"void **{arg.name} = NULL;")
        _convert(body, f"bind_to_objects({start}, BIND_{arg.type}, &{arg.name}, &n_{arg.name}, &to_script)")
        body.pass_[arg.name] = f"({shapes.pointer(api, arg.type)} *){arg.name}"
    else:
        c, verb = LISTS["string" if arg.type == "string" else binding.plain(api, arg.type)]
        body.declare.append(f"{c}{arg.name} = NULL;")
        _convert(body, f"bind_to_{verb}({start}, &{arg.name}, &n_{arg.name}, &to_script)")
    body.free.append(f"g_free({arg.name});")
    _set_length(call, arg, f"n_{arg.name}", body)
    # what goes by the script's own count must not go beyond what there is
    if arg.length and call.function.arg(arg.length).bind == "yes":
        body.before += [f"if ({arg.length} < 0 || (size_t){arg.length} > n_{arg.name}) {{",
                        f"    to_script = bind_refuse({_site(call, parameter)}, REFUSED_VALUE, \"%zu items are fewer than {arg.length}, %lld\", n_{arg.name}, (long long){arg.length});",
                        "    goto out;", "}"]


def _input_dict(api, call, parameter, arg, start, body) -> None:
    body.declare += [f"virTypedParameterPtr {arg.name} = NULL;", f"size_t n_{arg.name} = 0;"]
    known = shim_struct.known_params(api, arg.type)
    _convert(body, f"bind_to_params({start}, {known}, &{arg.name}, &n_{arg.name}, &to_script)")
    body.free.append(f"bind_free_params({arg.name}, n_{arg.name});")
    _set_length(call, arg, f"n_{arg.name}", body)


def _input_cpumap(api, call, parameter, arg, start, body) -> None:
    body.declare += [f"unsigned char *{arg.name} = NULL;", f"size_t n_{arg.name} = 0;"]
    _convert(body, f"bind_to_cpumap({start}, &{arg.name}, &n_{arg.name}, &to_script)")
    body.free.append(f"g_free({arg.name});")
    _set_length(call, arg, f"n_{arg.name}", body)


def _input_mapping(api, call, parameter, arg, start, body) -> None:
    keys = parameter.args[0].name
    body.declare += [f"unsigned int *{keys} = NULL;", f"unsigned long long *{arg.name} = NULL;", f"size_t n_{arg.name} = 0;"]
    _convert(body, f"bind_to_mapping({start}, &{keys}, &{arg.name}, &n_{arg.name}, &to_script)")
    body.free += [f"g_free({keys});", f"g_free({arg.name});"]
    _set_length(call, arg, f"n_{arg.name}", body)


LIMITS = {"int": ("G_MININT", "G_MAXINT"), "uint": ("0", "G_MAXUINT"), "llong": ("G_MININT64", "G_MAXINT64")}


def _input_preset(api, call, parameter, arg, start, body) -> None:
    preset = next(item for item in call.function.presets if item.name == parameter.name)
    if preset.instead:
        _convert(body, f"bind_need_instead({start}, {preset.instead} != 0, {c_string(preset.instead)}, &to_script)")
    for part, key in zip(parameter.args, preset.keys):
        low, high = LIMITS[binding.plain(api, part.type)]
        optional = "true" if "=" in key else "false"
        body.declare.append(f"long long {part.name};")
        _convert(body, f"bind_to_member({start}, {c_string(part.name)}, {optional}, {low}, {high}, &{part.name}, &to_script)")


def _input_switch(call: binding.Call, parameter: binding.Parameter, body: Body) -> None:
    """One truth value that stands for the numbers of several arguments."""
    preset = next(item for item in call.function.presets if item.name == parameter.name)
    for setting in preset.sets:
        name, _, number = setting.partition("=")
        arg = call.function.arg(name)
        body.declare.append(f"{shapes.SCALARS[arg.type].c} {name} = {c_name(parameter)} ? {number} : 0;")


def _hidden_inputs(api: model.Api, call: binding.Call, body: Body) -> None:
    """Arguments that no script sees and no other argument decides."""
    for arg in call.function.args:
        if arg.bind == "no" and arg.type in api.callbacks:
            body.pass_[arg.name] = shim_callback.trampoline(arg.type, 0)


# ---- outputs

def _output(api: model.Api, call: binding.Call, arg: model.Arg, body: Body) -> None:
    if arg.array == "allocated":
        _output_allocated(api, call, arg, body)
    elif arg.array == "two-call":
        _output_two_call(api, call, arg, body)
    elif arg.type == "cpumap":
        _output_cpumap(api, call, arg, body)
    elif arg.array == "capacity":
        _output_capacity(api, call, arg, body)
    else:
        _output_single(api, arg, body)


def _output_single(api: model.Api, arg: model.Arg, body: Body) -> None:
    name = arg.name
    body.pass_[name] = f"&{name}"
    if arg.type == "uuid":
        body.declare.append(f"unsigned char {name}[VIR_UUID_BUFLEN];")
        body.pass_[name], body.outputs[name] = name, f"bind_copy_bytes({name}, sizeof({name}))"
    elif arg.type == "uuid-string":
        body.declare.append(f"char {name}[VIR_UUID_STRING_BUFLEN];")
        body.pass_[name], body.outputs[name] = name, f"bind_copy_string({name})"
    elif arg.type == "string":
        body.declare.append(f"char *{name} = NULL;")
        body.outputs[name] = f"bind_take_string({name})"
    elif arg.type in api.structs:
        body.declare.append(f"{arg.type} {name} = {{ 0 }};")
        body.outputs[name] = f"from_{arg.type}(&{name})"
    else:
        c = shapes.carrier(api, arg.type, arg.c)
        body.declare.append(f"{c} {name} = 0;")
        body.outputs[name] = scalar(api, arg.type, arg.c, name)


def _length_variable(api: model.Api, call: binding.Call, arg: model.Arg | model.Returns, body: Body) -> str:
    """How many items an output has: what the call returned, or a length that it fills in."""
    if arg.length == "return":
        return "(size_t)outcome"
    other = call.function.arg(arg.length)
    declaration = f"{shapes.carrier(api, other.type, other.c)} {other.name} = 0;"
    if declaration not in body.declare:
        body.declare.append(declaration)
    body.pass_[other.name] = f"&{other.name}"
    return f"(size_t){other.name}"


def _output_allocated(api: model.Api, call: binding.Call, arg: model.Arg, body: Body) -> None:
    name, n = arg.name, _length_variable(api, call, arg, body)
    body.pass_[name] = f"&{name}"
    if arg.type in api.objects:
        body.declare.append(f"{shapes.pointer(api, arg.type)} *{name} = NULL;")
        body.outputs[name] = f"bind_take_objects(BIND_{arg.type}, (void **){name}, {n})"
    elif arg.type == "string":
        body.declare.append(f"char **{name} = NULL;")
        body.outputs[name] = f"bind_take_strings({name}, {n})"
    elif shapes.is_params(api, arg.type):
        body.declare.append(f"virTypedParameterPtr {name} = NULL;")
        body.outputs[name] = f"bind_take_params({name}, {n})"
    elif arg.type == "cpumap":
        body.declare.append(f"unsigned char *{name} = NULL;")
        body.outputs[name] = f"bind_take_cpumap({name}, {n}, BIND_LIST)"
    elif arg.type in api.structs:
        star = "*" if arg.elements == "ptr" else ""
        body.declare.append(f"{arg.type} *{star}{name} = NULL;")
        body.outputs[name] = f"{'take_ptrs' if star else 'take_array'}_{arg.type}({name}, {n})"
        _trim_cpumaps(api, call, arg, body)
    else:
        body.declare.append(f"int *{name} = NULL;")
        body.outputs[name] = f"bind_take_ints({name}, {n})"


def _output_two_call(api: model.Api, call: binding.Call, arg: model.Arg, body: Body) -> None:
    """First how many, then the items. There may be fewer by then, and no second call without any."""
    name, n = arg.name, arg.length
    element = "virTypedParameter" if shapes.is_params(api, arg.type) else arg.type
    body.declare += [f"{element} *{name} = NULL;", f"{shapes.carrier(api, call.function.arg(n).type, '')} {n} = 0;"]
    body.pass_ |= {name: name, n: f"&{n}"}
    first = invocation(call.function, body.pass_)
    test = shapes.failure(api, call.function.returns)
    body.before += [f"if ({first} {test}) {{", "    to_script = bind_error();", "    goto out;", "}"]
    body.before.append(f"{name} = g_new0({element}, MAX({n}, 0) + 1);")
    if element == "virTypedParameter":
        body.outputs[name] = f"bind_from_params({name}, (size_t){n})"
        body.free.append(f"if ({name})\n    virTypedParamsFree({name}, {n});")
    else:
        body.outputs[name] = f"from_array_{arg.type}({name}, (size_t){n})"
        body.free.append(f"g_free({name});")


def _fill(api: model.Api, call: binding.Call, arg: model.Arg, body: Body) -> None:
    """Makes the call that says how large an output is to be, with the arguments the two have in common."""
    n, where = arg.length if arg.dir != "in" else arg.name, arg.fill
    other_name, _, member = where.partition(".")
    if other_name not in api.functions:
        body.before.append(f"{n} = {where};")
        return
    other = api.functions[other_name]
    passed = dict(body.pass_) if other is call.function else {item.name: body.pass_.get(item.name, item.name) for item in other.args}
    first = next(item for item in other.args if item.type in api.objects)
    if call.receiver:
        passed[first.name] = call.receiver.name
    if member:
        struct = next(item for item in other.args if item.type in api.structs)
        body.declare.append(f"{struct.type} size_{n} = {{ 0 }};")
        passed[struct.name] = f"&size_{n}"
        value = f"size_{n}.{member}"
    elif other is call.function:
        passed |= {arg.name: "NULL", n: "0"}
        value = ""
    else:
        value = ""
    invoked = invocation(other, passed)
    body.declare.append(f"int {n} = 0;")
    if member:
        body.before += [f"if ({invoked} < 0) {{", "    to_script = bind_error();", "    goto out;", "}", f"{n} = {value};"]
    else:
        body.before += [f"if (({n} = {invoked}) < 0) {{", "    to_script = bind_error();", "    goto out;", "}"]


def _output_capacity(api: model.Api, call: binding.Call, arg: model.Arg, body: Body) -> None:
    name, n = arg.name, arg.length
    if arg.rows and shapes.is_params(api, arg.type):
        _output_grid(api, call, arg, body)
        return
    element = {"bytes": "char", "string": "char *"}.get(arg.type) or (
        arg.type if arg.type in api.structs else shapes.carrier(api, arg.type, arg.c))
    star = "" if element.endswith("*") else " "
    body.declare.append(f"{element}{star}*{name} = NULL;")
    if arg.fill:
        if arg.fill in api.functions or "." in arg.fill:
            _fill(api, call, arg, body)
        else:
            body.declare.append(f"unsigned int {n} = {arg.fill};")
    rows = f" * (size_t){arg.rows}" if arg.rows else ""
    site = f"&(struct bind_site){{ {c_string(call.title)}, {c_string(n)} }}"
    items = body.pass_[n] if not rows else f"(size_t){body.pass_[n]}"
    if not arg.fill and not rows and shapes.scalar(api, call.function.arg(n).type).c == "int":
        body.before += [f"if ({n} < 0) {{", f"    to_script = bind_refuse({site}, REFUSED_VALUE, \"%d is negative: 0 or more is accepted\", {n});", "    goto out;", "}"]
    if rows:
        body.before.append(f"if ({items} && (size_t){arg.rows} > G_MAXINT / MAX({items}, 1)) {{\n    to_script = bind_refuse({site}, REFUSED_MEMORY, \"%zu times %zu items are too many\", {items}, (size_t){arg.rows});\n    goto out;\n}}")
    _convert(body, f"bind_to_room({site}, {items}{rows}, sizeof(*{name}), &{name}, &to_script)")
    body.pass_[name] = f"(void *){name}" if arg.type == "bytes" else name
    counted = call.function.returns.type in ("count", "int", "moved")
    got = "(size_t)outcome" if counted and not rows else f"(size_t){n}"
    if arg.keys:
        body.outputs[name] = f"bind_from_table({name}, {arg.row_keys}, {n_rows(arg)}, {arg.keys}, {items})"
        body.free.append(f"free({name});")
    elif arg.type == "bytes":
        body.outputs[name] = f"bind_steal_bytes(&{name}, {got})"
        body.free.append(f"free({name});")
    elif arg.type == "string":
        body.outputs[name] = f"bind_steal_strings(&{name}, {got})"
        body.free.append(f"free({name});")
    elif arg.type in api.structs:
        body.outputs[name] = f"from_array_{arg.type}({name}, {got})"
        body.free.append(f"free({name});")
    else:
        verb = "ullongs" if "long long" in element else "ints"
        body.outputs[name] = f"bind_from_{verb}({name}, {got})"
        body.free.append(f"free({name});")


def n_rows(arg: model.Arg) -> str:
    return f"(size_t){arg.rows}"


def _output_grid(api: model.Api, call: binding.Call, arg: model.Arg, body: Body) -> None:
    """Rows of typed parameters: how many rows, how many columns, then the cells."""
    name, columns, rows = arg.name, arg.length, arg.rows
    body.declare += [f"virTypedParameterPtr {name} = NULL;", f"int n_{columns} = 0;"]
    count = invocation(call.function, body.pass_ | {name: "NULL", columns: "0", rows: "0"})
    width = invocation(call.function, body.pass_ | {name: "NULL", columns: "0", rows: "1"})
    fail = ["    to_script = bind_error();", "    goto out;", "}"]
    body.before += [
        f"n_{rows} = {rows} ? (int){rows} : {count};",
        f"if (n_{rows} < 0 || (n_{columns} = {width}) < 0) {{", *fail,
        f"{name} = g_new0(virTypedParameter, (size_t)n_{rows} * (size_t)n_{columns} + 1);",
    ]
    body.declare.append(f"int n_{rows} = 0;")
    body.pass_ |= {columns: f"(unsigned int)n_{columns}", rows: f"(unsigned int)n_{rows}"}
    body.outputs[name] = f"bind_from_grid({name}, (size_t)n_{rows}, (size_t)n_{columns}, (size_t)outcome)"
    body.free.append(f"if ({name})\n    virTypedParamsFree({name}, n_{rows} * n_{columns});")


def _trim_cpumaps(api: model.Api, call: binding.Call, arg: model.Arg, body: Body) -> None:
    """Maps in structs come in whole bytes; scripts see as many processors as the host has."""
    members = shim_struct.shown(api.structs[arg.type])
    at = next((number for number, member in enumerate(members) if member.type == "cpumap"), None)
    if at is None or call.receiver is None:
        return
    _count_cpus(call.receiver.name, body)
    body.outputs[arg.name] = f"bind_trim_cpumaps({body.outputs[arg.name]}, {at}, (size_t)cpus)"


def _count_cpus(receiver: str, body: Body) -> None:
    body.declare.append("int cpus = 0;")
    body.before += [f"if ((cpus = bind_cpus(bind_connection({receiver}))) < 0) {{", "    to_script = bind_error();", "    goto out;", "}"]


def _output_cpumap(api: model.Api, call: binding.Call, arg: model.Arg, body: Body) -> None:
    name, n = arg.name, arg.length
    body.declare += [f"unsigned char *{name} = NULL;", f"int {n} = 0;"]
    rows = call.function.arg(arg.rows) if arg.rows else None
    if rows is not None and rows.fill:
        _fill(api, call, rows, body)
    _count_cpus(call.receiver.name if call.receiver else "NULL", body)
    body.before += [f"{n} = VIR_CPU_MAPLEN(cpus);",
                    f"{name} = g_malloc0((size_t){n}{f' * MAX({rows.name}, 1)' if rows else ''} + 1);"]
    body.free.append(f"g_free({name});")
    if rows:
        body.outputs[name] = f"bind_from_cpumaps({name}, (size_t)outcome, (size_t){n}, (size_t)cpus)"
    else:
        body.outputs[name] = f"bind_from_cpumap({name}, (size_t)cpus, BIND_TUPLE)"
