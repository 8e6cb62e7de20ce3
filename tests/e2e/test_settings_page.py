# SPDX-License-Identifier: EUPL-1.2
"""docs/settings.md lists the settings, limits and log lines that there are, with their bounds and
levels; docs/administrator.md speaks of no others.  No broker."""

import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg

ROOT = pathlib.Path(__file__).resolve().parents[2]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


PAGE = text("docs/settings.md")
GUIDE = text("docs/administrator.md")
CONFIG = text("broker/config.c")


def rows(cells):
    """The first CELLS cells of each row of a table that begins with `...`."""
    pattern = r"^\| `([\w-]+)` \|" + r" ([^|]*?) \|" * (cells - 1)
    return re.findall(pattern, PAGE, re.M)


def number(word):
    if word == "FRESHNESS_MAX_S":
        word = re.search(r"FRESHNESS_MAX_S = ([\d *]+)", text("proto/limits.h")).group(1)
    product = 1
    for factor in word.split("*"):
        product *= int(factor)
    return product


def log_lines():
    return re.findall(r'X\(LOG_\w+, "([A-Z-]+)",\s+(\d)', text("broker/log.h"))


class Settings(unittest.TestCase):
    def test_every_limit_is_there_with_its_bounds(self):
        ours = {key: tuple(map(number, bounds)) for key, *bounds in re.findall(
            r'\{"(\w+)", NUMBER, AT\(\w+\), ([^,]+), ([^,]+), ([^}]+)\}', CONFIG)}
        self.assertGreater(len(ours), 20)
        told = {r[0]: tuple(map(int, r[1:])) for r in rows(4) if r[1].isdigit() and r[2].isdigit()}
        self.assertEqual(ours, told)

    def test_every_setting_is_there(self):
        ours = {key: "no" if kind.startswith("OPTIONAL") else "yes" for key, kind in re.findall(
            r'\{"(\w+)", (TEXT|OPTIONAL_TEXT|PATH|OPTIONAL_PATH),', CONFIG)}
        self.assertGreater(len(ours), 15)
        self.assertEqual(ours, {r[0]: r[1] for r in rows(2) if r[1] in ("yes", "no")})

    def test_every_line_of_the_log_is_there_with_its_level(self):
        ours = dict(log_lines())
        self.assertGreater(len(ours), 30)
        self.assertEqual(ours, {r[0]: r[1] for r in rows(2) if r[0].isupper()})

    def test_the_guide_names_no_others(self):
        known = {name for name, _ in log_lines()}
        for name in re.findall(r"`([A-Z]+(?:-[A-Z]+)+)", GUIDE):
            self.assertIn(name, known)

    def test_the_guide_names_every_option_and_no_others(self):
        help_text = subprocess.run([rg.binary("sluisd"), "--help"], capture_output=True, text=True,
                                   check=True).stdout
        ours = set(re.findall(r"(--[a-z-]+)", help_text)) - {"--config", "--version", "--test"}
        self.assertGreater(len(ours), 6)
        for option in ours:
            self.assertIn(option, GUIDE)
        told = set(re.findall(r"sluisd[^`\n]* (--[a-z-]+)", GUIDE))
        self.assertEqual(set(), told - ours)


if __name__ == "__main__":
    unittest.main()
