"""The reader keeps places, follows includes and folds prose."""

from pathlib import Path

from generator import reader


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_elements_know_file_and_line(tmp_path):
    root = reader.read(str(write(tmp_path / "a.xml", "<a>\n  <b/>\n\n  <c/>\n</a>")), "a.xml")
    assert [child.where for child in root.children] == ["a.xml:2", "a.xml:4"]


def test_included_elements_know_their_own_file(tmp_path):
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub" / "b.xml", "<b>\n<c/></b>")
    main = write(tmp_path / "a.xml", '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="sub/b.xml"/></a>')
    root = reader.read(str(main), "a.xml")
    assert root.children[0].children[0].where == "sub/b.xml:2"
    assert reader.included_files(root) == ["a.xml", "sub/b.xml"]


def test_prose_is_folded_and_paragraphs_and_lists_stay():
    assert reader.fold("  one\n    two\n\n  three\n  - a\n    b\n  - c ") == "one two\n\nthree\n- a b\n- c"


def test_prose_of_children_is_not_the_parents(tmp_path):
    root = reader.read(str(write(tmp_path / "a.xml", "<a>mine<b>theirs</b> too</a>")))
    assert root.text == "mine too"
