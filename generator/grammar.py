"""The vocabulary of the description, read from api.rng: one grammar serves editors and the reader.

Only the part of RELAX NG that api.rng uses is understood: <define> of one <element>, its attributes
(optional or not; free, a choice of words, or typed), and references to child elements.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from . import reader
from .reader import Element, Mistake

TYPES = {
    "integer": (re.compile(r"[+-]?\d+"), "a whole number"),
    "NMTOKEN": (re.compile(r"[\w.:-]+"), "a name"),
    "version": (re.compile(r"\d+(\.\d+)*"), "a version such as 0.9.13"),
    "number": (re.compile(r"0x[0-9a-f]+|[0-9]+"), "a number such as 10 or 0xa"),
    "numbers": (re.compile(r"[0-9]+( [0-9]+)*"), "one or more numbers"),
    "range": (re.compile(r"[0-9]+(-[0-9]+)?"), "a number or a range such as 2-5"),
}


@dataclass
class Rule:
    attributes: dict[str, tuple[str, ...] | str | None] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    children: set[str] = field(default_factory=set)
    text: bool = False


def load(file: str = "api.rng") -> dict[str, Rule]:
    path = os.path.join(os.path.dirname(__file__), file)
    rules = {}
    for define in reader.read(path, file).children:
        if define.tag == "define" and define.children[0].tag == "element":
            rules[define.attributes["name"]] = _rule(define.children[0])
    return rules


def _rule(element: Element) -> Rule:
    rule = Rule()

    def walk(node: Element, optional: bool) -> None:
        if node.tag == "attribute":
            name = node.attributes["name"]
            rule.attributes[name] = _accepted(node)
            if not optional:
                rule.required.append(name)
            return
        if node.tag == "ref":
            rule.children.add(node.attributes["name"])
        if node.tag in ("text", "mixed"):
            rule.text = True
        for child in node.children:
            walk(child, optional or node.tag == "optional")

    for child in element.children:
        walk(child, False)
    return rule


def _accepted(attribute: Element) -> tuple[str, ...] | str | None:
    """The words, the type's name, or None where any text will do."""
    if not attribute.children:
        return None
    inner = attribute.children[0]
    if inner.tag == "ref":
        return inner.attributes["name"]
    if inner.tag == "data":
        return inner.attributes["type"]
    values = [inner] if inner.tag == "value" else inner.find_all("value")
    return tuple("".join(value.pieces) for value in values)


def validate(element: Element, rules: dict[str, Rule], parent: str = "") -> None:
    rule = rules.get(element.tag)
    if rule is None:
        known = ", ".join(f"<{child}>" for child in sorted(rules[parent].children)) if parent else "<api>"
        raise Mistake(element.where, f"unknown element <{element.tag}>: {_inside(parent)} accepted are {known}")
    _validate_attributes(element, rule)
    if not rule.text and element.text:
        raise Mistake(element.where, f"<{element.tag}> has no text of its own: '{element.text[:40]}'")
    for child in element.children:
        if child.tag in rules and child.tag not in rule.children:
            # what an include brings in is checked in the place where it lands
            accepted = ", ".join(f"<{name}>" for name in sorted(rule.children)) or "none"
            raise Mistake(child.where, f"<{child.tag}> does not belong {_inside(element.tag)}: accepted are {accepted}")
        validate(child, rules, element.tag)


def _inside(parent: str) -> str:
    return f"inside <{parent}>" if parent else "at the top"


def _validate_attributes(element: Element, rule: Rule) -> None:
    for name, value in element.attributes.items():
        if name not in rule.attributes:
            known = ", ".join(sorted(rule.attributes))
            raise Mistake(element.where, f"unknown attribute '{name}' of <{element.tag}>: accepted are {known}")
        accepted = rule.attributes[name]
        if isinstance(accepted, tuple) and value not in accepted:
            words = ", ".join(accepted)
            raise Mistake(element.where, f"'{value}' is not a value of '{name}' in <{element.tag}>: accepted are {words}")
        if isinstance(accepted, str):
            pattern, what = TYPES[accepted]
            if not pattern.fullmatch(value):
                raise Mistake(element.where, f"'{value}' is not a value of '{name}' in <{element.tag}>: {what} is accepted")
    for name in rule.required:
        if name not in element.attributes:
            raise Mistake(element.where, f"<{element.tag}> needs '{name}'")
