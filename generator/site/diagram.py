"""The diagram of objects: who makes, finds or lists whom, drawn as SVG from the description."""

from __future__ import annotations

from typing import Callable

from .. import model

WIDTH, HEIGHT, GAP_X, GAP_Y = 178, 34, 110, 16
MARGIN = 46


def relations(api: model.Api) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(makes, uses): pairs of objects, each pair once."""
    makes: list[tuple[str, str]] = []
    uses: list[tuple[str, str]] = []
    for item in api.objects.values():
        if item.parent:
            makes.append((item.parent, item.name))
    for function in api.functions.values():
        owner = function.method_class
        if not owner:
            continue
        made = [function.returns.type] + [arg.type for arg in function.args if arg.dir == "out"]
        for other in made:
            if other in api.objects and api.objects[other].parent not in ("", owner) and other != owner and function.impl != "field":
                makes.append((owner, other))
        for arg in function.args[1:]:
            if arg.type in api.objects and arg.dir == "in" and arg.type not in (owner, "virConnect"):
                if owner != "virConnect":
                    uses.append((owner, arg.type))
    return list(dict.fromkeys(makes)), [pair for pair in dict.fromkeys(uses) if pair not in makes]


def _columns(api: model.Api) -> list[list[str]]:
    depth: dict[str, int] = {}

    def of(name: str) -> int:
        if name not in depth:
            parent = api.objects[name].parent
            depth[name] = of(parent) + 1 if parent else 0
        return depth[name]

    columns: list[list[str]] = []
    for name in api.objects:
        while len(columns) <= of(name):
            columns.append([])
        columns[of(name)].append(name)
    return columns


def draw(api: model.Api, resolve: Callable[[str], str | None]) -> str:
    columns = _columns(api)
    # what an object's makers other than its parent are stands further right: volumes beside their pools
    makes, uses = relations(api)
    for source, target in makes:
        if target in columns[1] and source in columns[1]:
            columns[1].remove(target)
            if len(columns) < 3:
                columns.append([])
            columns[2].append(target)
    rows = max(len(column) for column in columns)
    total = rows * (HEIGHT + GAP_Y)
    place: dict[str, tuple[int, int]] = {}
    for x, column in enumerate(columns):
        step = total / max(len(column), 1)
        for y, name in enumerate(column):
            place[name] = (x * (WIDTH + GAP_X) + 2, int(step * y + step / 2 - HEIGHT / 2))
    width = len(columns) * (WIDTH + GAP_X) - GAP_X + 4 + MARGIN
    paths = [_path(place[a], place[b], "makes") for a, b in makes if _shown(columns, makes, a, b)]
    paths += [_path(place[a], place[b], "uses") for a, b in uses]
    boxes = [_box(name, *at, resolve(name)) for name, at in place.items()]
    return f'<svg viewBox="0 0 {width} {total}" width="{width}" height="{total}" role="img" aria-label="How the objects relate">{"".join(paths)}{"".join(boxes)}</svg>'


def _shown(columns: list[list[str]], makes: list[tuple[str, str]], source: str, target: str) -> bool:
    """A volume's line comes from its pool: those from the connection and back again would only repeat it."""
    column = {name: number for number, names in enumerate(columns) for name in names}
    if column[target] <= column[source]:
        return False
    nearer = [a for a, b in makes if b == target and column[source] < column[a] < column[target]]
    return not nearer


def _path(a: tuple[int, int], b: tuple[int, int], kind: str) -> str:
    x1, y1, x2, y2 = a[0] + WIDTH, a[1] + HEIGHT // 2, b[0], b[1] + HEIGHT // 2
    if a[0] == b[0]:  # around the right side
        bend = x1 + MARGIN
        return f'<path class="{kind}" d="M{x1} {y1} C{bend} {y1} {bend} {y2} {x1} {y2}"/>'
    if x2 < x1:  # backwards: from the left side to the right one
        x1, x2 = a[0], b[0] + WIDTH
    middle = (x1 + x2) // 2
    return f'<path class="{kind}" d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}"/>'


def _box(name: str, x: int, y: int, target: str | None) -> str:
    return (
        f'<a href="{target}"><rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
        f'<text x="{x + WIDTH // 2}" y="{y + HEIGHT // 2 + 5}" text-anchor="middle">{name}</text></a>'
    )
