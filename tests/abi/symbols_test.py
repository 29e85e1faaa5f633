"""What the built library exports: the description's names under the versions they came with, and nothing else."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from generator import builder
from generator.text import version_key

SOURCE = Path(os.environ.get("CORRAL_SOURCE", Path(__file__).parents[2]))
LIBRARY = Path(os.environ.get("CORRAL_BUILD", SOURCE / "build")) / "lib" / "libcorral.so.0"
GENERATED = LIBRARY.parents[1] / "generated"
PREFIXES = {"": "LIBVIRT_", "qemu": "LIBVIRT_QEMU_", "lxc": "LIBVIRT_LXC_", "corral": "CORRAL_"}
#: what the sanitizers' compilers add to a library
SANITIZER = ("__odr_asan", "__asan_", "__ubsan_", "__tsan_")


def read_exports(text):
    """name -> [(version node, type)] of what `readelf --dyn-syms` says is defined and visible."""
    exports = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) < 8 or not words[0].endswith(":") or words[6] in ("UND", "Ndx"):
            continue
        kind, binding, name = words[3], words[4], words[7]
        if binding == "LOCAL" or words[6] == "ABS" or name.startswith(SANITIZER):
            continue
        name, _, version = name.partition("@")
        exports.setdefault(name, []).append((version.lstrip("@"), kind))
    return exports


@pytest.fixture(scope="module")
def api():
    before = os.getcwd()
    os.chdir(SOURCE)
    try:
        return builder.load("api.xml")
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def exports():
    run = subprocess.run(["readelf", "--dyn-syms", "--wide", str(LIBRARY)], capture_output=True, text=True, check=True)
    return read_exports(run.stdout)


def described(api):
    """name -> (version node, type)"""
    wanted = {}
    for module in api.modules:
        prefix = PREFIXES[module.library]
        for function in module.functions:
            if not function.internal:
                wanted[function.name] = (prefix + function.since, "FUNC")
        for variable in module.variables:
            wanted[variable.name] = (prefix + variable.since, "OBJECT")
    return wanted


def internal(api):
    """What drivers call of each other: described, and visible only to ourselves."""
    return {function.name for function in api.functions.values() if function.internal}


def test_every_described_name_is_there_under_its_version(api, exports):
    wrong = {name: (want, exports.get(name)) for name, want in described(api).items() if exports.get(name) != [want]}
    assert not wrong


def test_nothing_else_is_there_but_what_is_ours_alone(api, exports):
    private = f"CORRAL_PRIVATE_{api.version}"
    extra = {name: found for name, found in exports.items() if name not in described(api)}
    assert {name: found for name, found in extra.items() if any(node != private for node, _ in found)} == {}
    # the private ones are marked one by one in the sources, so a public name cannot slip in among them
    assert {name for name in extra if re.match("(vir|corral)[A-Z]", name)} <= internal(api)


def test_private_names_are_marked_in_the_sources(api, exports):
    marked = set()
    for path in [*SOURCE.glob("core/**/*.[ch]"), *SOURCE.glob("bindings/**/*.[ch]"), *GENERATED.glob("**/*.h")]:
        marked.update(re.findall(r"CORRAL_PRIVATE\b[^;{(=\[]*?\b(\w+)\s*[(;=\[]", path.read_text()))
    extra = {name for name in exports if name not in described(api)}
    assert extra - internal(api) <= marked, "visible, but not by CORRAL_PRIVATE"


def test_version_nodes_are_chained_in_the_order_of_the_versions(api):
    """A program linked against an old version must find every node up to the newest."""
    run = subprocess.run(["readelf", "--version-info", "--wide", str(LIBRARY)], capture_output=True, text=True, check=True)
    names = re.findall(r"Rev: 1  Flags: \w+\s+Index: \d+\s+Cnt: \d+\s+Name: (\S+)", run.stdout)
    for prefix in PREFIXES.values():
        found = [name for name in names if re.fullmatch(re.escape(prefix) + r"[\d.]+", name)]
        versions = [tuple(int(part) for part in name.removeprefix(prefix).split(".")) for name in found]
        assert versions == sorted(versions) and len(set(versions)) == len(versions)
        assert {prefix + function.since for module in api.modules if PREFIXES[module.library] == prefix
                for function in module.functions} <= set(found)


def field_exports():
    """What the field's three libraries export to everybody: name -> [(version node, type)]."""
    found = {}
    for name in ("libvirt", "libvirt-qemu", "libvirt-lxc"):
        where = subprocess.run(["pkg-config", "--variable=libdir", name], capture_output=True, text=True, check=True).stdout.strip()
        run = subprocess.run(["readelf", "--dyn-syms", "--wide", f"{where}/{name}.so.0"], capture_output=True, text=True, check=True)
        found |= {name: list(pairs) for name, pairs in read_exports(run.stdout).items() if "PRIVATE" not in pairs[0][0]}
    return found


def test_the_fields_names_are_exported_as_the_fields_libraries_export_them(api, exports):
    later = {name for name, (node, _) in described(api).items()
             if version_key(node.rpartition("_")[2]) > version_key(api.compatible)}
    ours = {name: found for name, found in exports.items() if found[0][0].startswith("LIBVIRT_") and name not in later}
    theirs = field_exports()
    assert len(theirs) > 500
    assert ours == theirs


def test_the_version_nodes_are_the_fields(api, exports):
    run = subprocess.run(["readelf", "--version-info", "--wide", str(LIBRARY)], capture_output=True, text=True, check=True)
    ours = set(re.findall(r"Rev: 1  Flags: none\s+Index: \d+\s+Cnt: \d+\s+Name: (\S+)", run.stdout))
    wanted = {node for pairs in field_exports().values() for node, _ in pairs} | {node for node, _ in described(api).values()}
    assert ours - {f"CORRAL_PRIVATE_{api.version}"} == wanted


def test_the_reader_of_symbols_sees_what_is_wrong():
    text = """
Symbol table '.dynsym' contains 5 entries:
   Num:    Value          Size Type    Bind   Vis      Ndx Name
     0: 0000000000000000     0 NOTYPE  LOCAL  DEFAULT  UND
     1: 0000000000000000     0 FUNC    GLOBAL DEFAULT  UND free@GLIBC_2.2.5 (3)
     2: 0000000000001000    10 FUNC    GLOBAL DEFAULT   14 virOne@@LIBVIRT_0.1.0
     3: 0000000000001010    10 FUNC    GLOBAL DEFAULT   14 stray
     4: 0000000000000000     0 OBJECT  GLOBAL DEFAULT  ABS LIBVIRT_0.1.0
     5: 0000000000001020    10 FUNC    GLOBAL DEFAULT   14 virOne@LIBVIRT_0.0.3
"""
    assert read_exports(text) == {
        "virOne": [("LIBVIRT_0.1.0", "FUNC"), ("LIBVIRT_0.0.3", "FUNC")],
        "stray": [("", "FUNC")],
    }
