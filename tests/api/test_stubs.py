"""The stubs: what the module has is what they say, and they are strict."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from conftest import ENVIRONMENT

BUILD = Path(os.environ["CORRAL_BUILD"]) / "python"

SCRIPT = '''
import corral
import corral.aio
from corral import qemu

def main() -> None:
    with corral.open("test:///default", timeout=5.0) as conn:
        for domain in conn.listAllDomains(corral.VIR_CONNECT_LIST_DOMAINS_ACTIVE):
            state: int = domain.state()[0]
            name: str = domain.name()
            print(name, state, domain.info(), domain.UUIDString())
        try:
            conn.lookupByName("x")
        except corral.NoDomainError as error:
            code: int | None = error.get_error_code()
            print(code, error.err)
        number: int = conn.domainEventRegisterAny(None, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, print, None)
        conn.domainEventDeregisterAny(number)

async def later() -> None:
    conn = await corral.aio.open("test:///default")
    async for event in conn.events():
        print(event.kind)
'''

WRONG = '''
import corral
conn = corral.open("test:///default")
conn.lookupByName(3)
number: str = conn.numOfDomains()
corral.no_such_function()
'''


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # what mypy itself leaves behind is not for us to look at
    environment = ENVIRONMENT | {"MYPYPATH": str(BUILD), "PYTHONPATH": str(BUILD)}
    return subprocess.run([sys.executable, "-m", *arguments], cwd=folder, env=environment, capture_output=True, text=True)


def test_a_script_is_strictly_typed(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    done = run("mypy", "--strict", "script.py", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mistakes_are_found(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    done = run("mypy", "--strict", "wrong.py", folder=tmp_path)
    assert done.returncode == 1 and "Found 3 errors" in done.stdout, done.stdout + done.stderr


def test_the_stubs_are_strict(tmp_path: Path) -> None:
    done = run("mypy", "--strict", str(BUILD / "corral" / "__init__.pyi"), folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_stubs_tell_the_truth(tmp_path: Path) -> None:
    # it takes the metaclass that every TypedDict has for a difference; these classes are run from the stubs
    # the package's own files import for checkers what is no use when they run
    imported = r"corral\._\w+\.(Any|Callable|Optional|Sequence|Tuple)"
    (tmp_path / "typed").write_text(r"corral\.documents\.[a-z]+\.[A-Z]\w*" + f"\n{imported}\n")
    done = run("mypy.stubtest", "corral", "--allowlist", "typed", folder=tmp_path)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
