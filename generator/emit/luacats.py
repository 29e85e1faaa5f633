"""LuaCATS annotations of the Lua module, for editors: one `corral.lua` that describes and never runs."""

from __future__ import annotations

from .. import binding, model, shapes
from ..text import c_string, wrap
from .constants import values
from .pyi import may_last, opens, strings

HEAD = """\
---@meta corral

---Objects are userdata with methods; `obj:free()` (`conn:close()`) gives one back early, as `<close>` does.
---Errors are raised as corral.Error. Lists start at 1, truth values are booleans, and an unsigned 64-bit
---number above 2^63-1 is the negative integer with the same bits. Floats with an integer value pass for
---integers; strings of digits do not. A list that has nil in it says how long it is in its field `n`.
---
---Functions given to events, timers and handles wait in C until virEventRunDefaultImpl() or dispatch() runs
---them in the coroutine that called it, so they may yield; the loop itself may turn in another thread. One
---that waits already when it is deregistered is still called. A handle whose loop turns in another thread
---is reported anew until the script has read from it, so better belongs to a loop that the script turns.
---Functions that must answer at once (handlers of stream data, credentials, errors, virEventRegisterImpl())
---run within the call that needs them and cannot yield; what they raise comes out of that call. The six of
---virEventRegisterImpl() can only be called in the thread that is running the script: from any other they
---fail. A coroutine that is never finished keeps its `<close>` variables open until coroutine.close().
---@class corral
---@field documents corral.documents
local corral = {}

---What failed calls raise, and calls with wrong arguments; tostring() gives the message.
---@class corral.Error
---@field code integer a VIR_ERR_ constant
---@field name string the name of that constant, such as "VIR_ERR_NO_DOMAIN"
---@field domain integer a VIR_FROM_ constant: the part of the library that failed
---@field level integer
---@field message string
---@field where string the line of the script that made the call: "script.lua:12: "
---@field str1? string
---@field str2? string
---@field str3? string
---@field int1? integer
---@field int2? integer
corral.Error = {}

---Runs the callbacks that wait, for programs that do not call virEventRunDefaultImpl(); returns how many.
---A callback may yield; what one raises comes out here, and the callbacks behind it wait for the next call.
---@return integer
function corral.dispatch() end

---How many callbacks wait for dispatch(), at most 65536.
---@return integer
function corral.pending() end

---How many callbacks found no room to wait, since the last time somebody asked.
---@return integer
function corral.lost() end
"""


def emit(api: model.Api) -> dict[str, str]:
    calls = binding.calls(api)
    parts = [HEAD]
    for module in api.modules:
        parts += [_enum(enum) for enum in module.enums]
        parts += [_paramset(paramset) for paramset in module.paramsets]
        parts += [_struct(api, struct) for struct in module.structs if struct.view in ("list", "tuple", "dict")]
    parts.append(_constants(api))
    for object in api.objects.values():
        parts.append(_class(object, [call for call in calls if call.owner == object.name], api))
    parts += [_function(api, call, "corral.") for call in calls if not call.owner]
    return {"luacats/corral.lua": "\n".join(parts) + "\nreturn corral\n"}


def _prose(text: str) -> str:
    lines = []
    for part in text.replace("@", "").split("\n"):
        lines += wrap(part, 108, "---", "---").splitlines() if part.strip() else ["---"]
    return "".join(f"{line}\n" for line in lines) if text else ""


def _aside(text: str) -> str:
    return " " + " ".join(text.replace("@", "").split()) if text else ""


def _enum(enum: model.Enum) -> str:
    values = "".join(f"{_prose(value.doc)}corral.{value.name} = {value.number}\n" for value in enum.values)
    return f"{_prose(enum.doc)}---@alias {enum.name} integer\n\n{values}"


def _constants(api: model.Api) -> str:
    """Those that are no values of an enum."""
    prose = {item.name: item.doc for module in api.modules for item in module.constants}
    prose |= {param.macro: param.doc for paramset in api.paramsets.values() for param in paramset.params}
    shown = {name: str(number) for name, number in values(api).items() if name not in api.values}
    shown |= {name: c_string(text) for name, text in strings(api).items()}
    return "".join(f"{_prose(prose.get(name, ''))}corral.{name} = {text}\n" for name, text in shown.items())


def _paramset(paramset: model.Paramset) -> str:
    fields = [
        f'---@field ["{param.name}"]? {_param_type(param)}{_aside(param.doc)}\n' for param in paramset.params if not param.pattern
    ]
    if paramset.open or any(param.pattern for param in paramset.params):
        fields.append("---@field [string] integer|number|boolean|string\n")
    return f"{_prose(paramset.doc)}---@class {paramset.name}\n{''.join(fields)}"


def _param_type(param: model.Param) -> str:
    plain = {"string": "string", "bool": "boolean", "boolean": "boolean", "double": "number"}.get(param.type, "integer")
    return f"{plain}|{plain}[]" if param.multiple else plain


def _struct(api: model.Api, struct: model.Struct) -> str:
    lengths = {member.length for member in struct.members}
    members = [member for member in struct.members if member.name not in lengths]
    fields = [
        f"---@field {f'[{number}]' if struct.view != 'dict' else member.name} {_member_type(api, member)}"
        f" {member.name if struct.view != 'dict' else ''}{_aside(member.doc)}\n"
        for number, member in enumerate(members, 1)
    ]
    return f"{_prose(struct.doc)}---@class {struct.name}\n{''.join(fields)}"


def _member_type(api: model.Api, member: model.Member) -> str:
    return _plain(api, member.type) + ("[]" if member.array else "")


SPECIAL = {
    "string": "string", "bytes": "string", "uuid": "string", "uuid-string": "string", "cpumap": "boolean[]", "closure": "any",
    "virTypedParameter": "table<string, integer|number|string|boolean>", "virError": "{ [1]: integer, [2]: integer, [3]: string }",
}


def _plain(api: model.Api, type: str) -> str:
    """One value of a described type."""
    if type in shapes.SCALARS:
        return shapes.SCALARS[type].lua
    if type in SPECIAL:
        return SPECIAL[type]
    if type in api.structs:
        return "table<string, integer>" if api.structs[type].view == "pairs" else type
    if type in api.enums or type in api.objects or type in api.paramsets:
        return type
    return _plain(api, api.aliases[type].of) if type in api.aliases else "integer"


FREE = "---Gives the object back to the library; it is of no use afterwards. Freeing twice is no mistake.\nfunction %s:free() end\n"
CONNECT = "---The connection that the object belongs to.\n---@return virConnect\nfunction %s:connect() end\n"
DOMAIN = "---The guest that the object belongs to.\n---@return virDomain\nfunction %s:domain() end\n"


def _class(object: model.Object, calls: list[binding.Call], api: model.Api) -> str:
    methods = [_function(api, call, f"{object.name}:") for call in calls]
    names = {call.name for call in calls}
    if not any(call.releases for call in calls):
        methods.append(FREE % object.name)
        methods += [CONNECT % object.name] if "connect" not in names else []
    methods += [DOMAIN % object.name] if "getDomain" in names and "domain" not in names else []
    return f"{_prose(object.doc)}---@class {object.name}\nlocal {object.name} = {{}}\ncorral.{object.name} = {object.name}\n\n" + "\n".join(methods)


def _function(api: model.Api, call: binding.Call, prefix: str) -> str:
    lines = [_prose(call.function.doc)]
    if call.function.doc and call.function.since:
        lines.append(f"---\n---{call.function.name}(), since {call.function.since}\n")
    for parameter in call.parameters:
        mark = "?" if parameter.default is not None else ""
        null = "|nil" if parameter.nullable and not mark else ""
        lines.append(f"---@param {_name(parameter.name)}{mark} {_parameter_type(api, parameter)}{null}{_aside(parameter.doc)}\n")
    names = [_name(parameter.name) for parameter in call.parameters]
    if opens(call):
        names.append("timeout")
        lines.append("---@param timeout? number seconds that neither this call nor any later one on the connection may exceed\n")
    if may_last(call):
        names.append("reconnect")
        lines.append("---@param reconnect? boolean whether the connection outlives its daemon\n")
    result = _result(api, call)
    if result:
        lines.append(f"---@return {result}{_aside(call.function.returns.doc if call.returns else '')}\n")
    if call.function.deprecated:
        lines.append("---@deprecated\n")
    return f"{''.join(lines)}function {prefix}{call.name}({', '.join(names)}) end\n"


KEYWORDS = {"and", "end", "for", "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat", "then", "until"}


def _name(name: str) -> str:
    return name + "_" if name in KEYWORDS else name


def _parameter_type(api: model.Api, parameter: binding.Parameter) -> str:
    if parameter.kind == "closure":
        return _callback(api, parameter.type)
    if parameter.kind == "list":
        return _plain(api, parameter.type) + "[]"
    if parameter.kind == "prompt":
        return "{ [1]: virConnectCredentialType[], [2]: fun(credentials: table[], opaque: any): integer, [3]: any }"
    if parameter.kind == "mapping":
        return "table<integer, integer>"
    if parameter.kind == "preset":
        return "table<string, integer>"
    return _plain(api, parameter.type)


def _callback(api: model.Api, name: str) -> str:
    callback = api.callbacks[name]
    shown = [arg for arg in callback.args if arg.name not in {other.length for other in callback.args} and arg.type != "virFreeCallback"]
    if not shown:
        return "function"
    args = ", ".join(f"{_name(arg.name)}: {_callback_type(api, arg)}" for arg in shown if arg.dir == "in")
    return f"fun({args}){': ' + _callback_result(callback) if callback.returns != 'void' else ''}"


def _callback_type(api: model.Api, arg: model.Arg) -> str:
    return "function" if arg.type in api.callbacks else _plain(api, arg.type)


def _callback_result(callback: model.Callback) -> str:
    return "any" if any(arg.dir == "out" for arg in callback.args) else "integer?"


def _result(api: model.Api, call: binding.Call) -> str:
    parts = [("", _plain_result(api, call.function.returns))] if call.returns else []
    parts += [(arg.name, _output(api, arg)) for arg in call.outputs]
    if not parts:
        return ""
    if len(parts) == 1 and not call.function.view:
        return parts[0][1]
    if call.function.view == "dict":
        return f"{{ {', '.join(f'{name}: {type}' for name, type in parts)} }}"
    return f"{{ {', '.join(f'[{number}]: {type}' for number, (_, type) in enumerate(parts, 1))} }}"


def _plain_result(api: model.Api, returns: model.Returns) -> str:
    if returns.type in ("count", "moved", "found", "fd", "status"):
        return "integer"
    return _plain(api, returns.type)


def _output(api: model.Api, arg: model.Arg) -> str:
    type = _plain(api, arg.type)
    if arg.keys:
        return "table<integer, table<integer, integer>>"
    if type.startswith("table<") or arg.type in api.paramsets:
        return f"{type}[]" if arg.rows else type
    if arg.type in ("bytes", "uuid", "uuid-string") or (arg.type == "cpumap" and not arg.rows):
        return type
    return f"{type}[]" if arg.array or arg.rows else type
