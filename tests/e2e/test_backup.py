# SPDX-License-Identifier: EUPL-1.2
"""Backup, restore and replacement of the daemon, while everybody goes on.

A backup made under load comes back whole; one that was damaged, is another region's or was cut off
does not come back at all; what a restored state lacks is named before it serves.  A daemon that is
replaced under load loses nothing and decides nothing twice.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import leaks
import region as rg
import sluis_client as sc

TO = ("politie", "om", "nla")
WORDS = ("riec", "1", "casusoverleg")
SIGNAL = rg.signal_from("02-barn-at-the-nursery.json").SerializeToString()


class Load:
    """A desk that sends until it is told to stop, and asks again what was not answered."""

    def __init__(self, region, name="meldpunt"):
        self.region, self.client = region, region.client(name, timeout_ms=2000)
        self.answered, self.failures = [], []       # [(trace, Answer)]
        self.enough = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            while not self.enough.is_set():
                head = self.client.head()
                frame = self.client.build_submit(
                    SIGNAL, *WORDS, self.region.to(*TO), head=head)
                self.answered.append((bytes(head.request_id), self.until_answered(frame)))
        except Exception as e:  # pylint: disable=broad-except
            self.failures.append(repr(e))

    def until_answered(self, frame):
        while True:
            try:
                answer = self.client.exchange(frame)
                if answer.code not in ("stopping", "queue_full"):
                    return answer
            except sc.NoAnswer:
                self.client.region = self.region.region
                self.client.connect()

    def wait(self, more):
        """Until MORE signals were answered than now."""
        n = len(self.answered) + more
        rg.wait_for("signals", lambda: len(self.answered) >= n or self.failures)

    def end(self):
        self.enough.set()
        self.thread.join(rg.LIMIT_S)


class Case(e2e_case.RegionCase):
    def setUp(self):
        super().setUp()
        self.backup = self.region.dir / "backup"

    @property
    def state(self):
        return self.region.broker_dir / "state"

    def sluisd(self, *options, status=0, config=None):
        done = subprocess.run(
            [rg.binary("sluisd"), "-c", str(config or self.region.broker_dir / "sluisd.yaml"),
             *map(str, options)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=rg.LIMIT_S)
        self.assertEqual(status, done.returncode, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.returncode == 0 and done.stdout else done.stderr

    def send(self):
        answer = self.desk("meldpunt").submit(SIGNAL, *WORDS, self.region.to(*TO))
        self.assertEqual("ok", answer.code)

    def lose_state(self):
        self.region.kill_broker()
        shutil.rmtree(self.state)

    def start(self):
        self.region.start_broker()
        for c in self.desks.values():
            c.connect()

    def fetched(self, name):
        """{delivery id} of everything that waits for NAME; each copy is what its entry says."""
        c, found = self.desk(name), set()
        while True:
            got = c.receive(max_deliveries=128, lease_ms=60000)
            if not got:
                return found
            for d in got:
                sc.verify_delivery(d, self.region.region.verifier)
                found.add(bytes(d.delivery_id))


class Backup(Case):
    def test_one_made_under_load_comes_back_with_all_that_was_answered_before(self):
        load = Load(self.region)
        load.wait(10)
        before = len(load.answered)
        said = self.sluisd("--backup", self.backup)
        load.wait(5)                       # nobody waited for it
        load.end()
        self.assertEqual([], load.failures)
        self.assertGreaterEqual(said["waiting"], before * len(TO))
        self.assertEqual(said, self.sluisd("--check-backup", self.backup))
        self.lose_state()
        (self.region.broker_dir / "published-head").unlink(missing_ok=True)
        self.assertEqual(said, self.sluisd("--restore", self.backup))
        self.start()
        for name in TO:
            self.assertEqual(said["waiting"] // len(TO), len(self.fetched(name)))
        sender = self.desk("meldpunt")
        for trace, _ in load.answered[:before]:
            self.assertEqual("ok", sender.explain(trace_id=trace).code)

    def test_many_under_load_are_each_of_one_moment(self):
        load = Load(self.region)
        load.wait(3)
        for i in range(8):
            folder = self.region.dir / ("backup-%d" % i)
            said = self.sluisd("--backup", folder)
            self.assertEqual(0, said["waiting"] % len(TO))     # a submission is in it or not
            self.assertEqual(said, self.sluisd("--check-backup", folder))
        load.end()
        self.assertEqual([], load.failures)

    def test_neither_a_key_of_the_broker_nor_a_word_of_a_signal_is_in_it(self):
        self.send()
        self.sluisd("--backup", self.backup)
        data = b"".join(p.read_bytes() for p in self.backup.iterdir())
        values = [v for _, v in leaks.texts(rg.signal_from("02-barn-at-the-nursery.json"))
                  if len(v) > 8]
        self.assertGreater(len(values), 10)
        policy = b"".join(p.read_bytes() for p in (rg.ROOT / "policy").rglob("*.yaml"))
        self.assertEqual([], [v for v in values
                              if v.encode() in data and v.encode() not in policy])
        keys = (self.region.broker_dir / "broker-keys.json").read_text("utf-8")
        secrets = [w for w in keys.replace('"', " ").split() if len(w) == 64]
        self.assertGreaterEqual(len(secrets), 4)
        for secret in secrets:
            self.assertNotIn(secret.encode(), data)
            self.assertNotIn(bytes.fromhex(secret), data)

    def test_of_a_broker_that_stands_still_it_is_the_same(self):
        self.send()
        self.region.kill_broker(signal.SIGTERM)
        said = self.sluisd("--backup", self.backup)
        self.assertEqual(len(TO), said["waiting"])

    def test_it_is_for_its_owner_alone(self):
        self.sluisd("--backup", self.backup)
        for p in [self.backup, *self.backup.iterdir()]:
            self.assertEqual(0, p.stat().st_mode & 0o077, p.name)
        self.assertEqual({"sluis.db", "keys.db", "backup.json"},
                         {p.name for p in self.backup.iterdir()})

    def test_a_folder_that_is_there_is_not_written_into(self):
        self.backup.mkdir()
        (self.backup / "mine").write_text("mine")
        self.assertIn("configuration_refused", self.sluisd("--backup", self.backup, status=2))
        self.assertEqual(["mine"], [p.name for p in self.backup.iterdir()])

    def test_without_a_state_there_is_nothing_to_keep(self):
        self.lose_state()
        self.sluisd("--backup", self.backup, status=2)
        self.assertFalse(self.backup.exists())


class Refused(Case):
    """What is not whole is not restored, and nothing is left of the attempt."""

    def setUp(self):
        super().setUp()
        self.send()
        self.sluisd("--backup", self.backup)
        self.lose_state()

    def refuse(self, status):
        listing = {p: p.read_bytes() for p in self.backup.iterdir() if p.is_file()}
        self.sluisd("--check-backup", self.backup, status=status)
        self.sluisd("--restore", self.backup, status=status)
        self.assertFalse(self.state.exists())
        self.assertEqual([], list(self.region.broker_dir.glob("state.*")))
        self.assertEqual(listing, {p: p.read_bytes() for p in self.backup.iterdir()
                                   if p.is_file()})

    def manifest(self, **change):
        path = self.backup / "backup.json"
        path.write_text(json.dumps(dict(json.loads(path.read_text("utf-8")), **change)), "utf-8")

    def test_one_bit_of_either_database(self):
        for name in ("sluis.db", "keys.db"):
            path = self.backup / name
            data = path.read_bytes()
            for at in (100, len(data) // 2, len(data) - 1):
                path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
                self.refuse(6)
            path.write_bytes(data)

    def test_a_database_that_was_cut_off(self):
        path = self.backup / "sluis.db"
        path.write_bytes(path.read_bytes()[:-4096])
        self.refuse(6)

    def test_what_is_no_file_holds_nothing_up(self):
        path = self.backup / "sluis.db"
        path.unlink()
        os.mkfifo(path)
        self.refuse(2)
        path.unlink()
        path.mkdir()
        self.refuse(2)

    def test_a_backup_that_was_not_finished(self):
        (self.backup / "backup.json").unlink()
        self.refuse(2)

    def test_a_backup_without_its_keys(self):
        (self.backup / "keys.db").unlink()
        self.refuse(2)

    def test_the_keys_of_another_moment(self):
        """Digests that fit do not make two halves one whole."""
        self.sluisd("--restore", self.backup)
        self.start()
        old = (self.backup / "keys.db").read_bytes()
        self.send()
        shutil.rmtree(self.backup)
        self.sluisd("--backup", self.backup)
        self.lose_state()
        (self.backup / "keys.db").write_bytes(old)
        digests = json.loads((self.backup / "backup.json").read_text("utf-8"))["sha256"]
        self.manifest(sha256=[digests[0], hashlib.sha256(old).hexdigest()])
        self.refuse(6)

    def test_the_backup_of_another_region(self):
        self.manifest(origin="sluis.example/elsewhere")
        self.refuse(2)

    def test_a_manifest_that_says_something_else(self):
        for change in ({"size": 3}, {"waiting": 0}, {"root": "A" * 43 + "="}):
            before = (self.backup / "backup.json").read_bytes()
            self.manifest(**change)
            self.refuse(6)
            (self.backup / "backup.json").write_bytes(before)
        for change in ({"format": 2}, {"size": -1}, {"root": "!"}, {"sha256": []}):
            before = (self.backup / "backup.json").read_bytes()
            self.manifest(**change)
            self.refuse(2)
            (self.backup / "backup.json").write_bytes(before)


class Restore(Case):
    def test_over_a_state_that_is_there_it_is_refused(self):
        self.send()
        self.sluisd("--backup", self.backup)
        self.region.kill_broker(signal.SIGTERM)
        before = {p: p.read_bytes() for p in self.state.iterdir()}
        self.sluisd("--restore", self.backup, status=2)
        self.assertEqual(before, {p: p.read_bytes() for p in self.state.iterdir()})
        self.start()
        self.sluisd("--restore", self.backup, status=2)        # nor under a running broker

    def test_what_it_lacks_is_named_before_it_serves(self):
        self.sluisd("--backup", self.backup)
        self.send()
        self.region.kill_broker(signal.SIGTERM)        # publishes its last head
        head = int((self.region.broker_dir / "published-head").read_text("utf-8").split("\n")[1])
        shutil.rmtree(self.state)
        self.sluisd("--restore", self.backup)
        self.assertIn("STATE-OLDER-THAN-PUBLISHED", self.sluisd(status=6))
        self.assertLess(json.loads((self.backup / "backup.json").read_text("utf-8"))["size"], head)

    def test_what_was_fetched_since_is_handed_out_once_more_under_the_same_id(self):
        self.send()
        self.sluisd("--backup", self.backup)
        c = self.desk("om")
        ids = [bytes(d.delivery_id) for d in c.receive()]
        c.acknowledge(ids)
        self.lose_state()
        (self.region.broker_dir / "published-head").unlink(missing_ok=True)
        self.sluisd("--restore", self.backup)
        self.start()
        self.assertEqual(set(ids), self.fetched("om"))


class Retired(Case):
    """A backup of before a master key was retired, and the keys file of after."""

    def change_master(self):
        """A new master key wraps everything, and the one of before is gone."""
        self.region.change_keys("--rotate", "master")
        self.region.kill_broker(signal.SIGTERM)
        self.start()
        rg.wait_for("MASTER-REWRAPPED", lambda: "MASTER-REWRAPPED" in self.log())
        self.region.kill_broker(signal.SIGTERM)
        self.region.change_keys("--retire", "master")

    def log(self):
        return (self.region.broker_dir / "sluisd.log").read_text("utf-8")

    def test_what_a_retired_key_wrapped_is_named_and_left_out_and_all_else_goes_on(self):
        self.send()
        trace = self.share("meldpunt", ["om"], words="riec")[0]
        self.sluisd("--backup", self.backup)
        self.change_master()
        shutil.rmtree(self.state)
        (self.region.broker_dir / "published-head").unlink(missing_ok=True)
        self.sluisd("--restore", self.backup)
        self.start()
        covered = self.covered()
        self.assertEqual(set(), self.fetched("om"))
        self.assertIn("COPY-UNREADABLE", self.log())
        self.send()
        self.assertEqual(1, len(self.fetched("om")))
        for _ in range(2):
            outcome, = self.desk("meldpunt").explain(trace_id=trace).outcomes
            self.assertTrue(outcome.lost and outcome.receipt.leaf)
            self.assertFalse(outcome.receipt.HasField("detail"))
            self.assertTrue(all(g.action != sc.ACTION["ACTION_WITHHOLD"] for g in outcome.groups))
        self.assertIn("lost what was withheld",
                      self.region.command("explain", trace.hex(), party="meldpunt").stdout)
        named = [line.split()[-1] for line in self.log().splitlines()
                 if "DETAIL-UNREADABLE" in line]
        self.assertTrue(named)
        self.assertEqual(len(set(named)), len(named), "each once")
        if self.OPTIONS:
            rg.wait_for("a cover turn", lambda: self.covered() > covered)
        self.assertNotRegex(self.log(), "STORE-FAILED|COVER-LEFT-OUT")

    def covered(self):
        with self.region.client("auditor") as auditor:
            return sum(sc.journal_pb2.Leaf.FromString(e.leaf).kind == e2e_case.EVENT.EVENT_COVER
                       for e in auditor.audit_all()[0])


class RetiredUnderCover(Retired):
    OPTIONS = {"cover_s": 1}


class Replaced(Case):
    """An upgrade is a stop and a start: while many send, nothing is lost or decided twice."""

    # what the last steps of broker/store/store.c made, taken back: a state as of version 19
    OLDER = ("CREATE INDEX case_source_of ON case_source(trace)", "DROP TABLE lists",
             "DROP TABLE clock", "DROP TABLE subject_set", "PRAGMA user_version=19")

    def replace(self, hows, between):
        """The daemon ends each of these ways, BETWEEN is done, it starts; two desks send all the time."""
        loads = [Load(self.region, name) for name in ("meldpunt", "politie")]
        for how in hows:
            for load in loads:
                load.wait(4)
            self.region.kill_broker(how)
            between()
            self.region.start_broker()
        for load in loads:
            load.wait(4)
            load.end()
            self.assertEqual([], load.failures)
        return {t for load in loads for t, a in load.answered if a.code == "ok"}

    def rulings(self):
        """{trace: [recipient]} of the whole journal."""
        found = {}
        with self.region.client("auditor") as auditor:
            for entry in auditor.audit_all()[0]:
                leaf = sc.journal_pb2.Leaf.FromString(entry.leaf)
                if leaf.kind != e2e_case.EVENT.EVENT_RULING:
                    continue
                detail = sc.journal_pb2.Detail.FromString(entry.detail)
                found.setdefault(bytes(detail.trace_id), []).append(
                    (leaf.recipient_oin, leaf.recipient_desk))
        return found

    def nothing_is_lost_or_there_twice(self, traces):
        rulings = self.rulings()
        self.assertTrue(traces)
        self.assertLessEqual(traces, set(rulings))
        for trace, to in rulings.items():
            self.assertEqual(len(to), len(set(to)), trace.hex())

    def test_a_daemon_that_is_replaced_under_load_loses_nothing(self):
        self.nothing_is_lost_or_there_twice(self.replace(
            (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL), lambda: None))

    def version(self):
        (version,), = self.sql("PRAGMA user_version")
        return version

    def make_older(self):
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            for sql in self.OLDER:
                db.execute(sql)
            db.commit()
        self.assertEqual(19, self.version())

    def test_an_older_state_is_brought_forward_under_load_and_nothing_is_lost(self):
        newest = self.version()
        traces = self.replace((signal.SIGTERM, signal.SIGKILL), self.make_older)
        self.assertEqual(newest, self.version())
        self.nothing_is_lost_or_there_twice(traces)
        waiting, = {len(self.fetched(name)) for name in ("om", "nla")}     # they open
        self.assertGreaterEqual(waiting, len(traces))


if __name__ == "__main__":
    unittest.main()
