"""Single calls are named in the description alone: bindings and emitters know none of them."""

import csv
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: what the bindings themselves call, as any program does, or tell people to call: file -> names. Nothing of it is about
#: how a call is bound; a name more, or one that has gone, fails the test.
OWN = {
    "bindings/documents.c": {"virResetLastError"},
    "bindings/documents_diff.c": {"virResetLastError"},
    "bindings/shim_results.c": {"virGetLastErrorCode", "virNodeGetCPUMap", "virNodeGetInfo", "virTypedParamsFree"},
    "bindings/lua/error.c": {"virFreeError", "virSaveLastError"},
    "bindings/lua/init.lua": {"virEventRunDefaultImpl"},
    "bindings/lua/state.c": {"virSetErrorFunc"},
    "bindings/python/error.c": {"virGetLastError"},
    "bindings/python/closure.c": {"virSetErrorFunc"},
    "bindings/python/corral/_errors.py": {"virGetLastError"},
    "bindings/python/corral/aio.py": {"virEventAddTimeout", "virEventRegisterDefaultImpl", "virEventRunDefaultImpl", "virEventUpdateTimeout"},
    "bindings/python/compat/libvirtaio.py": {"virEventRegisterImpl"},
    "generator/emit/luacats.py": {"virEventRegisterImpl", "virEventRunDefaultImpl"},
    "generator/emit/objects.py": {"virTypedParamsFree"},
    "generator/emit/shim.py": {"virTypedParamsFree"},
}


def known():
    with open(ROOT / "tests" / "facts" / "functions.tsv", encoding="utf-8") as stream:
        return {row["name"] for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)}


def named(text, names):
    return set(re.findall(r"\bvir\w+", text)) & names


def test_no_call_is_named_in_a_binding_or_an_emitter():
    names, found = known(), defaultdict(set)
    assert len(names) > 500
    files = [*ROOT.glob("bindings/**/*"), *ROOT.glob("generator/emit/*.py"), *ROOT.glob("generator/binding.py")]
    for path in files:
        if path.is_file() and path.suffix != ".pyc":
            used = named(path.read_text(), names)
            if used:
                found[str(path.relative_to(ROOT))] = used
    assert found == OWN


def test_interfaces_that_are_written_by_hand_name_no_call():
    assert {str(path): named(path.read_text(), known()) for path in ROOT.glob("bindings/**/*.i") if named(path.read_text(), known())} == {}


def test_a_name_is_found():
    assert named("x = virDomainGetInfo(dom)", known()) == {"virDomainGetInfo"}
    assert named("virDomainGetInfos", known()) == set()
