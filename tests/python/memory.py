# SPDX-License-Identifier: EUPL-1.2
"""Where a value still lies: in the memory of a process, and in files.

    lies_in_memory(pid, needles)  ->  [(path, coat, address)]
    lies_in_files(files, needles) ->  [(path, coat, file)]

Needles are leaks.Needles.  Reading the memory of a broker, which forbids dumps of itself,
takes root; may_read(pid) says whether we can.
"""

import re


def _regions(pid):
    """(first, last) of every readable mapping that has memory of its own."""
    with open("/proc/%d/maps" % pid, encoding="ascii", errors="replace") as f:
        for line in f:
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)(.*)", line)
            if found[3].startswith("r") and not found[4].strip().endswith(("[vvar]", "[vsyscall]")):
                yield int(found[1], 16), int(found[2], 16)


def _contents(pid):
    """(address, bytes) of the memory of process PID."""
    with open("/proc/%d/mem" % pid, "rb", buffering=0) as f:
        for first, last in _regions(pid):
            try:
                f.seek(first)
                yield first, f.read(last - first)
            except (OSError, OverflowError, ValueError):
                continue


def may_read(pid):
    try:
        return any(data for _, data in _contents(pid))
    except PermissionError:
        return False


def lies_in_memory(pid, needles):
    found = []
    for address, data in _contents(pid):
        for raw, (path, coat) in needles.coats.items():
            at = data.find(raw)
            if at >= 0:
                found.append((path, coat, hex(address + at)))
    return sorted(found)


def lies_in_files(files, needles):
    return sorted((path, coat, str(name)) for name, data in files.items()
                  for raw, (path, coat) in needles.coats.items() if raw in data)
