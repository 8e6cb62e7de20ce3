#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The memory that a journal takes does not grow with its length.

The same at two lengths, one four times the other: what bench_journal needs to append, prove
and export, and what `sluis audit verify --tiles` needs to compute it all again.  Ten
million is measured by hand (docs/verify.md); nothing here is a matter of time.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

LENGTHS = (20000, 80000)     # both longer than what is kept in memory of the newest entries
LIMIT_KIB = 64 * 1024


def run(*words):
    """(output, peak KiB) of a command that must succeed."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([str(w) for w in words], stdout=out, stderr=sys.stderr)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode()
    if child.returncode != 0:
        raise RuntimeError("%s: exit %d" % (words[0], child.returncode))
    return text, usage.ru_maxrss


class Scale(unittest.TestCase):
    def test_memory_and_proofs_do_not_follow_the_length(self):
        base = pathlib.Path(tempfile.mkdtemp(prefix="sluis-scale-"))
        self.addCleanup(shutil.rmtree, base, ignore_errors=True)
        made, verified = [], []
        for n in LENGTHS:
            text, peak = run(os.environ["BENCH_JOURNAL"], "--dir", base / ("b%d" % n),
                             "--leaves", n, "--proofs", 50, "--export", base / ("x%d" % n))
            made.append(peak)
            key = text.strip().split("\n")[-1]
            rows = re.findall(r"^\| (\d+) \|.*?\| ([\d.]+) \| \d+ \| \d+ \|$",
                              text, re.MULTILINE)
            self.assertTrue(rows)
            for size, hashes in rows:
                self.assertLessEqual(float(hashes), int(size).bit_length())
            text, peak = run(os.environ["SLUIS"], "audit", "verify", "--tiles",
                             base / ("x%d" % n), "--key", key)
            self.assertIn("%d entries" % n, text)
            verified.append(peak)
        for peaks in (made, verified):
            self.assertLess(peaks[1], LIMIT_KIB)
            self.assertLess(peaks[1] - peaks[0], 4096)


if __name__ == "__main__":
    unittest.main()
