"""virt-manager's command line tools run on our library and modules as they run on the field's."""

import re

import pytest
from conftest import FIELD, LIBRARY, MODULES, run

NEW = ["--name", "new", "--memory", "256", "--osinfo", "generic", "--noautoconsole"]
CALLS = {
    "install-print": ["virt-install", *NEW, "--disk", "none", "--pxe", "--network", "network=default", "--graphics", "vnc", "--print-xml"],
    "install": ["virt-install", *NEW, "--disk", "none", "--pxe"],
    "install-volume": ["virt-install", *NEW, "--disk", "pool=default-pool,size=0.01", "--pxe", "--noreboot"],
    "install-import": ["virt-install", *NEW, "--disk", "none", "--import", "--boot", "hd", "--video", "qxl", "--sound", "--rng", "/dev/random"],
    "edit": ["virt-xml", "test", "--edit", "--memory", "128", "--print-diff"],
    "edit-define": ["virt-xml", "test", "--edit", "--metadata", "title=mine", "--define"],
    "add": ["virt-xml", "test", "--add-device", "--disk", "/nowhere.img,size=0.01", "--print-xml"],
    "remove": ["virt-xml", "test", "--remove-device", "--disk", "1", "--print-xml"],
    "clone-running": ["virt-clone", "-o", "test", "-n", "copy", "--auto-clone"],
}


def spoken(arguments, environment, succeeds=True):
    import subprocess

    command = [arguments[0], "--connect", "test:///default", *arguments[1:]]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID", done.stdout + done.stderr)
    text = re.sub(r"(?:52:54:00|00:16:3e)(:[0-9a-f]{2}){3}", "MAC", text)
    # what the field's library writes by itself, and progress bars, which depend on time
    lines = [line for line in text.splitlines() if not line.startswith("libvirt:") and "\r" not in line and " B/s" not in line]
    return done.returncode, [line for line in lines if not re.search(r"\d\d:\d\d:\d\d|\|", line)]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("environment", [LIBRARY, MODULES], ids=["library", "modules"])
def test_a_tool_says_what_it_says_on_the_fields_library(name, environment):
    assert spoken(CALLS[name], environment) == spoken(CALLS[name], FIELD)


CLONE = """
import sys
sys.path.insert(0, "/usr/share/virt-manager")
from virtinst import Cloner, cli
conn = cli.getConnection("test:///default")
dom = conn.lookupByName("test")
dom.destroy()
cloner = Cloner(conn, src_name="test")
cloner.set_clone_name("copy")
cloner.prepare()
for disk in cloner.get_diskinfos():
    disk.set_share_requested()
cloner.start_duplicate(None)
print(sorted(item.name() for item in conn.listAllDomains()))
"""


@pytest.mark.parametrize("environment", [LIBRARY, MODULES], ids=["library", "modules"])
def test_a_guest_is_cloned(environment):
    command = ["/usr/bin/python3", "-c", CLONE]
    assert run(command, environment).splitlines()[-1] == run(command, FIELD).splitlines()[-1]
