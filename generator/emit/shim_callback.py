"""Trampolines: C functions that hand what the library says to a script's function, and back."""

from __future__ import annotations

from dataclasses import dataclass

from .. import binding, model, shapes
from ..text import c_string, indent


@dataclass(frozen=True)
class Trampoline:
    """One C function. `style` says where its closure is: event and call are handed it, handlers find it
    among several by `index`, forever keeps it for the life of the process."""

    callback: model.Callback
    style: str
    index: int

    @property
    def name(self) -> str:
        return trampoline(self.callback.name, self.index)


def trampoline(type: str, index: int) -> str:
    return f"trampoline_{type}_{index}" if index else f"trampoline_{type}"


def closures_of(call: binding.Call) -> list[binding.Parameter]:
    return [parameter for parameter in call.parameters if parameter.kind == "closure"]


def _has_closure(callback: model.Callback) -> bool:
    return any(arg.type == "closure" for arg in callback.args) and not native_args(callback)


def native_args(callback: model.Callback) -> list[model.Arg]:
    """C functions among the arguments, which a script is to call back."""
    return [arg for arg in callback.args if arg.type.startswith("vir") and arg.type.endswith("Callback") and arg.type != "virFreeCallback"]


def _style(api: model.Api, function: model.Function, arg: model.Arg) -> str:
    callback = api.callbacks[arg.type]
    if not _has_closure(callback):
        return "forever"
    return {"call": "handlers", "forever": "call"}.get(arg.scope, "event")


def trampolines(api: model.Api) -> list[Trampoline]:
    found: dict[tuple[str, int], Trampoline] = {}

    def add(type: str, style: str, index: int = 0) -> None:
        found.setdefault((type, index), Trampoline(api.callbacks[type], style, index))

    for call in binding.calls(api):
        for index, parameter in enumerate(closures_of(call)):
            style = _style(api, call.function, parameter.args[0])
            add(parameter.type, style, index if style == "handlers" else 0)
        for parameter in call.parameters:
            if parameter.kind == "prompt":
                member = next(m for m in api.structs[parameter.type].members if m.type in api.callbacks)
                add(member.type, "call")
    for events in api.events.values():
        for event in events.events:
            add(event.callback, "event")
    return list(found.values())


def invoked(api: model.Api) -> list[model.Callback]:
    """What scripts' event loops are given to call."""
    names = {arg.type for item in trampolines(api) for arg in native_args(item.callback)}
    return [callback for name, callback in api.callbacks.items() if name in names]


def header(api: model.Api) -> str:
    out = ""
    for item in trampolines(api):
        out += shapes.callback_prototype(api, item.callback, item.name) + ";\n"
        if item.style == "forever":
            out += f"extern struct closure *forever_{item.callback.name};\n"
    for events in api.events.values():
        out += f"extern void (*const events_of_{events.name}[])(void);\nextern const int n_events_of_{events.name};\n"
    return out


def public_header(api: model.Api) -> str:
    out = "/* For a script's event loop: the C functions that it was given. */\n"
    for callback in invoked(api):
        out += _invoke_prototype(api, callback) + ";\n"
    return out + "bind_value bind_free_native(struct native_callback *callback);\n"


def source(api: model.Api) -> str:
    parts = [_trampoline(api, item) for item in trampolines(api)]
    parts += [_events(api, events) for events in api.events.values()]
    parts += [_invoke(api, callback) for callback in invoked(api)]
    return "\n".join(parts)


def _invoke_prototype(api: model.Api, callback: model.Callback) -> str:
    args = "".join(f", {shapes.c_arg(api, arg, callback=True)}" for arg in callback.args if arg.type != "closure")
    return f"bind_value bind_invoke_{callback.name}(struct native_callback *callback{args})"


def _invoke(api: model.Api, callback: model.Callback) -> str:
    args = ", ".join("callback->opaque" if arg.type == "closure" else arg.name for arg in callback.args)
    return (
        f"{_invoke_prototype(api, callback)}\n{{\n    if (!callback || !callback->function)\n"
        f"        return bind_refuse(&(struct bind_site){{ {c_string(callback.name)}, \"opaque\" }}, REFUSED_VALUE, \"this callback has been freed\");\n"
        f"    (({callback.name})callback->function)({args});\n    return bind_done();\n}}\n"
    )


def _events(api: model.Api, events: model.Events) -> str:
    rows = "".join(f"    [{event.name}] = (void (*)(void)){trampoline(event.callback, 0)},\n" for event in events.events)
    table = f"events_of_{events.name}"
    return f"void (*const {table}[])(void) = {{\n{rows}}};\nconst int n_{table} = G_N_ELEMENTS({table});\n"


def _skipped(callback: model.Callback) -> set[str]:
    """Lengths vanish; but the room in an output is what a script must know."""
    out = {arg.length for arg in callback.args if arg.length and arg.dir != "out"}
    return out | {arg.name for arg in callback.args if arg.dir == "out" or arg.type == "virFreeCallback"}


def script_args(callback: model.Callback) -> list[model.Arg]:
    skipped = _skipped(callback)
    return [arg for arg in callback.args if arg.name not in skipped]


def _value(api: model.Api, item: Trampoline, arg: model.Arg) -> str:
    copies, name = item.style == "event", arg.name
    if arg.type == "closure" and native_args(item.callback):
        native = native_args(item.callback)[0].name
        free = next(other.name for other in item.callback.args if other.type == "virFreeCallback")
        return f"bind_native((void (*)(void)){native}, {name}, {free})"
    if arg.type == "closure":
        return "bind_opaque()"
    if arg.type in api.callbacks:
        return f"bind_invoker({c_string(arg.type)})"
    if arg.type == "string":
        return f"bind_{'copy' if copies else 'borrow'}_string({name})"
    if arg.type == "bytes":
        return f"bind_borrow_bytes({name}, {arg.length})"
    if arg.type == "virError":
        return f"bind_from_error({name})"
    if shapes.is_params(api, arg.type):
        return f"bind_from_params({name}, (size_t){arg.length})"
    if arg.type in api.structs:
        value = f"from_array_{arg.type}({name}, (size_t){arg.length})" if arg.array else f"from_{arg.type}({name})"
        return f"bind_mark_inout({value})" if arg.dir == "inout" else value
    if arg.type in api.objects:
        return f"bind_share_object(BIND_{arg.type}, {name})"
    wide = binding.plain(api, arg.c or arg.type) in ("ulong", "ullong", "size")
    return f"{'bind_uint' if wide else 'bind_int'}({name})"


def _closure(item: Trampoline) -> str:
    opaque = next((arg.name for arg in item.callback.args if arg.type == "closure"), "")
    if item.style == "forever":
        return f"forever_{item.callback.name}"
    if item.style == "handlers":
        return f"((struct closure **){opaque})[{item.index}]"
    return opaque


def _trampoline(api: model.Api, item: Trampoline) -> str:
    args = script_args(item.callback)
    values = "".join(f"    {_value(api, item, arg)},\n" for arg in args)
    scope = "CLOSURE_EVENT" if item.style == "event" else "CLOSURE_CALL"
    returns = item.callback.returns != "void"
    lines = [f"struct closure *closure = {_closure(item)};", "bind_value answer = bind_null();", "int done;", ""]
    lines += ["if (!closure)", f"    return{' -1' if returns else ''};"]
    lines += [f"bind_value args[] = {{\n{values}}};"]
    lines += [f"done = closure_call(closure, {scope}, args, {len(args)}, &answer);"]
    lines += _answers(api, item, args) if returns and item.style != "event" else ["(void)done;"]
    lines += [f"bind_clear_all(args, {len(args)});", "bind_clear(&answer);"]
    if returns:
        lines.append("return 0;" if item.style == "event" else "return done;")
    prototype = shapes.callback_prototype(api, item.callback, item.name)
    keep = f"struct closure *forever_{item.callback.name};\n\n" if item.style == "forever" else ""
    return f"{keep}{prototype}\n{{\n{indent(chr(10).join(lines))}\n}}\n"


def _answers(api: model.Api, item: Trampoline, args: list[model.Arg]) -> list[str]:
    """What the script's answer means to C: room filled, bytes taken, numbers, or a status."""
    callback = item.callback
    outs = [arg for arg in callback.args if arg.dir == "out"]
    if outs and outs[0].type == "bytes":
        return ["if (done == 0)", f"    done = bind_answer_bytes(&answer, {outs[0].name}, {outs[0].length});"]
    if outs:
        lines = [f"long long answers[{len(outs)}];", f"if (done == 0 && (done = bind_answer_numbers(&answer, answers, {len(outs)})) == 0) {{"]
        lines += [f"    *{arg.name} = answers[{number}];" for number, arg in enumerate(outs)]
        return [*lines, "}"]
    taken = next((arg for arg in callback.args if arg.type == "bytes"), None)
    if taken:
        return ["if (done == 0)", f"    done = bind_answer(&answer) < 0 ? -1 : (int){taken.length};"]
    lines = ["if (done == 0)", "    done = bind_answer(&answer);"]
    for number, arg in enumerate(args):
        if arg.dir == "inout":
            lines += _taken_back(api, arg, number)
    return lines


def _taken_back(api: model.Api, arg: model.Arg, number: int) -> list[str]:
    """Strings that the script has put into the records it was given."""
    struct = api.structs[arg.type]
    from .shim_struct import shown

    lines = []
    for index, member in enumerate(shown(struct)):
        if member.type == "string" and member.owner != "borrowed":
            lines += [
                f"for (size_t i = 0; done >= 0 && i < {arg.length}; i++)",
                f"    if (bind_answer_string(&args[{number}], i, {index}, &{arg.name}[i].{member.name}, &{arg.name}[i].{member.length}) < 0)",
                "        done = -1;",
            ]
    return lines


# ---- arguments of calls


def input_closure(api, call, parameter, arg, start, body) -> None:
    """The function goes to C as a trampoline, and the closure as its opaque pointer."""
    style = _style(api, call.function, arg)
    number = closures_of(call).index(parameter)
    body.pass_[arg.name] = trampoline(arg.type, number if style == "handlers" else 0)
    if style == "forever":
        body.before.append(f"bind_keep_forever(&forever_{arg.type}, {arg.name});")
    elif style == "handlers":
        _input_handler(call, arg, number, body)
    elif arg.closure:
        _input_registered(api, call, arg, style, body)


def _input_handler(call: binding.Call, arg: model.Arg, number: int, body) -> None:
    closures = closures_of(call)
    if number == 0:
        body.declare.append(f"struct closure *handlers[] = {{ {', '.join(p.args[0].name for p in closures)} }};")
    body.before.append(f"closure_lend({arg.name}, {arg.closure});")
    body.pass_[arg.closure] = "handlers"


def _input_registered(api: model.Api, call: binding.Call, arg: model.Arg, style: str, body) -> None:
    body.before += [f"closure_adopt({arg.name}, {arg.closure});", f"closure_hold({arg.name});"]
    body.pass_[arg.closure] = arg.name
    if arg.by:
        generic = trampoline(arg.type, 0)
        body.pass_[arg.name] = f"({arg.type})bind_pick(events_of_{call.function.arg(arg.by).type}, n_events_of_{call.function.arg(arg.by).type}, {arg.by}, (void (*)(void)){generic})"
    if arg.destroy:
        body.pass_[arg.destroy] = "closure_release"
        body.failed.append(f"closure_release({arg.name});")
    elif style == "call":
        body.before.append(f"bind_keep({arg.name});")


def input_prompt(api, call, parameter, arg, start, body) -> None:
    """A record with a function of the script in it: (list of numbers, function with its opaque)."""
    struct = api.structs[arg.type]
    function = next(member for member in struct.members if member.type in api.callbacks)
    opaque = next(member for member in struct.members if member.type == "closure")
    numbers = next(member for member in struct.members if member.array)
    body.declare += [f"{arg.type} {arg.name} = {{ 0 }};", "const bind_value *items = NULL;", f"size_t n_{arg.name} = 0;"]
    body.before += [
        f"if ({start.rpartition(', ')[2]} && {start.rpartition(', ')[2]}->kind != BIND_NULL) {{",
        f"    if (bind_to_items({start}, 2, &items, &to_script) < 0 ||",
        f"        bind_to_ints({start.rpartition(', ')[0]}, &items[0], &{arg.name}.{numbers.name}, &n_{arg.name}, &to_script) < 0)",
        "        goto out;",
        f"    {arg.name}.{numbers.length} = (unsigned int)n_{arg.name};",
        f"    {arg.name}.{function.name} = {trampoline(function.type, 0)};",
        f"    {arg.name}.{opaque.name} = items[1].closure;",
        "}",
    ]
    body.pass_[arg.name] = f"items ? &{arg.name} : NULL"
    body.free.append(f"g_free({arg.name}.{numbers.name});")
