"""closed.py MODULE URI PID: the daemon is killed while calls and a stream wait; everybody hears of it."""

import importlib
import os
import signal
import sys
import threading

library = importlib.import_module(sys.argv[1])
library.virEventRegisterDefaultImpl()
library.registerErrorHandler(lambda *args: None, None)
conn = library.open(sys.argv[2])
told = []
conn.registerCloseCallback(lambda conn, reason, opaque: told.append((reason, opaque)), "o")
dom = conn.lookupByName("test")
failed = []


def call():
    try:
        while True:
            dom.info()
    except library.libvirtError as error:
        failed.append(error.get_error_code())


threads = [threading.Thread(target=call) for _ in range(4)]
for thread in threads:
    thread.start()
timer = library.virEventAddTimeout(20, lambda *args: None, None)
for _ in range(5):
    library.virEventRunDefaultImpl()
os.kill(int(sys.argv[3]), signal.SIGKILL)
while not told:
    library.virEventRunDefaultImpl()
for thread in threads:
    thread.join()
print(told, len(failed), conn.isAlive())
