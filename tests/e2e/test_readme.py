# SPDX-License-Identifier: EUPL-1.2
"""The README is true: its commands run, its files exist, its excerpt is what the story prints.

Blocks marked `console` are executed line by line in one shell, `demo` is compared with the
output of the story (numbers, hashes and times apart), `text` is neither.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = pathlib.Path(rg.binary("sluis")).parent


def blocks(kind):
    return re.findall(r"^```%s\n(.*?)^```$" % kind, README, re.M | re.S)


def pattern(line):
    """LINE as a pattern in which numbers and base64 may differ."""
    line = re.sub(r"[A-Za-z0-9+/]{43}=", "\0", line.rstrip())
    line = re.sub(r"\d+", "\1", line)
    return re.escape(line).replace("\0", r"[A-Za-z0-9+/]{43}=").replace("\1", r"\d+") + r"\s*"


class Readme(unittest.TestCase):
    def test_every_linked_file_exists(self):
        links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
        self.assertGreater(len(links), 20)
        for link in links:
            self.assertTrue((ROOT / link).is_file(), link)

    def test_its_commands_run(self):
        commands = [line[2:] for block in blocks("console") for line in block.splitlines()]
        self.assertGreater(len(commands), 8)
        with tempfile.TemporaryDirectory(prefix="sluis-readme-") as folder:
            script = "set -eu\nexport TMPDIR=%s\ntrap 'sluis demo down --dir \"$REGION\" --quiet || true' EXIT\n" % folder
            for command in commands:
                command = command.replace("$PWD/build/release/client", str(BIN))
                script += "echo '+ %s' >&2\n%s\n" % (command.split()[0], command)
            script += "trap - EXIT\n"
            done = subprocess.run(["bash", "-c", script], cwd=ROOT, text=True, timeout=120,
                                  capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout[-2000:])

    def test_the_story_is_told_as_the_excerpt_says(self):
        with rg.Region() as region:
            done = subprocess.run(
                ["/usr/bin/python3", str(ROOT / "tests/python/story.py"),
                 "--bin", str(BIN), "--dir", str(region.dir)],
                text=True, capture_output=True, timeout=300, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = done.stdout.splitlines()
        at = 0
        for line in blocks("demo")[0].splitlines():
            if line == "...":
                continue
            wanted = re.compile(pattern(line))
            while at < len(told) and not wanted.fullmatch(told[at]):
                at += 1
            self.assertLess(at, len(told), "the story does not print: " + line)


if __name__ == "__main__":
    unittest.main(verbosity=2)
