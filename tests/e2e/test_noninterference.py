# SPDX-License-Identifier: EUPL-1.2
"""Two runs that differ only in the person leave broker files that differ only in sealed,
keyed or random bytes.

One region is made and copied, so that all keys are the same; both copies live through the same
script by a clock that stands still between steps (that of test_layer2.py: two cases, both layers,
feedback, recalls; then links, a control, a question who it is).  In one the signals are about
other people, whose every word has the same length (tests/python/someone.py).  Everything on the
broker's disk is compared: rows, raw pages, sizes, log, ready file (tests/python/compare.py, which
names each column that may differ).

That the comparison can fail is shown by what was read: a word of the person put where it is not
sealed, into a copy of it, is found, in each place.
"""

import copy
import datetime
import pathlib
import sys
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import catalogue
import clock as ck
import compare
import leaks
import region as rg
import sluis_client as sc
import someone
import test_layer2

FILES = ("04-hotel-and-webcam.json", "06-women-in-one-room.json", "07-straw-man.json",
         "10-truant-girl.json")
LINK, CONTROL, REVEAL = (sc.TYPE % t for t in ("link", "plan-control", "reveal-ask"))


def same(signal):
    return signal


def limits_of(pid):
    return pathlib.Path("/proc/%d/limits" % pid).read_text("ascii")


def play(w):
    """The script, and what else knows a person: links, a planned control, a question."""
    test_layer2.play(w)
    test_layer2.play_case(w)
    for file in FILES[:2]:
        for name, to in (("meldpunt", "politie"), ("nla", "politie")):
            w.submit(name, file, (to,))
            w.region.clock.forward(5)
    found = [d for d in w.receive("politie")]
    w.ask("meldpunt", LINK, sc.wire_pb2.Link(trace_id=w.submit(
        "meldpunt", FILES[3], ("politie",)).request_id))
    w.codes += [w.ask("politie", sc.ACKNOWLEDGE, sc.wire_pb2.Acknowledge(
        delivery_ids=[d.delivery_id for d in found[:3]])).code]
    plan = sc.wire_pb2.PlanControl(convenant="riec")
    plan.control.planned_on = (datetime.date.today() + datetime.timedelta(days=5)).isoformat()
    home = rg.signal_from(FILES[0]).persons[0].residence
    plan.control.postcode, plan.control.house_number = home.postcode, int(home.house_number)
    w.codes += [w.ask(name, CONTROL, plan).code for name in ("politie", "nla")]
    m = w.submission(FILES[3], ("politie",), purpose="duiding")
    m.convenant, m.phase = "afstemming", "1"
    w.codes.append(w.ask("meldpunt", sc.SUBMIT, m).code)
    of = max(w.receive("politie"), key=lambda d: d.receipt.index)
    w.acknowledge("politie", [of.delivery_id])
    w.codes.append(w.ask("politie", REVEAL, sc.wire_pb2.RevealAsk(
        delivery_id=of.delivery_id, what=sc.case_pb2.REVEAL_IDENTITY, path="persons[0].bsn",
        ground=sc.case_pb2.ACUTE_DANGER_TO_LIFE)).code)
    w.region.clock.forward(30)
    w.turn()


PAGE = 4096     # of SQLite


@unittest.skipUnless(ck.library(), "needs libfaketime (package faketime)")
class TwoRuns(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if rg.is_sanitized():
            raise unittest.SkipTest("a sanitizer and libfaketime do not go together")
        cls.base = test_layer2.covered_region(cls.addClassCleanup)
        cls.folders, cls.sizes, cls.limits, cls.codes = {}, {}, {}, {}
        read = rg.signal_from
        for name, change in (("ours", same), ("theirs", someone.else_in), ("ours again", same)):
            with unittest.mock.patch.object(rg, "signal_from",
                                            lambda file, change=change: change(read(file))):
                cls.run_world(name)

    @classmethod
    def run_world(cls, name):
        w = test_layer2.World(cls.base, name.replace(" ", "-"), 2)
        cls.addClassCleanup(w.close)
        play(w)
        cls.codes[name] = w.codes
        cls.limits[name] = limits_of(w.region.broker.pid)
        cls.sizes[name] = {p.name: p.stat().st_size
                           for p in (w.region.broker_dir / "state").iterdir()}
        ready = (w.region.broker_dir / "ready.json").read_bytes()
        w.region.kill_broker(rg.signal.SIGTERM)
        (w.region.broker_dir / "ready.json").write_bytes(ready)     # it goes with the broker
        cls.folders[name] = compare.Folder(w.region.broker_dir)

    def test_both_did_the_same(self):
        self.assertEqual(self.codes["ours"], self.codes["theirs"])
        self.assertEqual(["ok"] * 5, self.codes["ours"][-5:])
        kinds = {catalogue.kind_of(row[1]) for row in self.folders["ours"].tables[
            "state/sluis.db"]["leaf"][1]}
        self.assertGreaterEqual(len(kinds), 15, kinds)

    def test_the_people_are_others_and_their_words_as_long(self):
        for file in FILES:
            one = rg.signal_from(file)
            words, others = leaks.texts(one), leaks.texts(someone.else_in(one))
            changed = [(p, v) for (p, v), (_, o) in zip(words, others) if v != o]
            self.assertEqual([len(v) for _, v in words], [len(v) for _, v in others])
            self.assertLessEqual({"bsn", "family_name"}, {p.split(".")[-1] for p, _ in changed})

    def test_the_files_differ_in_sealed_keyed_and_random_bytes_only(self):
        self.assertEqual([], compare.differences(self.folders["ours"], self.folders["theirs"]))

    def test_so_do_those_of_two_runs_about_the_same_people(self):
        self.assertEqual([], compare.differences(self.folders["ours"], self.folders["ours again"]))

    def test_while_the_broker_runs_its_files_are_as_long(self):
        def wal(name):
            return self.sizes[name].get("sluis.db-wal")
        if wal("ours") != wal("ours again"):    # which the scheduler decides, too
            return
        ours, theirs = dict(self.sizes["ours"]), dict(self.sizes["theirs"])
        # an index in the order of random bytes splits its pages where these happen to fall
        apart = abs(ours.pop("sluis.db") - theirs.pop("sluis.db"))
        self.assertLessEqual(apart, PAGE * len(compare.INDEXES_BY_FREE))
        self.assertEqual(ours, theirs)

    def test_no_file_holds_a_word_of_either(self):
        public = b"".join(p.read_bytes() for p in (self.base.broker_dir / "policy").glob("*.yaml"))
        public += (self.base.dir / "region.json").read_bytes()
        public += b"".join(p.read_bytes() for p in self.base.dir.glob("parties/*/chain.pem"))
        for name, change in (("ours", same), ("theirs", someone.else_in)):
            needles = leaks.Needles()
            for file in FILES:
                for path, value in someone.words(change(rg.signal_from(file))):
                    needles.add(path, value)
            needles = needles.without(public)
            self.assertGreater(needles.values, 60)
            for file, data in self.folders[name].files.items():
                if not file.startswith("policy"):
                    self.assertEqual([], needles.found_in(data), file)

    def test_a_broker_that_dies_leaves_no_core(self):
        for limits in self.limits.values():
            self.assertRegex(limits, r"(?m)^Max core file size +0 +0 ")

    # --- the comparison itself ------------------------------------------------------------

    def leaky(self, change):
        """What is found when CHANGE was done to a copy of what was read."""
        ours = copy.copy(self.folders["ours"])
        for name in ("files", "tables", "trees", "packed"):
            setattr(ours, name, copy.deepcopy(getattr(ours, name)))
        change(ours)
        return compare.differences(ours, self.folders["theirs"])

    def test_a_word_in_any_table_is_found(self):
        tables = self.folders["ours"].tables["state/sluis.db"]
        for table, (columns, rows) in tables.items():
            for at, column in enumerate(columns):
                if not rows or not isinstance(rows[-1][at], str):
                    continue

                def change(f, table=table, at=at):
                    f.tables["state/sluis.db"][table][1][-1][at] += "Rietschoten"
                with self.subTest(table=table, column=column):
                    self.assertTrue(self.leaky(change))

    def test_a_word_in_a_field_of_a_leaf_is_found(self):
        def change(f):
            row = f.tables["state/sluis.db"]["leaf"][1][0]
            leaf = sc.journal_pb2.Leaf.FromString(row[1])
            leaf.rule = "999910012"
            row[1] = leaf.SerializeToString()
        self.assertTrue(self.leaky(change))

    def test_details_lie_there_sealed(self):
        columns, rows = self.folders["ours"].tables["state/sluis.db"]["leaf"]
        at, n = columns.index("detail"), 0
        for row in rows:
            leaf = sc.journal_pb2.Leaf.FromString(row[1])
            if row[at] is not None:
                n += 1
                self.assertNotEqual(leaf.detail_digest, sc.hashlib.sha256(row[at]).digest())
        self.assertGreater(n, 30)

    def test_a_length_that_depends_on_the_person_is_found(self):
        def change(f):
            columns = f.tables["state/sluis.db"]["copy"][0]
            at = columns.index("sealed")
            row = next(r for r in f.tables["state/sluis.db"]["copy"][1] if r[at])
            row[at] += b"\0"
        self.assertTrue(self.leaky(change))

    def test_a_word_in_the_space_between_rows_is_found(self):
        trees = self.folders["ours"].trees["state/sluis.db"]
        page = next(n for n, row in sorted(trees.items()) if row[0] == "leaf" and row[5] > 64)

        def change(f):
            data = bytearray(f.files["state/sluis.db"])
            start = (page - 1) * 4096
            hole = data.index(bytes(32), start, start + 4096)
            data[hole:hole + 11] = b"Rietschoten"
            f.files["state/sluis.db"] = bytes(data)
            f.packed["state/sluis.db"] = (bytes(data), f.trees["state/sluis.db"])
        self.assertTrue(self.leaky(change))

    def test_a_word_in_log_or_ready_file_is_found(self):
        def log(f):
            f.files["sluisd.log"] += b"Rietschoten\n"

        def ready(f):
            f.files["ready.json"] = f.files["ready.json"].replace(b'"ok"', b'"Rietschoten"')
        for change in (log, ready):
            self.assertTrue(self.leaky(change))

    def test_pages_written_at_once_are_the_same_too(self):
        def change(f):
            f.trees["state/sluis.db"] = {}      # as if the scheduler had used other pages
        self.assertEqual([], self.leaky(change))

    def test_every_free_column_exists(self):
        known = {"%s.%s" % (table, column) for tables in self.folders["ours"].tables.values()
                 for table, (columns, _) in tables.items() for column in columns}
        self.assertEqual(set(), {*compare.FREE, *compare.MESSAGES, *compare.ABOUT} - known)


if __name__ == "__main__":
    unittest.main(verbosity=2)
