"""The disk as a file system: the kernel's own protocol (linux/fuse.h) over /dev/fuse, without a library.

`python -m tests.cuts.kernel PLACE SURVIVED SEED` mounts an empty disk on PLACE and takes lines. `cut N` turns the power
off when N more changes have been taken, the last of them unanswered; `cut N NAME` counts those of one file. `mount`
forgets what a cut forgets, copies what is left into SURVIVED, for whoever wants to look at it by itself, and mounts it
on PLACE anew. When nobody is left to give it lines, it unmounts and ends.

Only what SQLite and `tourbook.turns` ask for is there. Locks are the kernel's own, as no lock outlives a cut; pages are
cached, as the -shm file is mapped into memory.
"""

import ctypes
import errno
import json
import os
import select
import signal
import stat
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.cuts.disk import SECTOR, Disk

ROOT = 1
GREETING = 26  # FUSE_INIT
MAX_WRITE = 128 * 1024
READ_AT_ONCE = MAX_WRITE + 4096
FOREVER = 1 << 30  # seconds for which the kernel may remember: nobody else changes anything here
KEEP_CACHE = 1 << 1  # FOPEN_KEEP_CACHE
SIZE = 1 << 3  # FATTR_SIZE
TRUNCATES = os.O_TRUNC
DETACHED = 2  # MNT_DETACH
NOSUID_NODEV = 2 | 4
CAN = 1 << 0 | 1 << 3 | 1 << 5 | 1 << 22  # async reads, O_TRUNC in open, writes of more than a page, max_pages
REQUEST = struct.Struct("<IIQQIIII")
ANSWER = struct.Struct("<IiQ")

libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """The kernel does not let us mount."""


class Kernel:
    """One mount of a disk: takes the kernel's requests and answers them."""

    def __init__(self, disk: Disk, place: Path) -> None:
        self.disk = disk
        self._place = place
        self._buffer = bytearray(READ_AT_ONCE)
        self._does: dict[int, Callable[[int, memoryview], bytes]] = {
            1: self._look_up,
            3: lambda number, _: self._attributes_of(number),
            4: self._set_attributes,
            12: lambda _, body: self._rename(body[8:]),  # RENAME
            45: lambda _, body: self._rename(body[16:]),  # RENAME2
            10: self._unlink,
            14: self._open,
            15: self._read,
            16: self._write,
            17: lambda *_: struct.pack("<5Q4I24x", 1 << 20, 1 << 19, 1 << 19, 1000, 900, 4096, 255, 4096, 0),
            18: lambda *_: b"",  # RELEASE
            20: self._sync,
            GREETING: self._greet,
            27: lambda *_: struct.pack("<QII", 0, 0, 0),  # OPENDIR
            28: self._list,
            29: lambda *_: b"",  # RELEASEDIR
            30: self._sync_names,
            35: self._create,
            38: lambda *_: b"",  # DESTROY
        }
        self._answers_nothing = {2, 36, 42}  # FORGET, INTERRUPT, BATCH_FORGET
        self.channel = os.open("/dev/fuse", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._mount()

    def _mount(self) -> None:
        options = f"fd={self.channel},rootmode=40755,user_id=0,group_id=0,default_permissions,allow_other"
        words = (b"cuts", str(self._place).encode(), b"fuse.cuts", NOSUID_NODEV, options.encode())
        if libc.mount(*words):
            os.close(self.channel)
            raise Refused(f"mount: {os.strerror(ctypes.get_errno())}")

    def go_dark(self) -> None:
        """Answer nobody any more: whoever waits, and whoever asks from now on, gets an error."""
        os.close(self.channel)

    def unmount(self) -> None:
        """Take the place away from whoever still has it open."""
        libc.umount2(str(self._place).encode(), DETACHED)

    def serve_one(self, is_last: Callable[[], bool]) -> None:
        """Take one request, and answer it unless the power went with it."""
        try:
            length = os.readv(self.channel, [self._buffer])
        except (BlockingIOError, FileNotFoundError):  # the asker was killed meanwhile
            return
        request = memoryview(self._buffer)[:length]
        _, what, unique, number, *_ = REQUEST.unpack_from(request)
        if what in self._answers_nothing:
            return
        code, answer = self._answer(what, number, request[REQUEST.size :])
        if not is_last():
            with suppress(FileNotFoundError):
                os.writev(self.channel, [ANSWER.pack(ANSWER.size + len(answer), -code, unique), answer])

    def _answer(self, what: int, number: int, body: memoryview) -> tuple[int, bytes]:
        does = self._does.get(what)
        if does is None:
            return errno.ENOSYS, b""
        try:
            return 0, does(number, body)
        except OSError as refusal:
            return refusal.errno or errno.EIO, b""

    # -- what is asked -------------------------------------------------------------------------------------------

    def _greet(self, _number: int, body: memoryview) -> bytes:
        major, _minor, read_ahead, flags = struct.unpack_from("<IIII", body)
        pages = MAX_WRITE // 4096
        return struct.pack("<4IHHIIHHI28x", major, 31, read_ahead, flags & CAN, 16, 12, MAX_WRITE, 1, pages, 0, 0)

    def _look_up(self, _number: int, body: memoryview) -> bytes:
        found = self.disk.names.get(_name(body))
        if found is None:
            raise FileNotFoundError(errno.ENOENT, "no such name")
        return self._entry(found)

    def _create(self, _number: int, body: memoryview) -> bytes:
        number = self.disk.create(_name(body[16:]))
        return self._entry(number) + struct.pack("<QII", 0, KEEP_CACHE, 0)

    def _open(self, number: int, body: memoryview) -> bytes:
        (flags,) = struct.unpack_from("<I", body)
        if flags & TRUNCATES:
            self.disk.resize(number, 0)
        return struct.pack("<QII", 0, KEEP_CACHE, 0)

    def _read(self, number: int, body: memoryview) -> bytes:
        _handle, offset, size = struct.unpack_from("<QQI", body)
        return bytes(self.disk.contents[number].now[offset : offset + size])

    def _write(self, number: int, body: memoryview) -> bytes:
        _handle, offset, size = struct.unpack_from("<QQI", body)
        self.disk.write(number, offset, bytes(body[40 : 40 + size]))
        return struct.pack("<II", size, 0)

    def _set_attributes(self, number: int, body: memoryview) -> bytes:
        valid, _padding, _handle, size = struct.unpack_from("<IIQQ", body)
        if valid & SIZE:
            self.disk.resize(number, size)
        return self._attributes_of(number)

    def _sync(self, number: int, _body: memoryview) -> bytes:
        self.disk.sync(number)
        return b""

    def _sync_names(self, _number: int, _body: memoryview) -> bytes:
        self.disk.sync_names()
        return b""

    def _unlink(self, _number: int, body: memoryview) -> bytes:
        self.disk.unlink(_name(body))
        return b""

    def _rename(self, body: memoryview) -> bytes:
        old, new, *_ = bytes(body).split(b"\0")
        self.disk.rename(old.decode(), new.decode())
        return b""

    def _list(self, _number: int, body: memoryview) -> bytes:
        _handle, offset, size = struct.unpack_from("<QQI", body)
        listed = b""
        for place, (name, number) in enumerate(list(self.disk.names.items())[offset:], offset + 1):
            raw = name.encode()
            entry = struct.pack("<QQII", number, place, len(raw), stat.S_IFREG >> 12) + raw
            entry += bytes(-len(entry) % 8)
            if len(listed) + len(entry) > size:
                break
            listed += entry
        return listed

    def _entry(self, number: int) -> bytes:
        return struct.pack("<QQQQII", number, 0, FOREVER, FOREVER, 0, 0) + self._attributes(number)

    def _attributes_of(self, number: int) -> bytes:
        return struct.pack("<QII", FOREVER, 0, 0) + self._attributes(number)

    def _attributes(self, number: int) -> bytes:
        size = 0 if number == ROOT else len(self.disk.contents[number].now)
        mode = stat.S_IFDIR | 0o755 if number == ROOT else stat.S_IFREG | 0o644
        return struct.pack("<6Q10I", number, size, -(-size // SECTOR), 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def _name(body: memoryview) -> str:
    return bytes(body).split(b"\0", 1)[0].decode()


class Power:
    """The disk's life over many cuts, by the lines that it is given."""

    def __init__(self, place: Path, survived: Path, chance: Random) -> None:
        self._place = place
        self._survived = survived
        self._chance = chance
        self._goes_at: tuple[str, int] | None = None  # the file whose changes count, and the last of them
        self._kernel: Kernel | None = Kernel(Disk(), place)
        self._disk = self._kernel.disk

    def live(self) -> None:
        """Serve until nobody is left to give lines."""
        say(mounted=True)
        while True:
            ready, *_ = select.select([0, *([self._kernel.channel] if self._kernel else [])], [], [])
            if 0 in ready:
                lines = os.read(0, 1000).decode().splitlines()
                if not lines:
                    return
                for line in lines:
                    self._obey(*line.split())
            elif self._kernel:
                self._kernel.serve_one(self._is_over)
                self._see_whether_it_is_over()

    def end(self) -> None:
        """Leave nothing mounted."""
        if self._kernel:
            self._kernel.go_dark()
        libc.umount2(str(self._place).encode(), DETACHED)

    def _obey(self, word: str, more: str = "0", name: str = "") -> None:
        if word == "cut":
            self._goes_at = name, self._disk.changes(name) + int(more)
            self._see_whether_it_is_over()
        elif word == "mount":
            self._come_back()

    def _is_over(self) -> bool:
        if self._goes_at is None:
            return False
        name, last = self._goes_at
        return self._disk.changes(name) >= last

    def _see_whether_it_is_over(self) -> None:
        if self._kernel and self._is_over():
            self._kernel.go_dark()
            self._kernel = None
            say(unsynced={name: self._disk.unsynced(name) for name in self._disk.names})

    def _come_back(self) -> None:
        self._goes_at = None
        self._disk = self._disk.after_a_cut(self._chance)
        for old in self._survived.iterdir():
            old.unlink()
        for name, number in self._disk.names.items():
            (self._survived / name).write_bytes(self._disk.contents[number].now)
        libc.umount2(str(self._place).encode(), DETACHED)
        self._kernel = Kernel(self._disk, self._place)
        say(mounted=True)


def say(**facts: object) -> None:
    """Answer a line."""
    print(json.dumps(facts), flush=True)


def main() -> None:
    """Be a disk."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    place, survived, seed = sys.argv[1:]
    try:
        power = Power(Path(place), Path(survived), Random(seed))
    except (OSError, Refused) as refusal:
        say(refused=str(refusal))
        return
    try:
        power.live()
    finally:
        power.end()


if __name__ == "__main__":
    main()
