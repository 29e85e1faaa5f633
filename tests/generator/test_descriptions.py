"""The generator's side of documents: what the checker refuses, and what comes out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from generator import documents
from generator.document_layout import Layout
from generator.documents import DescriptionError, snake

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BAD = sorted((HERE / "bad_documents").glob("*.xml"))
DESCRIPTIONS = sorted((ROOT / "api" / "documents").glob("*.xml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_named_with_its_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    with pytest.raises(DescriptionError) as refused:
        documents.read([path.name])
    assert str(refused.value) + "\n" == path.with_suffix(".err").read_text()


def test_every_mistake_has_its_message() -> None:
    assert len(BAD) > 50
    assert {path.stem for path in BAD} == \
        {path.stem for path in (HERE / "bad_documents").glob("*.err")}


def emitted(name: str, tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "made.xml"
    path.write_text(text)
    return documents.emitter(name)(documents.read([path]))


def test_members_of_all_blocks_lie_side_by_side(tmp_path: Path) -> None:
    header = emitted("doc_struct", tmp_path, """<document name="made"><element name="made">
        <attribute name="type" values="a b-c" required="yes"/>
        <when of="type" is="a"><attribute name="maxSize" type="uint"/></when>
        <when of="type" is="b-c"><element name="item" list="items" type="string"/></when>
        </element></document>""")["made_doc.h"]
    assert "enum made_type {\n    MADE_TYPE_A = 1,\n    MADE_TYPE_B_C,\n} __attribute__((packed));" in header
    assert ("struct made {\n    enum made_type type;\n    unsigned max_size;\n    bool has_max_size;\n"
            "    char **items;\n    size_t n_items;\n};") in header


def test_an_included_struct_has_two_names(tmp_path: Path) -> None:
    header = emitted("doc_struct", tmp_path, """<document name="made">
        <struct name="place"><attribute name="slot" type="uint" absent="0"/></struct>
        <element name="made"><include struct="place"/></element></document>""")["made_doc.h"]
    assert "union {\n        struct made_place place;\n        struct {\n            unsigned slot;" \
        in header


def test_zero_is_told_from_absent_only_where_it_matters(tmp_path: Path) -> None:
    path = tmp_path / "made.xml"
    path.write_text("""<document name="made"><element name="made">
        <attribute name="plain" type="uint"/> <attribute name="zero" type="uint" absent="0"/>
        <attribute name="filled" type="uint" default="1"/>
        <attribute name="needed" type="uint" required="yes"/>
        <element name="point"><attribute name="x" type="uint" required="yes"/></element>
        </element></document>""")
    layout = Layout(documents.read([path]))
    made = layout.structs["made"].members
    assert {name for name, member in made.items() if member.has} == {"plain"}
    assert layout.structs["made_point"].members["x"].has


def in_parts(tmp_path: Path, part: str) -> Path:
    """A document whose struct comes from a part, imported twice."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "part.xml").write_text(f"<document name='made'>\n{part}</document>")
    (tmp_path / "deep" / "other.xml").write_text(
        "<document name='made'><import file='part.xml'/></document>")
    path = tmp_path / "made.xml"
    path.write_text("""<document name="made"><import file="deep/part.xml"/><import file="deep/other.xml"/>
        <element name="made"><element name="inner" type="thing"/></element></document>""")
    return path


def test_parts_belong_to_the_document_that_imports_them(tmp_path: Path) -> None:
    read = documents.read([in_parts(
        tmp_path, "<struct name='thing'><attribute name='size' type='uint'/></struct>")])
    assert list(read.documents) == ["made"]
    assert list(Layout(read).structs) == ["made_thing", "made"]
    assert list(documents.emitter("doc_struct")(read)) == ["made_doc.h"]


def test_a_part_has_no_root_element(tmp_path: Path) -> None:
    part = "<struct name='thing'><attribute name='size' type='uint'/></struct><element name='made'/>"
    with pytest.raises(DescriptionError, match="made.xml:2: a document has one root element"):
        documents.read([in_parts(tmp_path, part)])


def test_a_mistake_in_a_part_is_named_with_the_part(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match="part.xml:2: unknown type 'uimt'"):
        documents.read([in_parts(
            tmp_path, "<struct name='thing'><attribute name='size' type='uimt'/></struct>")])


def test_every_part_is_imported() -> None:
    parts = {path.resolve() for path in (ROOT / "api" / "documents").glob("*/*.xml")}
    read = documents.read(DESCRIPTIONS)
    used = {Path(item.place.file).resolve() for document in read.documents.values()
            for item in [*document.structs.values(), *document.enums.values()]}
    assert parts and parts <= used


@pytest.mark.parametrize("name, expected", [
    ("dumpCore", "dump_core"), ("virtio-options", "virtio_options"), ("on_crash", "on_crash"),
    ("pcihole64", "pcihole64"), ("ImageFormat", "image_format"),
])
def test_names_become_snake_case(name: str, expected: str) -> None:
    assert snake(name) == expected


def run(output: Path, *emit: str) -> None:
    subprocess.run([sys.executable, "-m", "generator.documents", "--emit", *emit, "-o", output,
                    *DESCRIPTIONS], cwd=ROOT, check=True)


def test_an_unchanged_output_keeps_its_time(tmp_path: Path) -> None:
    run(tmp_path, "doc_struct", "doc_types")
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    (tmp_path / "secret_doc.h").write_text("changed")
    changed = (tmp_path / "secret_doc.h").stat().st_mtime_ns
    run(tmp_path, "doc_struct", "doc_types")
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"secret_doc.h"}
    assert after["secret_doc.h"] != changed or \
        "struct secret {" in (tmp_path / "secret_doc.h").read_text()


def test_outputs_do_not_depend_on_the_run(tmp_path: Path) -> None:
    names = sorted(documents.EMITTERS)
    run(tmp_path / "a", *names)
    run(tmp_path / "b", *names)
    for path in (tmp_path / "a").iterdir():
        assert path.read_text() == (tmp_path / "b" / path.name).read_text()


def test_typed_dictionaries_are_python(tmp_path: Path) -> None:
    run(tmp_path, "doc_types")
    for path in tmp_path.glob("*.pyi"):
        compile(path.read_text(), path.name, "exec")


def test_a_wrong_description_writes_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "generator.documents", "--emit", "doc_table", "-o", tmp_path / "out",
         HERE / "bad_documents" / "unknown-type.xml"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.endswith("unknown-type.xml:2: unknown type 'strnig'\n")
    assert not (tmp_path / "out").exists()
