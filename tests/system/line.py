"""What tests of connections that outlive their daemon need: a line that can be cut, and somebody who is told of gaps."""

from __future__ import annotations

import queue
import select
import socket
import struct
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import corral

BEGIN, END = corral.CORRAL_GAP_BEGIN, corral.CORRAL_GAP_END


class Line:
    """A socket between the connection and its daemon, which can be cut while both live on."""

    def __init__(self, folder: Path, target: Path) -> None:
        self.path, self.target = folder / "line", target
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.lock = threading.Lock()
        self.listener: socket.socket | None = None
        self.accepted = 0
        #: the number of a call on which the line breaks, and how often each was on its way
        self.trap: int | None = None
        self.seen: Counter[int] = Counter()
        self.open()

    def open(self) -> None:
        self.path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(64)
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def close(self) -> None:
        """Nobody comes through any more."""
        listener, self.listener = self.listener, None
        if listener:
            self.path.unlink(missing_ok=True)
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def cut(self) -> None:
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def uri(self) -> str:
        return f"test+unix:///default?socket={self.path}"

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(str(self.target))
            except OSError:
                near.close()
                far.close()
                continue
            with self.lock:
                self.pairs.append((near, far))
            self.accepted += 1
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _trapped(self, data: bytes) -> bool:
        """Each piece is one call as long as one thread calls."""
        number = struct.unpack(">i", data[12:16])[0] if len(data) >= 28 else 0
        self.seen[number] += 1
        if self.trap != number:
            return False
        self.trap = None
        return True

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        ends = {near: far, far: near}
        try:
            while True:
                for end in select.select(list(ends), [], [])[0]:
                    data = end.recv(65536)
                    if not data or end is near and self._trapped(data):
                        return
                    ends[end].sendall(data)
        except OSError:
            pass
        finally:
            near.close()
            far.close()


class Told:
    """What a connection's callbacks were told, in order."""

    def __init__(self, conn: Any, events: bool = True) -> None:
        self.conn, self.uri = conn, conn.getURI()
        self.queue: queue.Queue[tuple[Any, ...]] = queue.Queue()
        self.number = conn.registerGapCallback(self.gap, "gap")
        self.events = conn.domainEventRegisterAny(None, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, self.lifecycle, None) if events else None

    def gap(self, conn: Any, event: int, reason: int, milliseconds: int, changes: list[dict[str, Any]], opaque: str) -> None:
        assert opaque == "gap" and conn.getURI() == self.uri
        assert milliseconds == 0 if event == BEGIN else milliseconds >= 0
        self.queue.put(("gap", event, reason, changes))

    def lifecycle(self, conn: Any, dom: Any, event: int, detail: int, opaque: None) -> None:
        self.queue.put(("event", dom.name(), event))

    def next(self) -> tuple[Any, ...]:
        return self.queue.get()

    def gaps(self) -> list[dict[str, Any]]:
        """Waits for one gap, and nothing else; what has changed in it."""
        kind, event, reason, changes = self.next()
        assert (kind, event, changes) == ("gap", BEGIN, [])
        assert reason in (corral.VIR_CONNECT_CLOSE_REASON_EOF, corral.VIR_CONNECT_CLOSE_REASON_ERROR)
        return self.end()

    def end(self) -> list[dict[str, Any]]:
        kind, event, reason, changes = self.next()
        assert (kind, event) == ("gap", END)
        return changes

    def leave(self) -> None:
        if self.events is not None:
            self.conn.domainEventDeregisterAny(self.events)
        self.conn.deregisterGapCallback(self.number)
