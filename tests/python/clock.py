# SPDX-License-Identifier: EUPL-1.2
"""A wall clock that a test moves: libfaketime in front of sluisd and sluis.

    clock = Clock(folder)           # stands still at the next full minute of now
    region.spawn_broker(env=clock.env())
    clock.forward(60)

Only the wall clock stands still; monotonic time, and so every wait, goes on.  The product
knows nothing of it.
"""

import os
import pathlib
import time

LIBRARIES = ["/usr/lib/%s/faketime/libfaketime.so.1" % m
             for m in ("x86_64-linux-gnu", "aarch64-linux-gnu")]


def library():
    """The path of libfaketime, or None: package faketime."""
    return next((p for p in LIBRARIES if os.path.exists(p)), None)


class Clock:
    def __init__(self, folder, start_s=None, every_s=60):
        self.file = pathlib.Path(folder) / "clock"
        self.now_s = start_s or (int(time.time()) // every_s + 1) * every_s
        self.set(self.now_s)

    @property
    def now_ms(self):
        return self.now_s * 1000

    def set(self, now_s):
        self.now_s = now_s
        text = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now_s))
        new = self.file.with_suffix(".new")
        new.write_text(text + "\n", "ascii")
        new.replace(self.file)      # a reader sees the one or the other

    def forward(self, seconds):
        self.set(self.now_s + seconds)

    def env(self):
        """The environment of a process that lives by this clock."""
        return dict(os.environ, TZ="UTC", LD_PRELOAD=library(), FAKETIME_NO_CACHE="1",
                    FAKETIME_DONT_FAKE_MONOTONIC="1", FAKETIME_TIMESTAMP_FILE=str(self.file))
