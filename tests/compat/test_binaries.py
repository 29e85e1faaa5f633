"""Programs as the distribution has them, run on our library, print what they print on the field's."""

import os
import re
import signal
import subprocess
import time

import pytest
from conftest import COMPAT, FIELD, LIBRARY, MODULES, SOURCE, run

HERE = SOURCE / "tests" / "compat"
COLLECTD = """
Hostname "host"
FQDNLookup false
BaseDir "{folder}"
PIDFile "{folder}/pid"
Interval 1
TypesDB "/usr/share/collectd/types.db"
LoadPlugin csv
<Plugin csv>
  DataDir "{folder}/csv"
</Plugin>
LoadPlugin virt
<Plugin virt>
  Connection "test:///default"
  RefreshInterval 60
  ExtraStats "cpu_util domain_state pcpu vcpu"
</Plugin>
"""


def compiled(folder, environment, *packages):
    flags = run(["pkg-config", "--cflags", "--libs", *packages], environment).split()
    run(["cc", "-Wall", "-Werror", str(HERE / "client.c"), "-o", str(folder / "client"), *flags], environment)
    return str(folder / "client")


PACKAGES = ("libvirt", "libvirt-qemu", "libvirt-lxc")


def test_a_program_built_with_the_fields_headers_runs(tmp_path):
    program = compiled(tmp_path, FIELD, *PACKAGES)
    assert run([program, "libcorral.so"], LIBRARY) == run([program, "libvirt.so"], FIELD)


def test_a_program_built_with_our_headers_by_the_fields_names_runs(tmp_path):
    environment = LIBRARY | {"PKG_CONFIG_PATH": str(COMPAT / "lib" / "pkgconfig")}
    assert str(COMPAT) in run(["pkg-config", "--cflags", "--libs", "libvirt"], environment)
    assert run(["pkg-config", "--modversion", *PACKAGES], environment).split() == ["9.0.0"] * 3
    program = compiled(tmp_path, environment, *PACKAGES)
    run([program, "libcorral.so"], LIBRARY)


def test_the_fields_python_module_runs_on_our_library():
    command = ["/usr/bin/python3", str(HERE / "scenario.py")]
    assert run(command, LIBRARY) == run(command, FIELD)


def test_our_python_module_does_what_the_fields_does():
    command = ["/usr/bin/python3", str(HERE / "scenario.py")]
    assert run(command, MODULES) == run(command, FIELD)


def test_the_fields_perl_module_runs_on_our_library():
    command = ["perl", str(HERE / "client.pl")]
    assert run(command, LIBRARY) == run(command, FIELD)


def test_programs_find_only_what_they_ask_for():
    """None of them was run on the field's library by mistake."""
    script = "import libvirt; print([line.split()[-1] for line in open('/proc/self/maps') if 'libvirt' in line or 'libcorral' in line])"
    loaded = run(["/usr/bin/python3", "-c", script], LIBRARY)
    assert "libcorral.so" in loaded and not re.search(r"/usr/lib\S*/libvirt\.so", loaded)


def measured(folder, environment):
    """What collectd's plugin has written about guests, once it has read them."""
    folder.mkdir()
    (folder / "collectd.conf").write_text(COLLECTD.format(folder=folder))
    process = subprocess.Popen(["/usr/sbin/collectd", "-f", "-C", str(folder / "collectd.conf")], env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        # the last of the plugin's values
        while process.poll() is None and not list(folder.glob("csv/*/virt/domain_state*")):
            time.sleep(0.05)
        assert process.poll() is None, process.communicate()[0]
        loaded = open(f"/proc/{process.pid}/maps", encoding="utf-8").read()
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate()[0]
    assert process.returncode == 0, said
    found = {re.sub(r"-\d{4}-\d\d-\d\d$", "", os.path.relpath(path, folder / "csv")) for path in folder.glob("csv/*/virt*/*")}
    return found, loaded


def test_collectd_reads_guests_on_our_library(tmp_path):
    theirs, _ = measured(tmp_path / "theirs", FIELD)
    ours, loaded = measured(tmp_path / "ours", LIBRARY)
    assert "libcorral.so" in loaded
    assert theirs and theirs <= ours


@pytest.mark.parametrize("package", ["libvirt-dev", "python3-libvirt", "libsys-virt-perl", "collectd-core", "virtinst"])
def test_what_is_run_is_the_distributions(package):
    assert run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package], FIELD) == "installed"
