"""A polkit of a test's own, on a bus of its own: tells what it is asked, a line of JSON each, and answers as it is told.

On its input, lines: `ACTION yes|no|challenge|dismissed|hold` for what is to come (ACTION may end with "*", a later line wins),
`release yes|no` for whoever was held longest, and `only KEY=VALUE` to say yes only with that detail."""

from __future__ import annotations

import fnmatch
import json
import sys

from gi.repository import Gio, GLib  # type: ignore[import-not-found]

NAME = "org.freedesktop.PolicyKit1"
INTERFACE = """<node><interface name='org.freedesktop.PolicyKit1.Authority'>
<method name='CheckAuthorization'><arg type='(sa{sv})' direction='in'/><arg type='s' direction='in'/><arg type='a{ss}' direction='in'/>
<arg type='u' direction='in'/><arg type='s' direction='in'/><arg type='(bba{ss})' direction='out'/></method>
<method name='CancelCheckAuthorization'><arg type='s' direction='in'/></method></interface></node>"""
ANSWERS = {"yes": (True, False, {}), "no": (False, False, {}), "challenge": (False, True, {}),
           "dismissed": (False, True, {"polkit.dismissed": "true"})}

rules: list[tuple[str, str]] = []
only: list[str] = []
held: list[tuple[str, Gio.DBusMethodInvocation]] = []


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def answer(invocation: Gio.DBusMethodInvocation, word: str) -> None:
    invocation.return_value(GLib.Variant("((bba{ss}))", (ANSWERS[word],)))


def check(invocation: Gio.DBusMethodInvocation, subject: tuple[str, dict[str, int]], action: str, details: dict[str, str], flags: int,
          cancellation: str) -> None:
    say(action=action, details=details, kind=subject[0], subject=subject[1], flags=flags)
    word = next((word for pattern, word in reversed(rules) if fnmatch.fnmatchcase(action, pattern)), "no")
    if word == "yes" and only and any("=" in item and details.get(item.split("=")[0], item.split("=")[1]) != item.split("=")[1] for item in only):
        word = "no"
    if word == "hold":
        held.append((cancellation, invocation))
    else:
        answer(invocation, word)


def cancel(cancellation: str) -> None:
    say(cancelled=cancellation)
    for item in held:
        if item[0] == cancellation:
            held.remove(item)
            item[1].return_dbus_error("org.freedesktop.PolicyKit1.Error.Cancelled", "cancelled")
            return


def on_call(bus, sender, path, interface, method, parameters, invocation) -> None:
    if method == "CheckAuthorization":
        check(invocation, *parameters.unpack())
    else:
        cancel(*parameters.unpack())
        invocation.return_value(None)


def on_line(source, condition) -> bool:
    words = sys.stdin.readline().split()
    if not words:
        loop.quit()
        return False
    if words[0] == "release":
        answer(held.pop(0)[1], words[1])
    elif words[0] == "only":
        only[:] = words[1:]
    else:
        rules.append((words[0], words[1]))
    say(done=words)
    return True


loop = GLib.MainLoop()
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
node = Gio.DBusNodeInfo.new_for_xml(INTERFACE)
bus.register_object("/org/freedesktop/PolicyKit1/Authority", node.interfaces[0], on_call, None, None)
GLib.io_add_watch(0, GLib.IOCondition.IN | GLib.IOCondition.HUP, on_line)
Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *args: say(done=["ready"]), None)
loop.run()
