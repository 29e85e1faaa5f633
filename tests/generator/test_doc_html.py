"""Reference pages of formats tell what the language of the descriptions can say."""

from __future__ import annotations

from pathlib import Path

import pytest
from generator import documents
from generator.emit import doc_html

DESCRIPTION = """<document name="box" since="1">
  <namespace prefix="own" uri="urn:own" driver="test" only="input"><element name="note" type="string"/></namespace>
  <element name="box">
    <element name="kind"><attribute name="path" type="string" form="absolute"/><text values="card wood"/></element>
    <attribute name="size" values="small large"/>
    <element name="lid"><attribute name="colour" type="string" required="grammar"/></element>
    <element name="lock" expected="size=large"><attribute name="key" type="string"/></element>
    <when of="kind" is="wood" elsewhere="refused"><element name="nails" type="uint"/></when>
    <when of="kind" is="card" elsewhere="ignored"><element name="glue" type="string"/></when>
  </element>
</document>"""
RULES = {
    "form": "text; the grammar wants a path from the root",
    "required": "<td>required by the grammar</td>",
    "required at times": "<td>required by the grammar when size is large</td>",
    "refused": "When kind is wood; read, but not allowed by the grammar otherwise.",
    "ignored": "When kind is card; allowed and not read otherwise.",
    "own namespace": "and no grammar knows them",
}


def pages(folder: Path, description: str) -> str:
    path = folder / "box.xml"
    path.write_text(description)
    formats = doc_html.Formats(documents.read([path]), folder)
    return "\n".join(doc_html.page_html(formats, form) for form in formats.formats.values())


@pytest.mark.parametrize("rule", RULES)
def test_a_page_tells_the_rule(rule: str, tmp_path: Path) -> None:
    assert RULES[rule] in pages(tmp_path, DESCRIPTION)
