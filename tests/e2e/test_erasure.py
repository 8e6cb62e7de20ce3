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


if __name__ == "__main__":
    unittest.main(verbosity=2)
