# SPDX-License-Identifier: EUPL-1.2
"""docs/journal.md says what proto/catalogue.c says, and both know every kind.  No broker."""

import ast
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import catalogue
import sluis_client as sc

CODE = (sc.ROOT / "proto" / "catalogue.c").read_text("utf-8")
HEADER = (sc.ROOT / "proto" / "catalogue.h").read_text("utf-8")
FIELDS = {f.number: f.name for f in sc.journal_pb2.Leaf.DESCRIPTOR.fields}


def words():
    """{"LEAF_SENDER": {"sender_oin", "sender_desk"}, ...}, and what catalogue.c makes of them."""
    found = {name: {FIELDS[int(n)] for n in re.findall(r"1 << (\d+)", bits)}
             for name, bits in re.findall(r"^\t(LEAF_\w+)\s*= ([^,]+),", HEADER, re.M)}
    for name, bits in re.findall(r"^#define (\w+_) \((LEAF[^)]*|\w+_ \|[^)]*)\)", CODE, re.M):
        found[name] = set().union(*(found[w] for w in re.findall(r"\w+", bits)))
    return found


def rows_of_the_code():
    """{"EVENT_RULING": (always, may)}."""
    known = words()
    table = CODE.split("#define CATALOGUE(X)")[1].split("\n\n")[0].replace("\\\n", " ")

    def fields(text):
        return set().union(*(known[w] for w in re.findall(r"[A-Z]\w+", text)))
    return {"EVENT_" + kind: (fields(always), fields(may))
            for kind, always, may in re.findall(r"X\((\w+),([^,]*),([^)]*)\)", table)}


class Document(unittest.TestCase):
    def test_every_kind_has_its_section_and_there_is_no_other(self):
        names = [n for n in catalogue.EVENT.keys() if n != "EVENT_UNSPECIFIED"]
        self.assertEqual(names, list(catalogue.KINDS))

    def test_every_kind_has_its_row_in_the_code_and_it_says_the_same(self):
        rows = rows_of_the_code()
        self.assertEqual(set(catalogue.KINDS), set(rows))
        for name, kind in catalogue.KINDS.items():
            always, may = kind.fields(False)
            in_detail = kind.fields(True)[0] | kind.fields(True)[1]
            ours, theirs = always | may, rows[name][0] | rows[name][1]
            with self.subTest(kind=name):
                self.assertEqual(ours, theirs - {"detail_digest"})
                self.assertEqual(always, rows[name][0] - {"detail_digest"})
                self.assertEqual(bool(in_detail), "detail_digest" in theirs)

    def test_every_field_that_it_names_exists(self):
        leaf = set(FIELDS.values())
        detail = {f.name for f in sc.journal_pb2.Detail.DESCRIPTOR.fields}
        for name, kind in catalogue.KINDS.items():
            self.assertLessEqual(set().union(*kind.fields(False)), leaf, name)
            self.assertLessEqual(set().union(*kind.fields(True)), detail, name)
            self.assertFalse(kind.always & kind.may, name)

    def test_every_field_of_leaf_and_detail_has_its_place(self):
        used = set().union(*(k.always | k.may for k in catalogue.KINDS.values()))
        of_leaf = set(FIELDS.values()) - catalogue.COMMON - {"detail_digest"}
        self.assertEqual(set(), of_leaf - used)
        self.assertEqual(set(), {"detail." + f.name for f in
                                 sc.journal_pb2.Detail.DESCRIPTOR.fields} - used)

    def test_the_pair_of_a_desk_stands_together(self):
        for name, kind in catalogue.KINDS.items():
            for who in ("sender", "recipient"):
                for fields in (kind.always, kind.may):
                    self.assertEqual(who + "_oin" in fields, who + "_desk" in fields, name)

    def test_a_detail_has_a_salt(self):
        for name, kind in catalogue.KINDS.items():
            always, may = kind.fields(True)
            if always | may:
                self.assertIn("salt", always, name)

    def test_the_history_names_every_kind_once(self):
        found = re.findall(r"^\| (\d+) \| kinds (\d+) to (\d+)", catalogue.PAGE, re.M)
        since = {n: int(version) for version, first, last in found
                 for n in range(int(first), int(last) + 1)}
        for name, kind in catalogue.KINDS.items():
            self.assertEqual(kind.since, since[catalogue.EVENT.Value(name)], name)
        self.assertIn("\nCatalogue %s. " % found[-1][0], catalogue.PAGE)

    def test_every_test_that_it_names_exists(self):
        for name, kind in catalogue.KINDS.items():
            if kind.shown_by:
                module, of, test = kind.shown_by.split(".")
                tree = ast.parse((sc.ROOT / "tests/e2e" / (module + ".py")).read_text("utf-8"))
                found = [c for c in tree.body if isinstance(c, ast.ClassDef) and c.name == of
                         for f in c.body if isinstance(f, ast.FunctionDef) and f.name == test]
                self.assertEqual(1, len(found), "%s: %s" % (name, kind.shown_by))


class Faults(unittest.TestCase):
    """The comparison itself: what it must not let pass."""

    def leaf(self, kind="EVENT_GATE", **fields):
        fields = {"code": "not_enrolled", "count": 3, **fields} if kind == "EVENT_GATE" else fields
        return sc.journal_pb2.Leaf(nonce=b"n" * 32, version=1, kind=kind, time_ms=5, **fields)

    def check(self, expected, leaf, detail=b""):
        raw = leaf if isinstance(leaf, bytes) else leaf.SerializeToString()
        self.assertEqual(expected, catalogue.faults(raw, detail))

    def test_what_is_right_passes(self):
        self.check([], self.leaf())
        self.check([], self.leaf("EVENT_COVER"))

    def test_each_field_too_many_is_seen(self):
        self.check(["EVENT_COVER sets purpose"], self.leaf("EVENT_COVER", purpose="Jan"))
        self.check(["EVENT_COVER sets detail_digest"], self.leaf("EVENT_COVER", detail_digest=b"d" * 32))
        for field in ("phase", "convenant", "rule", "sender_oin"):
            self.check(["EVENT_GATE sets " + field], self.leaf(**{field: "x"}))

    def test_each_field_too_few_is_seen(self):
        raw = self.leaf()
        raw.ClearField("count")
        self.check(["EVENT_GATE does not set count"], raw)
        raw = self.leaf()
        raw.ClearField("time_ms")
        self.check(["EVENT_GATE does not set time_ms"], raw)

    def test_an_unknown_kind_or_field_is_seen(self):
        raw = self.leaf().SerializeToString()
        self.check(["EVENT_GATE holds fields that nobody knows"], raw + b"\xba\x06\x04Jan!")
        self.check(["EVENT_UNSPECIFIED is not in the catalogue"], self.leaf("EVENT_UNSPECIFIED"))

    def test_a_nonce_that_is_short_or_not_first_is_seen(self):
        raw = self.leaf().SerializeToString()
        self.check(["EVENT_GATE does not begin with its nonce"], raw[34:] + raw[:34])
        short = self.leaf()
        short.nonce = b"n" * 31
        self.check(["EVENT_GATE does not begin with its nonce"], short)

    def test_size_and_pseudonyms_are_seen(self):
        self.check(["EVENT_GATE has 1059 bytes"], self.leaf(code="x" * 1012))
        self.check(["EVENT_GATE holds a pseudonym"], self.leaf(code="psn1.ab"))

    def test_another_detail_is_seen(self):
        detail = sc.journal_pb2.Detail(salt=b"s" * 32, case_id=b"c" * 16).SerializeToString()
        leaf = self.leaf("EVENT_OVERDUE", recipient_oin="1", recipient_desk="d", refers_to=3,
                         detail_digest=sc.hashlib.sha256(detail).digest())
        self.check([], leaf, detail)
        self.check(["EVENT_OVERDUE: another detail than the leaf says"], leaf, detail + b"\x2a\x00"[:0] +
                   sc.journal_pb2.Detail(layer=2).SerializeToString())
        named = sc.journal_pb2.Detail(salt=b"s" * 32, user="jan").SerializeToString()
        leaf.detail_digest = sc.hashlib.sha256(named).digest()
        self.check(["EVENT_OVERDUE.detail sets user"], leaf, named)


if __name__ == "__main__":
    unittest.main(verbosity=2)
