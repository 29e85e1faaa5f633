"""Every example of the description and of the README runs, against a fresh test:///default.

With CORRAL_THROUGH set, what they open comes from a corrald that nobody has used before."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from generator import builder

sys.path.append(str(Path(__file__).parents[1] / "api"))
import through_daemon  # noqa: E402

ROOT = Path(os.environ["CORRAL_SOURCE"])
BUILD = Path(os.environ["CORRAL_BUILD"])

PRELUDE = {
    "python": """\
import corral
conn = corral.open("test:///default")
dom = conn.lookupByName("test")
net = conn.networkLookupByName("default")
pool = conn.storagePoolLookupByName("default-pool")
""",
    "lua": """\
local corral = require "corral"
local conn = corral.open("test:///default")
local dom = conn:lookupByName("test")
local net = conn:networkLookupByName("default")
local pool = conn:storagePoolLookupByName("default-pool")
""",
}
THROUGH = {
    "python": """\
import sys
sys.path.append("{0}")
import corral, through_daemon
through_daemon.redirect(corral, through_daemon.Socket("{1}"))
""",
    "lua": """\
THROUGH = "{1}"
dofile("{0}/lua/through_daemon.lua")
""",
}
COMMAND = {"python": [sys.executable, "-"], "lua": ["lua5.4", "-"]}
C_HEAD = """\
#define _GNU_SOURCE
#include <corral/corral.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *through;

/* test URIs are opened through the daemon of that socket */
static char *uri_of(const char *uri)
{
    char *text = NULL;

    if (!uri || !*through || strncmp(uri, "test:", 5) != 0)
        return NULL;
    assert(asprintf(&text, "test+unix:%s?socket=%s", uri + 5, through) > 0);
    return text;
}

#define OPEN(call, uri, ...) __extension__ ({ \\
    char *text = uri_of(uri); \\
    virConnectPtr opened = call(text ? text : uri, ##__VA_ARGS__); \\
    free(text); \\
    opened; \\
})
#define virConnectOpen(uri) OPEN(virConnectOpen, uri)
#define virConnectOpenReadOnly(uri) OPEN(virConnectOpenReadOnly, uri)
#define virConnectOpenAuth(uri, auth, flags) OPEN(virConnectOpenAuth, uri, auth, flags)
#define corralOpenReconnecting(uri, auth, flags) OPEN(corralOpenReconnecting, uri, auth, flags)

struct example { const char *name; void (*run)(virConnectPtr, virDomainPtr, virNetworkPtr, virStoragePoolPtr); };
"""
C_TAIL = """
int main(int argc, char **argv)
{
    through = argv[2];
    for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++) {
        if (strcmp(examples[i].name, argv[1]) != 0)
            continue;
        virConnectPtr conn = virConnectOpen("test:///default");
        virDomainPtr dom = virDomainLookupByName(conn, "test");
        virNetworkPtr net = virNetworkLookupByName(conn, "default");
        virStoragePoolPtr pool = virStoragePoolLookupByName(conn, "default-pool");
        assert(conn && dom && net && pool);
        examples[i].run(conn, dom, net, pool);
        virDomainFree(dom);
        virNetworkFree(net);
        virStoragePoolFree(pool);
        virConnectClose(conn);
        return 0;
    }
    return 2;
}
"""


def dedent(code: str) -> str:
    """The code as it would stand in a file of its own; its first line may stand right behind the opening tag."""
    first, newline, rest = code.partition("\n")
    if first.strip():
        return first.strip() + newline + textwrap.dedent(rest).rstrip() + "\n"
    return textwrap.dedent(rest).strip() + "\n"


def examples(language):
    api = builder.load(str(ROOT / "api.xml"))
    return [
        pytest.param(function.name, dedent(example.code), id=f"{function.name}-{number}")
        for function in api.functions.values()
        for number, example in enumerate(function.examples)
        if example.language == language
    ]


def run(command, text="", **options):
    return subprocess.run(command, input=text, text=True, capture_output=True, cwd=ROOT, **options)


@pytest.fixture
def through(tmp_path):
    """The socket of the daemon that everything is opened through; empty without one."""
    if not os.environ.get("CORRAL_THROUGH"):
        yield ""
        return
    daemon = through_daemon.Daemon(tmp_path)
    yield str(daemon.socket)
    assert daemon.end() == 0


def script(language, socket, text):
    """What opens test URIs is to open them through the daemon."""
    return THROUGH[language].format(ROOT / "tests/api", socket) * bool(socket) + text


@pytest.mark.parametrize("name, code", examples("python"))
def test_python_example(name, code, through):
    result = run(COMMAND["python"], script("python", through, PRELUDE["python"] + code))
    assert result.returncode == 0, result.stderr + code
    assert result.stderr == ""


@pytest.mark.parametrize("name, code", examples("lua"))
def test_lua_example(name, code, through):
    result = run(COMMAND["lua"], script("lua", through, PRELUDE["lua"] + code))
    assert result.returncode == 0, result.stderr + code


@pytest.fixture(scope="session")
def c_program(tmp_path_factory):
    """All C examples in one program, one function each."""
    folder = tmp_path_factory.mktemp("c")
    text, table = C_HEAD, ""
    for number, param in enumerate(examples("c")):
        text += (
            f"\nstatic void example_{number}(virConnectPtr conn, virDomainPtr dom, virNetworkPtr net, virStoragePoolPtr pool)\n"
            f"{{\n#line 1 \"{param.id}\"\n{param.values[1]}}}\n"
        )
        table += f'    {{ "{param.id}", example_{number} }},\n'
    text += f"\nstatic const struct example examples[] = {{\n{table}}};\n{C_TAIL}"
    (folder / "examples.c").write_text(text)
    program = folder / "examples"
    result = run([
        "gcc", "-Wall", "-Wno-unused", "-Werror", "-g", str(folder / "examples.c"), "-o", str(program),
        f"-I{BUILD}/generated/include", f"-L{BUILD}/lib", "-lcorral", f"-Wl,-rpath,{BUILD}/lib"])
    assert result.returncode == 0, result.stderr
    return program


@pytest.mark.parametrize("number", range(len(examples("c"))), ids=[param.id for param in examples("c")])
def test_c_example(number, c_program, through):
    param = examples("c")[number]
    result = run([str(c_program), param.id, through])
    assert result.returncode == 0, result.stderr + param.values[1]


def blocks(language):
    text = (ROOT / "README.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


@pytest.mark.parametrize("language", ["python", "lua"])
def test_readme_example(language, through):
    (code,) = blocks(language)
    result = run(COMMAND[language], script(language, through, code))
    assert result.returncode == 0, result.stderr
    assert "test 2 vcpus" in result.stdout
    assert "nobody" in result.stdout


@pytest.mark.parametrize("command", [[sys.executable, "examples/tour.py"], ["lua5.4", "examples/tour.lua"]], ids=["python", "lua"])
def test_tour_prints_its_text(command):
    result = run(command)
    assert result.returncode == 0, result.stderr
    assert result.stdout == (ROOT / "examples" / "tour.txt").read_text()
