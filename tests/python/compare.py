# SPDX-License-Identifier: EUPL-1.2
"""Two folders of a broker, compared: all that may differ is named here, column by column.

    compare.differences(ours, theirs)   ->  ["sluis.db: leaf, row 7: ...", ...]

Each argument is a Folder: what was read from disk after the broker had ended, so that a test can
also change what was read and see that it is noticed.
"""

import json
import pathlib
import re
import sqlite3
import tempfile

import views

# table.column: why it may differ; compared by its length
FREE = {
    "tile.hashes": "hashes of leaves, each with its nonce",
    "head.root": "the root over them",
    "head.edge": "hashes of leaves",
    "leaf.detail": "sealed, one key a record (store/detail.c)",
    "witness.note": "a root, and signatures over it",
    "gap.root": "the root of a head that was lost",
    "ids.key": "drawn at random: the permutation of ids (store/ids.h)",
    "outbox.id": "its number and random bytes under that key",
    "copy.sealed": "AEAD under a random key; its length is a size class",
    "task.id": "as outbox.id",
    "reveal.delivery": "an outbox.id",
    "reveal.box": "sealed to the asker",
    "request.digest": "keyed (repeat.c)",
    "link_token.token": "HMAC under the link key (pseudonym.h)",
    "link_told.token": "the same",
    "control.token": "the same",
    "subject_set.tokens": "HMACs under the subject key (pseudonym.h)",
    "subject.token": "the same",
    "key.wrapped": "a random key, sealed under the master key",
    "record.wrapped": "the same",
}
# bytes that hold a message: random fields of it may differ (views.RANDOM), nothing else
MESSAGES = {"leaf.bytes": "Leaf", "case_step.bytes": "CaseStep",
            "notice.bytes": "Notice"}
# an id of an outbox row or a task, or of a request, which is the asker's own
ABOUT = {"task.about"}
# order of rows by a free column: compared as a set
BY_FREE = {"link_told"}
# b-trees ordered by a free column, or emptied in its order: the same entries, elsewhere in the page
INDEXES_BY_FREE = {"outbox_odd", "task_odd", "task_about", "link_like",
                   "sqlite_autoindex_link_token_1", "link_told", "link_new", "control_near"}
# of ready.json and the log: what the system gave
READY = {"pid", "agency", "audit", "enrol"}


class Folder:
    """{file name: bytes} of one broker's folder, and its databases as rows and pages."""

    def __init__(self, path):
        self.files = {str(p.relative_to(path)): p.read_bytes()
                      for p in sorted(pathlib.Path(path).rglob("*")) if p.is_file()}
        self.sizes = {name: len(data) for name, data in self.files.items()}
        self.tables, self.trees, self.packed = {}, {}, {}
        for name in [n for n in self.files if n.endswith(".db")]:
            with sqlite3.connect("file:%s?mode=ro" % (pathlib.Path(path) / name), uri=True) as db:
                self.tables[name] = tables_of(db)
                self.trees[name] = trees_of(db)
                self.packed[name] = packed(db)


def tables_of(db):
    """{table: (columns, rows)}, in the order of the table."""
    found = {}
    names = [n for n, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"
                                    " AND name NOT LIKE 'sqlite_%' ORDER BY name")]
    for name in names:
        cursor = db.execute("SELECT * FROM \"%s\"" % name)
        found[name] = ([d[0] for d in cursor.description], [list(r) for r in cursor])
    found["sqlite_master"] = (["sql"], [[s] for s, in db.execute("SELECT sql FROM sqlite_master")])
    return found


def packed(db):
    """(pages, trees) of the same database as one that was written at once."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "packed.db"
        db.execute("VACUUM INTO ?", (str(path),))
        with sqlite3.connect(path) as copy:
            return path.read_bytes(), trees_of(copy)


def trees_of(db):
    """{page number: (tree, place in it, kind, cells, payload, unused)}; a page that is in
    no tree is free."""
    return {row[0]: row[1:] for row in db.execute(
        "SELECT pageno, name, path, pagetype, ncell, payload, unused, mx_payload FROM dbstat")}


# --- rows ---------------------------------------------------------------------------------


def plain_value(table, column, value):
    """VALUE without what may differ."""
    key = "%s.%s" % (table, column)
    if value is None or not isinstance(value, bytes):
        return value
    if key in FREE or key in ABOUT:
        return "%d free bytes" % len(value)
    if key in MESSAGES:
        message = views._type(MESSAGES[key])    # pylint: disable=protected-access
        return views.plain(message.FromString(value)).SerializeToString()
    return value


def plain_rows(table, columns, rows):
    plain = [[plain_value(table, c, v) for c, v in zip(columns, row)] for row in rows]
    return sorted(plain, key=repr) if table in BY_FREE else plain


def compare_rows(name, ours, theirs):
    found = []
    if set(ours) != set(theirs):
        return ["%s: other tables" % name]
    for table, (columns, rows) in ours.items():
        their_columns, their_rows = theirs[table]
        if columns != their_columns or len(rows) != len(their_rows):
            found.append("%s: %s has %d rows and %d" % (name, table, len(rows), len(their_rows)))
            continue
        a, b = plain_rows(table, columns, rows), plain_rows(table, columns, their_rows)
        for i, (x, y) in enumerate(zip(a, b)):
            found += ["%s: %s.%s, row %d: %r and %r" % (name, table, c, i, v, w)
                      for c, v, w in zip(columns, x, y) if v != w]
    return found


# --- pages --------------------------------------------------------------------------------

WINDOW = 8


def free_bytes(tables):
    """Every window of bytes in a value that may differ."""
    windows = set()
    for table, (columns, rows) in tables.items():
        for row in rows:
            for column, value in zip(columns, row):
                key = "%s.%s" % (table, column)
                if isinstance(value, bytes) and key in {*FREE, *ABOUT, *MESSAGES}:
                    windows.update(value[i:i + WINDOW] for i in range(len(value) - WINDOW + 1))
    return windows


def is_free(page, at, windows):
    """Whether the byte AT of PAGE lies in a value that may differ."""
    return any(page[i:i + WINDOW] in windows
               for i in range(max(0, at - WINDOW + 1), min(at, len(page) - WINDOW) + 1))


def compare_trees(name, ours, theirs):
    """What each page is of and how full; of an index in a free order only the former, and how
    many entries it has (which of them divides two pages is chance)."""
    def shape(page):
        return page and (page[0:3:2] if page[0] in INDEXES_BY_FREE else page)

    def entries(pages):
        return {tree: sum(p[3] for p in pages.values() if p[0] == tree) for tree in INDEXES_BY_FREE}
    found = ["%s: page %s: %r and %r" % (name, n, ours.get(n), theirs.get(n))
             for n in sorted({*ours, *theirs}) if shape(ours.get(n)) != shape(theirs.get(n))]
    if entries(ours) != entries(theirs):
        found.append("%s: an index has another number of entries" % name)
    return found


def compare_pages(name, ours, theirs, page_size=4096):
    """The raw pages: which b-tree each is of, how full it is, and its bytes."""
    a, b = ours.files[name], theirs.files[name]
    trees, their_trees = ours.trees[name], theirs.trees[name]
    if compare_trees(name, trees, their_trees):
        # when a finished copy is erased, before or after the next request, is up to the
        # scheduler, and with it which page is reused: then as if written at once
        (a, trees), (b, their_trees) = ours.packed[name], theirs.packed[name]
    found = compare_trees(name, trees, their_trees)
    if found:
        return found
    wa, wb = free_bytes(ours.tables[name]), free_bytes(theirs.tables[name])
    for at in range(0, min(len(a), len(b)), page_size):
        x, y = a[at:at + page_size], b[at:at + page_size]
        tree = trees.get(at // page_size + 1, ("no tree",))[0]
        if x == y or tree in INDEXES_BY_FREE:
            continue
        wrong = [i for i in range(len(x)) if x[i] != y[i]
                 and not (is_free(x, i, wa) and is_free(y, i, wb))]
        if wrong:
            found.append("%s: page %d (%s), bytes %s" % (name, at // page_size + 1, tree, wrong[:8]))
    return found


# --- files ---------------------------------------------------------------------------------


def plain_file(name, data):
    if name == "ready.json":
        return {k: v for k, v in json.loads(data).items() if k not in READY}
    if name == "published-head":    # a signed note: the root is one over nonces
        return views.plain_note(data.decode("utf-8"))
    if name.endswith(".log"):
        return re.sub(rb"127\.0\.0\.1:\d+", b"127.0.0.1:?", data)
    return data


def differences(ours, theirs):
    found = []
    if set(ours.files) != set(theirs.files):
        return ["other files: %s" % (set(ours.files) ^ set(theirs.files))]
    for name, data in ours.files.items():
        other = theirs.files[name]
        if name.endswith(".db"):
            found += compare_rows(name, ours.tables[name], theirs.tables[name])
            found += compare_pages(name, ours, theirs)
            if len(ours.packed[name][0]) != len(theirs.packed[name][0]):
                found.append("%s: another size" % name)
        elif plain_file(name, data) != plain_file(name, other):
            found.append("%s: other content" % name)
    return found
