# SPDX-License-Identifier: EUPL-1.2
"""The catalogue of events, read from docs/journal.md, and entries held against it.

    catalogue.py REGION                         looks at the journal of that region

    catalogue.KINDS["EVENT_RULING"].always      {"sender_oin", ...}
    catalogue.faults(leaf_bytes, detail_bytes)  [] or what is wrong, in words

Knows nothing of the broker's own table (proto/catalogue.c): it reads the page.
"""

import re
import sqlite3
import sys

import sluis_client as sc

PAGE = (sc.ROOT / "docs" / "journal.md").read_text("utf-8")
LEAF_MAX = 1024
COMMON = {"nonce", "version", "kind", "time_ms"}
EVENT = sc.journal_pb2.EventKind


class Kind:
    """What one section of the page says."""

    def __init__(self, name, text):
        self.name, self.text = name, text
        self.always, self.may = set(), set()
        for fields, how in re.findall(r"^\| ((?:`[a-z_.]+`(?:, )?)+) \| (always|may) \|", text, re.M):
            (self.always if how == "always" else self.may).update(re.findall(r"`([a-z_.]+)`", fields))
        found = re.search(r"^Read by: .*\. Since: (\d+)\. Shown by: (?:`([\w.]+)`|nothing yet)\.$", text, re.M)
        self.since, self.shown_by = int(found[1]), found[2]

    def fields(self, detail):
        """(always, may) of the leaf, or of the detail."""
        def pick(names):
            return {n.removeprefix("detail.") for n in names if n.startswith("detail.") == detail}
        return pick(self.always), pick(self.may)


def read(page=PAGE):
    parts = re.split(r"^### `(EVENT_\w+)`$", page.split("\n## 4. ")[1], flags=re.M)
    return {name: Kind(name, text) for name, text in zip(parts[1::2], parts[2::2])}


KINDS = read()


def _compare(what, message, always, may):
    is_set = {f.name for f, _ in message.ListFields()}
    found = ["%s does not set %s" % (what, f) for f in sorted(always - is_set)]
    found += ["%s sets %s" % (what, f) for f in sorted(is_set - always - may)]
    if message.UnknownFields():
        found.append("%s holds fields that nobody knows" % what)
    return found


def faults(raw, detail=b""):
    """What the catalogue does not allow of a leaf and, if it is at hand, its detail."""
    leaf = sc.journal_pb2.Leaf.FromString(raw)
    name = EVENT.Name(leaf.kind) if leaf.kind in EVENT.values() else "kind %d" % leaf.kind
    if name not in KINDS:
        return ["%s is not in the catalogue" % name]
    always, may = KINDS[name].fields(False)
    if any(f.startswith("detail.") for f in KINDS[name].always | KINDS[name].may):
        may = may | {"detail_digest"}
    found = _compare(name, leaf, always | COMMON, may)
    if len(raw) > LEAF_MAX:
        found.append("%s has %d bytes" % (name, len(raw)))
    if raw[:2] != b"\x0a\x20" or leaf.version != 1:
        found.append("%s does not begin with its nonce" % name)
    if b"psn1." in raw + detail:
        found.append("%s holds a pseudonym" % name)
    if detail:
        if sc.hashlib.sha256(detail).digest() != leaf.detail_digest:
            found.append("%s: another detail than the leaf says" % name)
        found += _compare(name + ".detail", sc.journal_pb2.Detail.FromString(detail),
                          *KINDS[name].fields(True))
    return found


def kind_of(raw):
    return EVENT.Name(sc.journal_pb2.Leaf.FromString(raw).kind)


def leaves_of(database):
    """The leaves in a broker's database, also while it runs; [] where it cannot be read (a
    test may have damaged it)."""
    try:
        with sqlite3.connect("file:%s?mode=ro" % database, uri=True) as db:
            return [row[0] for row in db.execute("SELECT bytes FROM leaf ORDER BY idx")]
    except sqlite3.Error:
        return []


def ids_in(database):
    """{what: bytes} of the ids that no leaf may hold: of cases, requests, deliveries, tasks."""
    columns = {"a case": ("case_", "id"), "a request": ("request", "id"),
               "a delivery": ("outbox", "id"), "a task": ("task", "id"),
               "a trace": ("case_source", "trace")}
    found = {}
    with sqlite3.connect("file:%s?mode=ro" % database, uri=True) as db:
        for what, (table, column) in columns.items():
            for value, in db.execute("SELECT %s FROM %s" % (column, table)):
                # ids that a test made by hand may be all zero, or text
                if isinstance(value, bytes) and len(value) == 16 and len(set(value)) > 8:
                    found[value] = what
    return found


def faults_of(database):
    """Everything that is wrong with the journal in DATABASE; its leaves."""
    leaves, found, nonces = leaves_of(database), [], set()
    if not leaves:
        return [], []
    ids = ids_in(database)
    for i, raw in enumerate(leaves):
        found += ["entry %d: %s" % (i, f) for f in faults(raw)]
        nonces.add(raw[2:34])
        found += ["entry %d holds the id of %s" % (i, what) for value, what in ids.items()
                  if value in raw]
    if len(nonces) != len(leaves):
        found.append("a nonce was used twice")
    return found, leaves


if __name__ == "__main__":
    FAULTS, LEAVES = faults_of(sys.argv[1] + "/broker/state/sluis.db")
    print("\n".join(FAULTS) or "%d entries are as the catalogue says" % len(LEAVES))
    sys.exit(1 if FAULTS or not LEAVES else 0)
