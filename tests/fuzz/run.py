#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Run fuzz targets one after the other and say what each did, as rows of a Markdown table.

    tests/fuzz/run.py [--seconds N] [--build DIR] [--out DIR] [TARGET...]

Each target starts from a copy of its committed corpus, in DIR/TARGET/corpus, with a copy of its
program, so that neither a build nor a commit beside it changes a run. A row is printed when its
target ends: seconds by the clock and of CPU, executions, edges (cov), features (ft), what the
corpus became, and how many inputs crashed, leaked, hung or took too long; those are in
DIR/TARGET beside its log. Without TARGET: every one that is built. Ends with 1 if any was found.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEAD = ("target", "s", "CPU s", "executions", "per CPU s", "edges", "features", "corpus", "found")
FOUND = ("crash-", "leak-", "timeout-", "oom-", "slow-unit-")


def last(pattern, text):
    every = re.findall(pattern, text)
    return int(every[-1]) if every else 0


def fuzz(name, options):
    """Runs one target; gives its row and whether it found anything."""
    place = options.out / name
    shutil.rmtree(place, ignore_errors=True)
    corpus = place / "corpus"
    shutil.copytree(ROOT / "tests/fuzz/corpus" / name, corpus)
    program = shutil.copy(options.build / "tests" / name, place / name)
    begun = time.monotonic()
    with open(place / "log", "w", encoding="utf-8", errors="replace") as log:
        run = subprocess.Popen(
            [program, f"-max_total_time={options.seconds}", "-timeout=10", "-rss_limit_mb=2048",
             "-print_final_stats=1", f"-artifact_prefix={place}/", corpus],
            stdout=log, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(run.pid, 0)
    seconds = time.monotonic() - begun
    cpu = used.ru_utime + used.ru_stime
    said = (place / "log").read_text(encoding="utf-8", errors="replace")
    done = last(r"stat::number_of_executed_units: (\d+)", said) or last(r"#(\d+)\t", said)
    edges, features = last(r"cov: (\d+)", said), last(r"ft: (\d+)", said)
    found = [f for f in os.listdir(place) if f.startswith(FOUND)]
    row = (name, f"{seconds:.0f}", f"{cpu:.0f}", f"{done:,}", f"{done / max(cpu, 1):,.0f}",
           f"{edges:,}", f"{features:,}",
           f"{len(os.listdir(corpus)):,}", str(len(found)) if status == 0 or found else "ended early")
    return row, status != 0 or bool(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/fuzz-long")
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("target", nargs="*")
    options = parser.parse_args()
    options.out = (options.out or options.build / "run").resolve()
    every = sorted(p.stem for p in ROOT.glob("tests/fuzz/fuzz_*.c"))
    print("| " + " | ".join(HEAD) + " |\n|" + "---|" + "--:|" * (len(HEAD) - 1), flush=True)
    bad = False
    for name in options.target or [n for n in every if (options.build / "tests" / n).exists()]:
        row, wrong = fuzz(name, options)
        print("| " + " | ".join(row) + " |", flush=True)
        bad = bad or wrong
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
