"""One call on the reference site: its forms in three languages, arguments, errors, facts, examples."""

from __future__ import annotations

import html
import textwrap
from typing import TYPE_CHECKING

from .. import binding, model, prose, shapes

if TYPE_CHECKING:
    from ..emit.html import Site

LANGUAGES = {"c": "C", "python": "Python", "lua": "Lua"}


def call_entry(site: Site, function: model.Function) -> str:
    call = site.calls.get(function.name)
    parts = [
        prose.to_html(function.doc, site.resolve) or "<p class=quiet>No description yet.</p>",
        _tabs({"c": _c_form(site, function)} | _script_forms(call)),
        _arguments(site, function, call),
        _returns(site, function),
        _errors(site, function),
        _examples(function),
        _facts(site, function, call),
    ]
    title = f'<h3><a class="self" href="#{function.name}"><code>{function.name}</code></a></h3>'
    return f'<section class="entry" id="{function.name}">{title}{"".join(parts)}</section>'


def _tabs(forms: dict[str, str]) -> str:
    tabs = "".join(
        f'<button type="button" role="tab" data-language="{language}" aria-selected="false">{LANGUAGES[language]}</button>' for language in forms
    )
    panels = "".join(f'<pre role="tabpanel" data-language="{language}">{html.escape(text)}</pre>' for language, text in forms.items())
    return f'<div class="tabs"><div role="tablist">{tabs}</div>{panels}</div>'


def _c_form(site: Site, function: model.Function) -> str:
    head, _, rest = shapes.prototype(site.api, function).partition("(")
    args = rest.removesuffix(")")
    one_line = f"{head}({args});"
    if len(one_line) <= 88:
        return one_line
    pad = " " * (len(head) + 1)
    return f"{head}(" + f",\n{pad}".join(args.split(", ")) + ");"


def _script_forms(call: binding.Call | None) -> dict[str, str]:
    if call is None:
        return {}
    receiver = variable(call.owner) if call.owner else "corral"
    python = ", ".join(_python_parameter(parameter) for parameter in call.parameters)
    lua = ""
    for number, parameter in enumerate(call.parameters):
        name = (", " if number else "") + parameter.name
        lua += f" [{name}" if parameter.default is not None else name
    lua += "]" * sum(parameter.default is not None for parameter in call.parameters)
    return {
        "python": f"{receiver}.{call.name}({python})",
        "lua": f"{receiver}{':' if call.owner else '.'}{call.name}({lua.strip()})",
    }


def variable(owner: str) -> str:
    """What an object of the class is called in examples."""
    from ..text import snake

    return {"virConnect": "conn", "virDomain": "dom", "virNetwork": "net", "virStoragePool": "pool", "virStorageVol": "vol"}.get(owner, snake(owner).split("_")[-1])


def _python_parameter(parameter: binding.Parameter) -> str:
    if parameter.default is None:
        return parameter.name
    words = {"null": "None", "false": "False", "true": "True"}
    return f"{parameter.name}={words.get(parameter.default, parameter.default)}"


def _type(site: Site, arg: model.Arg) -> str:
    shown = site.link(arg.type) if arg.type in site.places else f"<code>{html.escape(arg.type)}</code>"
    return shown + ("[]" if arg.array else "")


def _arguments(site: Site, function: model.Function, call: binding.Call | None) -> str:
    if not function.args:
        return ""
    rows = ""
    seen_by_scripts = {arg.name for parameter in call.parameters for arg in parameter.args} if call else set()
    for arg in function.args:
        notes = []
        if arg.dir != "in":
            notes.append({"out": "filled in", "inout": "in and out"}[arg.dir])
        if arg.nullable:
            notes.append("may be NULL")
        if arg.unit:
            notes.append(arg.unit)
        if call and arg.name not in seen_by_scripts and arg is not call.receiver:
            notes.append("C only")
        note = f' <span class="quiet">({", ".join(notes)})</span>' if notes else ""
        rows += f"<tr><td><code>{arg.name}</code></td><td>{_type(site, arg)}</td><td>{prose.inline(arg.doc, site.resolve)}{note}</td></tr>"
    return f"<h4>Arguments</h4><table><thead><tr><th>name</th><th>type</th><th>meaning</th></tr></thead><tbody>{rows}</tbody></table>"


SCRIPTS = {
    "status": "0, or -1 on failure; scripts get an exception instead",
    "count": "how many, or -1 on failure; scripts get the list itself and an exception",
    "found": "1 with a result, 0 without one, -1 on failure",
    "bool": "1 for yes, 0 for no, -1 on failure; true or false in Lua",
    "moved": "bytes moved, or a negative number",
    "void": "",
}


def _returns(site: Site, function: model.Function) -> str:
    returns = function.returns
    text = prose.inline(returns.doc, site.resolve) or SCRIPTS.get(returns.type, "")
    if not text and returns.type == "void":
        return ""
    unit = f" ({returns.unit})" if returns.unit else ""
    owner = "; stays the library's" if returns.owner == "borrowed" and returns.type in ("string", *site.api.objects) else ""
    return f"<h4>Returns</h4><p>{text or site.link(returns.type)}{unit}{owner}</p>"


def implied_errors(api: model.Api, function: model.Function) -> list[tuple[str, str]]:
    """What the generated entry point itself may answer."""
    implied = []
    objects = [arg for arg in function.args if arg.type in api.objects and arg.dir == "in"]
    for code in dict.fromkeys(api.objects[arg.type].invalid for arg in objects):
        implied.append((code, "not a live object of that class"))
    if any(not arg.nullable and arg.type not in api.objects for arg in function.args) or function.args[1:]:
        implied.append(("VIR_ERR_INVALID_ARG", "an argument is missing or outside its bounds"))
    if function.access == "write":
        implied.append(("VIR_ERR_OPERATION_DENIED", "the connection is read-only"))
    if function.impl == "slot":
        implied.append(("VIR_ERR_NO_SUPPORT", "the driver does not have this call"))
    return implied


def _errors(site: Site, function: model.Function) -> str:
    stated = {error.code: error.doc for error in function.errors}
    rows = [(code, prose.inline(doc, site.resolve)) for code, doc in stated.items()]
    rows += [(code, f"<span class=quiet>{doc}</span>") for code, doc in implied_errors(site.api, function) if code not in stated]
    if not rows:
        return ""
    body = "".join(f"<tr><td>{site.link(code)}</td><td>{doc}</td></tr>" for code, doc in rows)
    return f"<h4>Errors</h4><table><tbody>{body}</tbody></table>"


def _examples(function: model.Function) -> str:
    forms = {example.language: textwrap.dedent(example.code.strip("\n")).strip() for example in function.examples}
    return f"<h4>Example</h4>{_tabs(dict(sorted(forms.items(), key=lambda form: list(LANGUAGES).index(form[0]))))}" if forms else ""


def _facts(site: Site, function: model.Function, call: binding.Call | None) -> str:
    facts = [("since", function.since)]
    if function.deprecated:
        facts.append(("deprecated", function.deprecated))
    if call:
        facts.append(("method", call.title))
    if function.access:
        facts.append(("access", {"read": "also on read-only connections", "write": "not on read-only connections"}[function.access]))
    needs = sorted({need for acl in function.acl if not acl.condition for need in acl.need})
    if needs:
        facts.append(("permission", ", ".join(needs)))
    if function.impl == "slot":
        facts.append(("drivers", ", ".join(site.drivers.get(function.slot, [])) or "none yet"))
    else:
        facts.append(("drivers", "all"))
    body = "".join(f"<div><dt>{name}</dt><dd>{html.escape(value)}</dd></div>" for name, value in facts)
    return f'<dl class="facts">{body}</dl>'
