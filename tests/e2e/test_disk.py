# SPDX-License-Identifier: EUPL-1.2
"""What the broker keeps on disk: sealed while it waits, gone when acknowledged, told of
when somebody changed it, and the same after a stop as before."""

import hashlib
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import region as rg
import sluis_client as sc


class DiskCase(cases.RegionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pid = None      # it will be stopped and started

    def setUp(self):
        for name in self.region.region.parties:
            if name != "auditor":
                with self.region.client(name) as c:
                    ids = [d.delivery_id for d in c.receive(max_deliveries=1000)]
                    if ids:
                        c.acknowledge(ids)

    @property
    def state(self):
        return self.region.broker_dir / "state"

    def rows(self, database, sql):
        """Read a copy of DATABASE as it lies on disk, with its log."""
        with tempfile.TemporaryDirectory() as copy:
            for p in self.state.glob(database + "*"):
                if not p.name.endswith("-shm"):
                    shutil.copy(p, copy)
            with sqlite3.connect(pathlib.Path(copy) / database) as db:
                return db.execute(sql).fetchall()

    def change(self, sql, *values):
        """Change sluis.db behind the back of a broker that is down."""
        db = sqlite3.connect(self.state / "sluis.db")
        try:
            db.execute(sql, values)
            db.commit()
        finally:
            db.close()

    def stop(self):
        """SIGTERM; the exit status if we started the broker."""
        broker = self.region.broker
        if broker is None:
            self.region.kill_broker(signal.SIGTERM)
            return None
        broker.terminate()
        status = broker.wait(rg.LIMIT_S)
        self.region.broker = None
        (self.region.broker_dir / "ready.json").unlink(missing_ok=True)
        return status

    def start(self):
        self.region.start_broker()
        self.sender.connect()


class AtRest(DiskCase):
    def test_a_waiting_copy_lies_sealed(self):
        self.submit()
        waiting = self.waiting_for(self.step["to"][0])
        self.assertTrue(waiting)
        plain = b"".join(d.copy.rstrip(b"\0") for d in waiting)
        windows = {plain[i:i + 16] for i in range(0, len(plain) - 16)}
        for path, data in self.region.files_of_broker().items():
            if path.suffix in (".db", ".db-wal", ".log") or "wal" in path.name:
                self.assertFalse(
                    windows & {data[i:i + 16] for i in range(len(data) - 15)}
                    - self.windows_of_policy(), path.name)

    def windows_of_policy(self):
        """Rule ids, articles and the like stand in leaves too, and the broker keeps the
        texts of the policy and the signatures under it; the region's name stands in the
        evidence of a copy as in a key binding (behind its length) and in the log (before a
        quotation mark)."""
        origin = self.region.region.origin.encode()
        data = bytes([len(origin)]) + origin + b'"'
        found = {data[i:i + 16] for i in range(len(data) - 15)}
        for (data,) in self.rows("sluis.db", "SELECT bytes FROM policy_file"):
            found |= {data[i:i + 16] for i in range(len(data) - 15)}
        for _, leaf, detail in self.rows("sluis.db", "SELECT idx, bytes, detail FROM leaf"):
            for data in (leaf, detail or b""):
                found |= {data[i:i + 16] for i in range(len(data) - 15)}
        return found

    def test_acknowledging_erases_copy_and_key_from_every_file(self):
        self.submit()
        keys = [bytes(w) for (w,) in self.rows("keys.db", "SELECT wrapped FROM key")]
        self.assertGreaterEqual(len(keys), len(self.step["to"]))
        for name in self.step["to"]:
            with self.region.client(name) as c:
                c.acknowledge([d.delivery_id for d in c.receive()])

        def gone():
            everything = b"".join(
                p.read_bytes() for p in self.state.iterdir() if p.is_file())
            return not any(key in everything for key in keys)

        rg.wait_for("the keys to be gone from database and log", gone)
        self.assertEqual([], self.rows("keys.db", "SELECT * FROM key"))
        rg.wait_for("the copies to be gone",
                    lambda: [] == self.rows("sluis.db", "SELECT seq FROM copy"), 30)

    def test_files_are_for_the_broker_alone(self):
        for p in [*self.state.iterdir(), self.region.broker_dir / "broker-keys.json"]:
            self.assertEqual(0, p.stat().st_mode & 0o077, p.name)

    def test_a_configuration_test_touches_nothing(self):
        def digests():
            return {p: hashlib.sha256(p.read_bytes()).hexdigest()
                    for p in self.region.broker_dir.rglob("*") if p.is_file()}

        self.stop()
        before = digests()
        done = self.sluisd("-t")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(before, digests())
        self.start()

    def sluisd(self, *options, config=None):
        return subprocess.run(
            [rg.binary("sluisd"), "-c", str(config or self.region.broker_dir / "sluisd.yaml"),
             *options], capture_output=True, text=True, timeout=rg.LIMIT_S, check=False,
            stdin=subprocess.DEVNULL)

    def test_a_second_broker_on_the_same_state_does_not_start(self):
        done = self.sluisd()
        self.assertNotEqual(0, done.returncode)
        self.assertEqual("ok", self.submit().code)

    def test_a_configuration_with_an_unknown_key_is_refused_with_its_place(self):
        config = self.region.broker_dir / "wrong.yaml"
        text = (self.region.broker_dir / "sluisd.yaml").read_text("utf-8")
        config.write_text(text + "snelheid: hoog\n", "utf-8")
        done = self.sluisd("-t", config=config)
        self.assertEqual(2, done.returncode)
        self.assertIn("wrong.yaml:%d:1" % (text.count("\n") + 1), done.stderr)
        config.unlink()

    def test_keys_that_others_may_read_are_refused(self):
        self.stop()
        keys = self.region.broker_dir / "broker-keys.json"
        os.chmod(keys, 0o644)
        self.assertNotEqual(0, self.sluisd().returncode)
        os.chmod(keys, 0o600)
        self.start()


class Restart(DiskCase):
    def test_a_stop_is_clean_and_everything_is_as_it_was(self):
        self.stop()
        self.start()
        frame = self.frame()
        first = self.sender.exchange(frame)
        waiting = {n: [d.delivery_id for d in self.waiting_for(n)] for n in self.step["to"]}
        self.assertEqual(0, self.stop())
        self.start()
        again = self.sender.exchange(frame)
        self.assertEqual([o.SerializeToString() for o in first.outcomes],
                         [o.SerializeToString() for o in again.outcomes])
        self.assertEqual(
            waiting, {n: [d.delivery_id for d in self.waiting_for(n)] for n in self.step["to"]})
        self.sender.prove_consistency(
            sc.open_checkpoint(first.outcomes[0].receipt.checkpoint, self.verifier))

    def test_a_long_poll_does_not_keep_it_from_stopping(self):
        self.stop()
        self.start()
        with self.region.client("kmar") as c:
            c.socket.send(c.build(sc.RECEIVE, sc.wire_pb2.Receive(wait_ms=60000)))
            c.sent(1)
            self.assertEqual(0, self.stop())
        self.start()

    def test_pseudonyms_are_the_same_after_a_restart(self):
        self.submit()
        name = self.step["to"][0]
        self.stop()
        self.start()
        self.submit()
        said = [[(s.path, s.value) for s in sc.wire_pb2.Copy.FromString(d.copy).statements]
                for d in self.waiting_for(name)]
        self.assertEqual(2, len(said))
        self.assertTrue(said[0])
        self.assertEqual(*said)


class Tampering(DiskCase):
    """Somebody with a database tool; the broker's keys are not in its databases."""

    def test_1_copies_that_change_places_reach_nobody(self):
        self.submit()
        self.stop()
        (first, a), (second, b) = self.rows(
            "sluis.db", "SELECT seq, sealed FROM copy LIMIT 2")
        self.change("UPDATE copy SET sealed = ? WHERE seq = ?", b, first)
        self.change("UPDATE copy SET sealed = ? WHERE seq = ?", a, second)
        self.start()
        got = sum((self.waiting_for(n) for n in self.step["to"]), [])
        self.assertEqual(len(self.step["to"]) - 2, len(got))
        for d in got:
            sc.verify_delivery(d, self.verifier)

    def test_2_a_copy_addressed_to_another_desk_reaches_nobody(self):
        self.submit()
        self.stop()
        kmar = self.region.party("kmar")
        self.change("UPDATE outbox SET oin = ?, desk = ? WHERE ack_leaf IS NULL",
                    kmar.oin, kmar.desk)
        self.start()
        self.assertEqual([], [d.delivery_id.hex() for d in self.waiting_for("kmar")])

    def test_3_a_changed_entry_is_found_by_the_auditor(self):
        self.submit()
        self.stop()
        ((index, leaf),) = self.rows(
            "sluis.db", "SELECT idx, bytes FROM leaf WHERE idx = 14")
        changed = bytes([leaf[0], leaf[1], leaf[2] ^ 1]) + leaf[3:]
        self.change("UPDATE leaf SET bytes = ? WHERE idx = ?", changed, index)
        self.start()
        with self.region.client("auditor") as c:    # the broker may see it first
            with self.assertRaises((sc.BadProof, sc.Refused)) as found:
                c.audit_all()
            if isinstance(found.exception, sc.Refused):
                self.assertEqual("journal_does_not_match_checkpoint", found.exception.code)
        done = self.region.command("--party", self.region.party_dir("auditor"), "audit", "verify",
                                   check=False)
        self.assertEqual(6, done.returncode, done.stdout + done.stderr)
        self.stop()
        self.change("UPDATE leaf SET bytes = ? WHERE idx = ?", leaf, index)
        self.start()
        with self.region.client("auditor") as c:
            c.audit_all()

    def test_4_a_journal_whose_end_was_cut_off_is_not_signed_again(self):
        self.submit()
        self.stop()
        ((last,),) = self.rows("sluis.db", "SELECT max(idx) FROM leaf")
        ((leaf, detail),) = self.rows(
            "sluis.db", "SELECT bytes, detail FROM leaf WHERE idx = %d" % last)
        self.change("DELETE FROM leaf WHERE idx = ?", last)
        with self.assertRaises(RuntimeError):
            self.region.start_broker()
        self.region.broker = None
        self.change("INSERT INTO leaf(idx, bytes, detail) VALUES(?, ?, ?)", last, leaf, detail)
        self.start()


if __name__ == "__main__":
    unittest.main(verbosity=2)
