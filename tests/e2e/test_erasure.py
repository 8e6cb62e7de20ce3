# SPDX-License-Identifier: EUPL-1.2
"""What the broker is done with lies nowhere any more.

Every text of a signal begins with a word that stands nowhere else.  After it went through
the broker, the memory of the process, every file of the broker and a backup of its
databases are searched for that word, and for numbers, in every coat (leaks.py).
"""

import os
import pathlib
import secrets
import sqlite3
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import leaks
import memory
import region as rg
import sluis_client as sc
from e2e_case import EVENT

# what may hold any text at all
FREE = {"given_names", "family_name", "street", "city", "injuries", "treatment", "request",
        "guardian_name", "care_worker", "facility", "avoid_region", "narrative", "name",
        "description", "local_reference", "remark", "occupation", "holder_name"}
FILES = sorted(p.name for p in rg.SIGNALS.glob("[0-9]*.json"))


def valid_bsn():
    while True:
        digits = [secrets.randbelow(10) for _ in range(9)]
        weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
        if digits[0] and sum(d * w for d, w in zip(digits, weights)) % 11 == 0:
            return "".join(map(str, digits))


def a_word(n=12):
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(n)).capitalize()


def marked(name, word, bsn):
    """The signal in file NAME; every free text in it begins with WORD, every BSN is BSN."""
    signal = rg.signal_from(name)

    def walk(message):
        for field, value in message.ListFields():
            if field.message_type:
                for v in value if field.label == field.LABEL_REPEATED else [value]:
                    walk(v)
            elif field.name == "bsn":
                setattr(message, field.name, bsn)
            elif field.name in FREE and field.label != field.LABEL_REPEATED:
                setattr(message, field.name, word + value)

    walk(signal)
    return signal.SerializeToString()


class Canary(e2e_case.RegionCase):
    def setUp(self):
        super().setUp()
        self.word, self.bsn = a_word(), valid_bsn()
        self.needles = leaks.Needles()
        self.needles.add("word", self.word)
        self.needles.add("persons.bsn", self.bsn)

    def send_everything(self):
        """Every signal in every convenant to everybody; how many recipients were served."""
        sender, served = self.desk("meldpunt"), 0
        others = [n for n in self.region.region.parties if n not in ("auditor", "meldpunt")]
        for name in FILES:
            signal = marked(name, self.word, self.bsn)
            self.assertIn(self.word.encode(), signal)
            for words in e2e_case.WORDS.values():
                answer = sender.exchange(
                    sender.build_submit(signal, *words, self.region.to(*others)))
                served += sum(o.code == "ok" for o in answer.outcomes)
        return served, others

    def assert_gone(self, what):
        """The word lies in no memory and no file of the broker, nor in a backup."""
        pid = self.region.broker_pid()
        if rg.is_sanitized() or not memory.may_read(pid):
            print("the memory of the broker cannot be read here", flush=True)
        else:
            self.assertEqual([], memory.lies_in_memory(pid, self.needles), what)
        self.assertEqual([], memory.lies_in_files(self.region.files_of_broker(), self.needles))
        self.assertEqual([], memory.lies_in_files(self.backup(), self.needles), what)

    def backup(self):
        """{name: bytes} of backups made now, by SQLite's own interface."""
        made = {}
        for name in ("sluis.db", "keys.db"):
            path = self.region.dir / ("backup-" + name)
            with sqlite3.connect("file:%s?mode=ro" % (self.database.parent / name),
                                 uri=True) as db, sqlite3.connect(path) as copy:
                db.backup(copy)
            made[name] = path.read_bytes()
            path.unlink()
        return made


class Delivered(Canary):
    def test_nothing_of_a_signal_stays_when_it_was_delivered(self):
        served, others = self.send_everything()
        self.assertGreater(served, 20)
        self.assert_gone("while copies wait, sealed")
        got = b""
        for name in others:
            while True:
                page = self.desk(name).receive(max_deliveries=16, lease_ms=60000)
                if not page:
                    break
                got += b"".join(d.copy for d in page)
                self.desk(name).acknowledge([d.delivery_id for d in page])
        self.assertIn(self.word.encode(), got)
        self.assert_gone("delivered and acknowledged")

    def test_nothing_stays_of_what_was_erased(self):
        c = self.desk("meldpunt")
        signal = marked("05-niece-in-the-household.json", self.word, self.bsn)
        frame = c.build_submit(signal, "zorg", "1", "hulpverlening",
                               self.region.to("zorgcoordinator", "veiligthuis"))
        answer = c.exchange(frame)
        self.assertEqual("ok", answer.code)
        self.assertEqual(1, len(self.signals("zorgcoordinator")))    # the other one waits
        self.ask("meldpunt", "erase", sc.wire_pb2.Erase(trace_id=answer.request_id))
        self.assertEqual([], self.signals("veiligthuis"))
        self.assert_gone("erased")
        rg.wait_for("the copies to be gone", lambda: [(0,)] == self.sql(
            "SELECT count(*) FROM outbox o JOIN leaf l ON l.idx = o.leaf"
            " LEFT JOIN copy c ON c.seq = o.seq WHERE l.erased NOT NULL AND"
            " (c.sealed NOT NULL OR l.detail NOT NULL)"), 30)

    def test_nothing_stays_of_what_was_refused(self):
        c = self.desk("meldpunt")
        signal = marked("05-niece-in-the-household.json", self.word, self.bsn)
        for frame in (
                c.build_submit(signal, "nothing", "1", "x", self.region.to("politie")),
                c.build_submit(signal, "zorg", "9", "hulpverlening",
                               self.region.to("zorgcoordinator")),
                c.build_submit(signal, "zorg", "1", "hulpverlening", [])):
            self.assertNotEqual("ok", c.exchange(frame).code)
        junk = self.word.encode() * 50 + bytes(64)  # libzmq leaves the last 33 bytes of a
        c.socket.send(junk)                         # frame, in an envelope its signature
        c.socket.send_multipart([junk] * 3)
        for _ in range(2):
            self.assertNotEqual("ok", sc.wire_pb2.Answer.FromString(c.socket.recv()).code)
        self.assert_gone("refused")

    def test_the_search_would_find_it(self):
        self.assertTrue(memory.lies_in_memory(os.getpid(), self.needles))
        self.assertTrue(memory.lies_in_files(
            {"file": b"\0" + self.word.encode("utf-16-le")}, self.needles))


class Erase(e2e_case.RegionCase):
    SETTINGS = {"erase_ms": 10}

    def erase(self, name, trace, code="ok", **more):
        return self.ask(name, "erase", sc.wire_pb2.Erase(trace_id=trace, **more), code)

    def keys(self):
        """How many keys keys.db holds, of copies and of records."""
        with sqlite3.connect("file:%s?mode=ro" % (self.database.parent / "keys.db"),
                             uri=True) as db:
            return [db.execute("SELECT count(*) FROM " + t).fetchone()[0]
                    for t in ("key", "record")]

    def details(self, trace):
        """Whether each entry of the submission TRACE has a detail, as the auditor sees it."""
        with self.region.client("auditor") as c:
            answer = c.ask(sc.TYPE % "explain", sc.wire_pb2.Explain(trace_id=trace))
            for o in answer.outcomes:
                sc.verify_receipt(o.receipt, self.region.region.verifier)
            return [o.receipt.HasField("detail") for o in answer.outcomes]

    # --- who may not -------------------------------------------------------------------

    def test_nobody_but_the_source_erases(self):
        trace, _ = self.share("meldpunt", ["politie", "nla"])
        for name in ("politie", "nla", "analist", "zorgcoordinator"):
            self.erase(name, trace, "not_found")
        self.erase("meldpunt", os.urandom(16), "not_found")
        self.erase("meldpunt", b"short", "malformed")
        self.erase("meldpunt", trace, "malformed", ground=0)
        recall = self.ask("meldpunt", "recall", sc.wire_pb2.Recall(
            trace_id=trace, ground=e2e_case.CASE.RECALL_UNLAWFUL))
        leaf = sc.journal_pb2.Leaf.FromString(recall.receipts[0].leaf)
        act = self.desk("meldpunt").explain(leaf_index=recall.receipts[0].index)
        self.assertEqual(EVENT.Value("EVENT_RECALL"), leaf.kind)
        self.erase("meldpunt", self.trace_of(act), "not_found")     # an act is no submission
        self.assertEqual([True, True], self.details(trace))
        self.assertEqual(0, self.count("EVENT_ERASED"))

    def trace_of(self, answer):
        detail = answer.outcomes[0].receipt.detail
        return sc.journal_pb2.Detail.FromString(detail).trace_id

    # --- what goes, and what stays ------------------------------------------------------

    def test_what_waits_is_withdrawn_and_what_is_known_of_it_goes(self):
        trace, shared = self.share("meldpunt", ["politie", "nla"])
        other, _ = self.share("meldpunt", ["politie"])
        self.assertEqual(2, len(self.signals("politie")))
        records = self.keys()[1]
        answer = self.erase("meldpunt", trace)
        kinds = [EVENT.Name(sc.verify_receipt(r, self.region.region.verifier)[0].kind)
                 for r in answer.receipts]
        self.assertEqual(["EVENT_ERASED", "EVENT_WITHDRAWN"], kinds)
        leaf = sc.journal_pb2.Leaf.FromString(answer.receipts[0].leaf)
        self.assertEqual((shared.outcomes[0].receipt.index, 2), (leaf.refers_to, leaf.count))
        self.assertEqual([], self.take("nla"))
        # one record went; the act itself has one
        rg.wait_for("the keys to go", lambda: self.keys()[1] == records)
        rg.wait_for("the keys to go", lambda: self.keys()[0] == self.sql(
            "SELECT count(*) FROM copy")[0][0])
        self.assertEqual([False, False], self.details(trace))
        self.assertEqual([True], self.details(other))
        self.assertEqual([], self.sql("SELECT idx FROM leaf WHERE erased IS NOT NULL AND"
                                      " detail IS NOT NULL"))
        self.assertEqual([], self.sql(
            "SELECT trace FROM link_token WHERE trace = ?", trace))

    def test_the_sender_still_has_its_entries_and_the_journal_verifies(self):
        trace, _ = self.share("meldpunt", ["politie", "nla"])
        self.erase("meldpunt", trace)
        self.restart()
        answer = self.desk("meldpunt").explain(trace_id=trace)
        self.assertEqual(["ok", "ok"], [o.code for o in answer.outcomes])
        self.assertTrue(all(g.action != sc.ACTION["ACTION_WITHHOLD"]
                            for o in answer.outcomes for g in o.groups))
        self.assertTrue(self.journal())
        self.region.command("audit", "verify", party="auditor")
        told = self.region.command("explain", trace.hex(), party="meldpunt").stdout
        self.assertIn("What was withheld is not told here", told)
        self.region.command("signal", "list", party="meldpunt")
        out = self.region.dir / "out"
        self.region.command("audit", "export", out, party="auditor")
        check = ["audit", "verify", "--tiles", out, "--key",
                 self.region.region.data["verifier"]]
        self.region.command(*check)
        # what no entry says was erased is missing
        max((out / "details").iterdir(), key=lambda p: int(p.name)).unlink()
        self.assertEqual(6, self.region.command(*check, check=False).returncode)

    def test_once_and_the_same_when_asked_again(self):
        trace, _ = self.share("meldpunt", ["politie"])
        c = self.desk("meldpunt")
        frame = c.build(sc.TYPE % "erase", sc.wire_pb2.Erase(trace_id=trace))
        first = c.exchange(frame)
        self.restart()
        self.assertEqual([r.leaf for r in first.receipts],
                         [r.leaf for r in c.exchange(frame).receipts])
        self.erase("meldpunt", trace, "erased")
        self.ask("meldpunt", "recall", sc.wire_pb2.Recall(
            trace_id=trace, ground=e2e_case.CASE.RECALL_UNLAWFUL), "erased")
        self.assertEqual(1, self.count("EVENT_ERASED"))

    def test_with_a_ground_who_has_it_destroys_it(self):
        trace, _ = self.share("meldpunt", ["politie", "nla"])
        mine, = self.signals("politie")
        self.erase("meldpunt", trace, ground=e2e_case.CASE.RECALL_SUBJECT)
        (told, _), = self.notices("politie", e2e_case.CASE.NOTICE_RECALL)
        self.assertEqual((mine, e2e_case.CASE.RECALL_SUBJECT), (told.about, told.recall))
        self.assertEqual([], self.take("nla"))
        self.ask("politie", "destroyed", sc.wire_pb2.Destroyed(delivery_ids=[mine]))
        self.assertEqual(1, len(self.notices("meldpunt", e2e_case.CASE.NOTICE_DESTROYED)))

    def test_who_has_it_is_asked_nothing_about_it_any_more(self):
        trace, _ = self.share("meldpunt", ["politie"])
        mine, = self.signals("politie")
        self.erase("meldpunt", trace)
        self.assertEqual([], [t for t in self.todo("politie") if t.about == mine])
        self.ask("politie", "feedback", sc.wire_pb2.GiveFeedback(
            delivery_id=mine, feedback=e2e_case.CASE.Feedback(
                followed_up=True, assessment=e2e_case.CASE.ASSESSED_RIGHT, closed=True)), "erased")

    def test_a_kill_between_request_and_answer_loses_and_repeats_nothing(self):
        for i in range(3):
            trace, _ = self.share("meldpunt", ["politie"])
            c = self.desk("meldpunt")
            frame = c.build(sc.TYPE % "erase", sc.wire_pb2.Erase(trace_id=trace))
            c.socket.send(frame)
            if i:
                rg.wait_for("the entry", lambda n=i: self.sql(
                    "SELECT count(*) FROM leaf WHERE erased IS NOT NULL")[0][0] > n - 1)
            self.restart()
            self.assertEqual("ok", self.desk("meldpunt").exchange(frame).code)
        self.assertEqual(3, self.count("EVENT_ERASED"))

    def test_the_command_erases(self):
        trace, _ = self.share("meldpunt", ["politie"])
        mine, = self.signals("politie")
        for ground in ("no-such-ground", ""):
            done = self.region.command("recall", "erase", trace.hex(), "--ground", ground,
                                       party="meldpunt", check=False)
            self.assertEqual(2, done.returncode)
        self.region.command("recall", "erase", trace.hex(), "--ground", "subject",
                            party="meldpunt")
        self.assertEqual([mine], [t.about for t in self.todo("meldpunt", given=True)])
        done = self.region.command("recall", "erase", trace.hex(), party="meldpunt", check=False)
        self.assertEqual(5, done.returncode, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
