"""The reference site: one page per module (the big one per section), search index, object diagram."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import NamedTuple

from .. import binding, documents, model, prose, shapes
from ..site import diagram, procedures
from ..site.calls import call_entry
from . import doc_html

SITE = Path(__file__).parent.parent / "site"
ROOT = Path(__file__).parent.parent.parent


class Page(NamedTuple):
    file: str
    title: str
    module: model.Module
    section: str


class Site:
    """What every page needs: where things are documented, and which driver has what."""

    def __init__(self, api: model.Api) -> None:
        self.api = api
        self.pages = [
            Page(f"{module.name}{'-' + section if section else ''}.html", title or module.summary, module, section)
            for module in api.modules
            for section, title in (module.sections or {"": ""}).items()
        ]
        self.places: dict[str, str] = {}
        for page in self.pages:
            for kind in KINDS:
                for item in of_page(page, kind):
                    self._place(page, item)
        self.drivers = driver_tables()
        self.formats = formats_of(api)
        self.calls = {call.function.name: call for call in binding.calls(api)}

    def _place(self, page: Page, item: model.Definition) -> None:
        self.places[item.name] = f"{page.file}#{item.name}"
        for value in getattr(item, "values", ()):
            self.places[value.name] = f"{page.file}#{value.name}"
        for param in getattr(item, "params", ()):
            self.places[param.macro] = f"{page.file}#{param.macro}"
        if isinstance(item, model.Enum) and item.last:
            self.places[item.last] = f"{page.file}#{item.name}"
        for pointer in (getattr(item, "pointer", ""),):
            if pointer:
                self.places[pointer] = f"{page.file}#{item.name}"

    def resolve(self, name: str) -> str | None:
        return self.places.get(name)

    def link(self, name: str) -> str:
        target = self.places.get(name)
        return f'<a href="{target}"><code>{name}</code></a>' if target else f"<code>{html.escape(name)}</code>"


WIRE = "wire.html"
KINDS = ("objects", "functions", "callbacks", "events", "structs", "paramsets", "enums", "constants", "macros", "aliases", "variables")
HEADINGS = {
    "objects": "Objects", "functions": "Calls", "callbacks": "Callbacks", "events": "Events", "structs": "Structures",
    "paramsets": "Typed parameters", "enums": "Enumerations", "constants": "Constants", "macros": "Macros",
    "aliases": "Other names", "variables": "Variables",
}


def emit(api: model.Api) -> dict[str, str]:
    site = Site(api)
    files = {f"site/{page.file}": _page(site, page) for page in site.pages}
    for form in site.formats.formats.values():
        files[f"site/{form.file}"] = _frame(site, form.file, doc_html.plain_title(form), doc_html.page_html(site.formats, form))
    files[f"site/{WIRE}"] = _frame(site, WIRE, "Procedures of the wire", procedures.page(api, site.link))
    files["site/index.html"] = _frame(site, "index.html", "Corral", _front(site))
    files["site/index.js"] = "window.SEARCH_INDEX = " + json.dumps(_index(site) + doc_html.index(site.formats), ensure_ascii=False, indent=0) + ";\n"
    for name in ("style.css", "site.js"):
        files[f"site/{name}"] = (SITE / name).read_text(encoding="utf-8")
    return files


def formats_of(api: model.Api) -> doc_html.Formats:
    """The documents that lie beside the description; it may have none."""
    folder = Path(api.files[0]).parent
    return doc_html.Formats(documents.read(sorted((folder / "api" / "documents").glob("*.xml"))), folder / "tests" / "documents")


def of_page(page: Page, kind: str) -> list:
    return [item for item in getattr(page.module, kind) if item.section == page.section]


def driver_tables() -> dict[str, list[str]]:
    """slot -> the drivers whose tables name it."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "core" / "drivers").glob("*/*.[ch]")):
        for slot in re.findall(r"^\s*(?:\.(\w+)\s*=|SLOT\((\w+)\))", path.read_text(encoding="utf-8"), re.M):
            found.setdefault("".join(slot), set()).add(path.parent.name)
    return {slot: sorted(names) for slot, names in found.items()}


def _frame(site: Site, file: str, title: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)} · Corral reference</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<header>
<a class="home" href="index.html">Corral</a>
<div class="search"><input id="search" type="search" placeholder="Search: name or words  ( / )" aria-label="Search" autocomplete="off"><ul id="results" hidden></ul></div>
</header>
<div class="page">
{_navigation(site, file)}
<main>
{body}
</main>
</div>
<script src="index.js"></script>
<script src="site.js"></script>
</body>
</html>
"""


def _navigation(site: Site, file: str) -> str:
    items = []
    for module in site.api.modules:
        pages = [page for page in site.pages if page.module is module]
        if len(pages) == 1:
            items.append(f"<li>{_navigation_link(pages[0].file, pages[0].title, file)}</li>")
        else:
            inner = "".join(f"<li>{_navigation_link(page.file, page.title, file)}</li>" for page in pages)
            items.append(f"<li>{html.escape(module.summary)}<ul>{inner}</ul></li>")
    forms = "".join(f"<li>{_navigation_link(form.file, form.document.name, file)}</li>" for form in site.formats.formats.values())
    if forms:
        items.append(f"<li>XML documents<ul>{forms}</ul></li>")
    items.append(f"<li>{_navigation_link(WIRE, 'Procedures of the wire', file)}</li>")
    return f"<nav><details open><summary>Contents</summary><ul><li>{_navigation_link('index.html', 'Overview', file)}</li>{''.join(items)}</ul></details></nav>"


def _navigation_link(target: str, title: str, here: str) -> str:
    return f'<a href="{target}"{" class=here" if target == here else ""}>{html.escape(title)}</a>'


def _front(site: Site) -> str:
    api = site.api
    counts = f"{len(api.functions)} calls, {len(api.objects)} classes, {sum(len(enum.values) for enum in api.enums.values())} constants"
    objects = "".join(
        f"<tr><td>{site.link(item.name)}</td><td>{prose.inline(prose.summary(item.doc), site.resolve)}</td></tr>"
        for item in api.objects.values()
    )
    return f"""<h1>Corral reference</h1>
<p>Version {api.version}; compatible with {api.compatible} of the field. {counts}, each in C, Python and Lua.
The tabs keep to the language you chose.</p>
<h2>How the objects relate</h2>
<div class="diagram">{diagram.draw(site.api, site.resolve)}</div>
<p class="quiet">A full line leads from an object to those that it makes, finds or lists; a dashed one to those that its calls use.</p>
<h2>Classes</h2>
<table><tbody>{objects}</tbody></table>
"""


def _page(site: Site, page: Page) -> str:
    parts = [f"<h1>{html.escape(page.title)}</h1>", f"<p class=quiet><code>#include &lt;corral/{page.module.header}.h&gt;</code></p>"]
    functions = of_page(page, "functions")
    if functions:
        links = "".join(f'<li><a href="#{item.name}"><code>{item.name}</code></a></li>' for item in functions)
        parts.append(f"<ul class=list>{links}</ul>")
    for kind in KINDS:
        items = of_page(page, kind)
        if items:
            parts.append(f"<h2>{HEADINGS[kind]}</h2>")
            parts += [ENTRIES[kind](site, item) for item in items]
    return _frame(site, page.file, page.title, "\n".join(parts))


def _entry(item: model.Definition, title: str, body: str) -> str:
    since = f'<dl class="facts"><div><dt>since</dt><dd>{item.since}</dd></div></dl>' if item.since else ""
    return f'<section class="entry" id="{item.name}"><h3><a class="self" href="#{item.name}"><code>{title}</code></a></h3>{body}{since}</section>'


def _table(rows: list[tuple[str, ...]], head: tuple[str, ...]) -> str:
    if not rows:
        return ""
    header = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"


def _object(site: Site, item: model.Object) -> str:
    methods = [call for call in site.calls.values() if call.owner == item.name]
    links = "".join(f"<li><a href=\"{site.places[call.function.name]}\"><code>{call.name}</code></a></li>" for call in methods)
    parent = f"<p>Belongs to a {site.link(item.parent)}.</p>" if item.parent else ""
    return _entry(item, item.name, f"{prose.to_html(item.doc, site.resolve)}{parent}<h4>Methods in Python and Lua</h4><ul class=list>{links}</ul>")


def _enum(site: Site, item: model.Enum) -> str:
    rows = [
        (f'<code id="{value.name}">{value.name}</code>', hex(value.number) if item.flags and value.number else str(value.number), prose.inline(value.doc, site.resolve))
        for value in item.values
    ]
    return _entry(item, item.name, prose.to_html(item.doc, site.resolve) + _table(rows, ("name", "value", "meaning")))


def _struct(site: Site, item: model.Struct) -> str:
    if item.builtin:
        return _entry(item, item.name, "<p class=quiet>See the header for its layout.</p>")
    rows = [
        (f"<code>{member.name}</code>", f"<code>{html.escape(member.type)}{'[]' if member.array else ''}</code>", prose.inline(member.doc, site.resolve) + (f" ({member.unit})" if member.unit else ""))
        for member in item.members
    ]
    return _entry(item, item.name, prose.to_html(item.doc, site.resolve) + _table(rows, ("member", "type", "meaning")))


def _paramset(site: Site, item: model.Paramset) -> str:
    rows = [
        (f'<code id="{param.macro}">{html.escape(param.pattern or param.name)}</code>', f"<code>{param.macro}</code>", param.type, prose.inline(param.doc, site.resolve))
        for param in item.params
    ]
    open_ = "<p class=quiet>Drivers may add others.</p>" if item.open else ""
    return _entry(item, item.name, prose.to_html(item.doc, site.resolve) + _table(rows, ("name", "constant", "type", "meaning")) + open_)


def _callback(site: Site, item: model.Callback) -> str:
    code = html.escape(shapes.callback_prototype(site.api, item, f"(*{item.name})"))
    rows = [(f"<code>{arg.name}</code>", prose.inline(arg.doc, site.resolve)) for arg in item.args]
    return _entry(item, item.name, prose.to_html(item.doc, site.resolve) + f"<pre>{code};</pre>" + _table(rows, ("argument", "meaning")))


def _events(site: Site, item: model.Events) -> str:
    rows = [(site.link(event.name), site.link(event.callback)) for event in item.events]
    body = prose.to_html(item.doc, site.resolve) + _table(rows, ("event", "callback"))
    return f'<section class="entry"><h3><code>{item.name}</code></h3>{body}</section>'


def _constant(site: Site, item: model.Constant) -> str:
    return _entry(item, item.name, prose.to_html(item.doc, site.resolve) + f"<pre>{html.escape(item.value)}</pre>")


def _macro(site: Site, item: model.Macro) -> str:
    title = f"{item.name}({', '.join(item.args)})"
    return _entry(item, title, prose.to_html(item.doc, site.resolve) + f"<pre>{html.escape(item.value)}</pre>")


def _alias(site: Site, item: model.Alias) -> str:
    return _entry(item, item.name, prose.to_html(item.doc, site.resolve) + f"<p>Another name of {site.link(item.of)}.</p>")


def _variable(site: Site, item: model.Variable) -> str:
    return _entry(item, item.name, prose.to_html(item.doc, site.resolve) + f"<p>A {site.link(item.type)}.</p>")


ENTRIES = {
    "objects": _object, "functions": call_entry, "callbacks": _callback, "events": _events, "structs": _struct,
    "paramsets": _paramset, "enums": _enum, "constants": _constant, "macros": _macro, "aliases": _alias, "variables": _variable,
}


def _index(site: Site) -> list[dict[str, str]]:
    """Short keys: n name, h place, k kind, s what is shown, t the words that are searched."""
    entries = []
    for page in site.pages:
        for kind in KINDS:
            for item in of_page(page, kind):
                if kind == "events":
                    continue
                call = site.calls.get(item.name)
                shown = prose.summary(item.doc) or HEADINGS[kind]
                words = " ".join([item.doc, call.title if call else "", *(arg.doc for arg in getattr(item, "args", ()) if isinstance(arg, model.Arg))])
                entries.append({"n": item.name, "h": site.places[item.name], "k": kind.rstrip("s"), "s": shown, "t": words})
                for value in getattr(item, "values", ()):
                    entries.append({"n": value.name, "h": site.places[value.name], "k": "value", "s": prose.summary(value.doc) or item.name, "t": value.doc})
    return entries
