"""How a call looks from a scripting language: the bindings rule, worked out once for every language.

The receiver, lengths, free callbacks and outputs vanish from the arguments; what is left is a list of
parameters, each with a kind that says how a language passes it, and a result whose shape the
description decides."""

from __future__ import annotations

from dataclasses import dataclass

from . import model, shapes


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One argument of a script's call.

    Kinds: a scalar's name (int … double, bool, fd), string, object, closure, opaque, and the trees:
    bytes, uuid, list, dict, cpumap, record, prompt, mapping (one dict for several arrays)."""

    name: str
    kind: str
    type: str
    nullable: bool = False
    #: None when it must be given; else a number, "false", "null"
    default: str | None = None
    #: the C arguments it stands for
    args: tuple[model.Arg, ...] = ()
    doc: str = ""

    @property
    def is_tree(self) -> bool:
        return self.kind in TREES


TREES = ("bytes", "uuid", "list", "dict", "cpumap", "record", "prompt", "mapping", "preset")


@dataclass(frozen=True, kw_only=True)
class Call:
    function: model.Function
    #: the class whose method it is, empty for a function of the module
    owner: str
    name: str
    #: the argument that the object itself goes to; None when the method does not use it
    receiver: model.Arg | None
    parameters: tuple[Parameter, ...]
    #: outputs in the order of the result; an empty name is the returned value
    outputs: tuple[model.Arg, ...]
    #: whether the returned value is part of the result
    returns: bool
    #: it gives up the object that it is called on
    releases: bool

    @property
    def title(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name


def calls(api: model.Api) -> list[Call]:
    return [
        call(api, function)
        for module in api.modules
        for function in module.functions
        if function.bound and function.method and not function.internal
    ]


def call(api: model.Api, function: model.Function) -> Call:
    receiver = _receiver(api, function)
    hidden = _hidden(api, function) | ({receiver.name} if receiver else set())
    parameters: list[Parameter] = []
    preset = {name.partition("=")[0]: item for item in function.presets for name in (*item.sets, *item.keys)}
    done: set[str] = set()
    for arg in function.args:
        if arg.name in preset:
            item = preset[arg.name]
            if item.name not in done:
                parameters.append(_preset(function, item))
                done.add(item.name)
        elif arg.name not in hidden and arg.dir == "in" or _is_length_given(api, function, arg):
            parameters.append(_parameter(api, function, arg))
    return Call(
        function=function,
        owner=function.method_class,
        name=function.method_name,
        receiver=receiver,
        parameters=tuple(_defaults_last(_opaque_behind(parameters))),
        outputs=_outputs(function),
        returns=_returns(api, function),
        releases=bool(function.method_class) and function.name == api.objects[function.method_class].close,
    )


def _receiver(api: model.Api, function: model.Function) -> model.Arg | None:
    if not function.method_class:
        return None
    for arg in function.args:
        if arg.type in api.objects:
            return arg if arg.type == function.method_class and not arg.array else None
    return None


def _is_length(function: model.Function, arg: model.Arg) -> bool:
    return any(arg.name in (other.length, other.rows) for other in function.args) or arg.name == function.returns.length


def lengths_of(function: model.Function, arg: model.Arg) -> list[model.Arg]:
    """The arrays whose length (not the number of rows) an argument is."""
    return [other for other in function.args if other.length == arg.name]


def _is_length_given(api: model.Api, function: model.Function, arg: model.Arg) -> bool:
    """A buffer without a call that sizes it is sized by the script."""
    if arg.dir != "in" or arg.bind == "yes":
        return arg.bind == "yes"
    counts_in = any(other.dir == "in" for other in lengths_of(function, arg))
    sized = [
        other
        for other in function.args
        if other.dir == "out" and arg.name in (other.length, other.rows) and other.array == "capacity"
    ]
    return bool(sized) and not counts_in and not any(other.fill for other in sized) and not arg.fill


def _hidden(api: model.Api, function: model.Function) -> set[str]:
    names = {arg.name for arg in function.args if arg.bind == "no" or arg.sizeof or arg.type == "virFreeCallback"}
    names |= {arg.name for arg in function.args if _is_length(function, arg)}
    names |= {arg.keys for arg in function.args if arg.keys and arg.dir == "in"}
    return names


def is_struct_with_callback(api: model.Api, type: str) -> bool:
    return type in api.structs and any(member.type in api.callbacks for member in api.structs[type].members)


def kind_of(api: model.Api, arg: model.Arg) -> str:
    type = arg.type
    if type in api.callbacks:
        return "closure"
    if type == "closure":
        return "opaque"
    if arg.keys:
        return "mapping"
    if shapes.is_params(api, type):
        return "dict"
    if arg.array in ("counted", "null-terminated"):
        return "list"
    if type in ("bytes", "uuid", "cpumap"):
        return type
    if type in ("string", "uuid-string"):
        return "string"
    if is_struct_with_callback(api, type):
        return "prompt"
    if type in api.structs:
        return "record"
    if type in api.objects:
        return "object"
    return plain(api, arg.c or type)


def plain(api: model.Api, type: str) -> str:
    """The plain type behind a name."""
    if type in shapes.SCALARS:
        return type
    if type in api.enums:
        return "uint" if api.enums[type].flags else "int"
    return plain(api, api.aliases[type].of)


def _parameter(api: model.Api, function: model.Function, arg: model.Arg) -> Parameter:
    kind = kind_of(api, arg)
    default = arg.default
    if default is None and arg.name == "flags":
        default = "0"
    if default is None and kind == "opaque":
        default = "null"
    return Parameter(
        name=arg.keyword or arg.name,
        kind=kind,
        type=arg.type,
        nullable=arg.nullable or default == "null",
        default=default,
        args=tuple(other for other in function.args if other.name == arg.keys and other.dir == "in") + (arg,),
        doc=arg.doc,
    )


def _outputs(function: model.Function) -> tuple[model.Arg, ...]:
    """As C has them, unless the description says in which order scripts get them."""
    outputs = [arg for arg in function.args if arg.dir != "in" and not _is_length(function, arg) and not arg.sizeof]
    if function.order:
        outputs.sort(key=lambda arg: function.order.index(arg.name))
    return tuple(outputs)


def _preset(function: model.Function, preset: model.Preset) -> Parameter:
    names = preset.sets or preset.keys
    return Parameter(
        name=preset.name,
        kind="bool" if preset.sets else "preset",
        type="bool" if preset.sets else "dict",
        nullable=preset.default == "null",
        default=preset.default,
        args=tuple(function.arg(name.partition("=")[0]) for name in names),
        doc=preset.doc,
    )


def _opaque_behind(parameters: list[Parameter]) -> list[Parameter]:
    """A function comes before the value that goes with it, also where C has them the other way round."""
    for index, parameter in enumerate(parameters[:-1]):
        if parameter.kind == "opaque" and parameters[index + 1].kind == "closure":
            parameters[index : index + 2] = parameters[index + 1], parameter
    return parameters


def _defaults_last(parameters: list[Parameter]) -> list[Parameter]:
    """Languages want what may be left out behind what may not, so an early default counts only behind."""
    out: list[Parameter] = []
    optional = True
    for parameter in reversed(parameters):
        optional = optional and parameter.default is not None
        if not optional and parameter.default is not None:
            parameter = Parameter(**{**parameter.__dict__, "default": None})
        out.insert(0, parameter)
    return out


def _returns(api: model.Api, function: model.Function) -> bool:
    """Whether what C returns is for the script, or folds into an output or an exception."""
    outputs = [arg for arg in function.args if arg.dir != "in" and not _is_length(function, arg)]
    if function.returns.type in ("status", "void"):
        return False
    if function.returns.type in ("count", "found", "moved"):
        return not outputs
    if function.returns.type == "int" and not function.view:
        return not outputs
    return True
