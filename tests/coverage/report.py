# SPDX-License-Identifier: EUPL-1.2
"""A line per file from lcov's format, and the places that nothing reached.

    report.py lcov.info uncovered.txt
"""

import collections
import os
import re
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
PRODUCT = ("proto", "certs", "policy", "broker", "client")
FUNCTION = re.compile(r"^([a-z_][a-z0-9_]*)\(")


def read(path):
    """{file: {line: how often}}; a file in several programs has the sum."""
    files, here = collections.defaultdict(lambda: collections.defaultdict(int)), None
    with open(path, encoding="utf-8") as f:
        for row in f:
            word, _, rest = row.rstrip("\n").partition(":")
            if word == "SF":
                name = os.path.relpath(os.path.realpath(rest), ROOT)
                here = files[name] if name.split("/")[0] in PRODUCT else None
            elif word == "DA" and here is not None:
                line, count = rest.split(",")[:2]
                here[int(line)] += int(count)
    return files


def ranges(lines):
    """[(first, last)] of the sorted numbers LINES."""
    found = []
    for n in lines:
        if found and found[-1][1] == n - 1:
            found[-1][1] = n
        else:
            found.append([n, n])
    return found


def functions(name):
    """[(line, function)] of a source in our style: the name begins a line."""
    with open(os.path.join(ROOT, name), encoding="utf-8") as f:
        return [(n, m[1]) for n, text in enumerate(f, 1) for m in [FUNCTION.match(text)] if m]


def main():
    files = read(sys.argv[1])
    total = reached = 0
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        for name in sorted(files):
            lines = files[name]
            missed = sorted(n for n, count in lines.items() if count == 0)
            total, reached = total + len(lines), reached + len(lines) - len(missed)
            print("%-48s %5d %5d %5.1f %%" % (name, len(lines), len(lines) - len(missed),
                                              100 * (1 - len(missed) / max(1, len(lines)))))
            if not missed:
                continue
            starts = functions(name)
            for first, last in ranges(missed):
                where = [f for n, f in starts if n <= first]
                out.write("%s:%d-%d %s\n" % (name, first, last, where[-1] if where else ""))
    print("%-48s %5d %5d %5.1f %%" % ("all", total, reached, 100 * reached / max(1, total)))


if __name__ == "__main__":
    main()
