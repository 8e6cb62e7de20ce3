# SPDX-License-Identifier: EUPL-1.2
"""The broker's own keys change while everybody works, in two steps with an overlap, and nothing
is lost: not a signal, not a copy, not the proof of what was."""

import contextlib
import json
import pathlib
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import libsluis
import load
import region as rg
import sluis_client as sc

SENDERS, RECIPIENTS = ["meldpunt", "analist"], ["politie", "zorgcoordinator"]
PSEUDONYM = sc.ACTION["ACTION_PSEUDONYMISE"]


class Rotation(e2e_case.RegionCase):
    def rotate(self, kind):
        return self.region.change_keys("--rotate", kind)

    def refused(self, option, kind, says, *more, status=2):
        keys = self.keys_file.read_bytes()
        done = self.region.change_keys(option, kind, *more, check=False)
        self.assertEqual(status, done.returncode, done.stderr)
        self.assertIn(says, done.stderr)
        self.assertEqual(keys, self.keys_file.read_bytes(), "nothing changed")

    @property
    def keys_file(self):
        return self.region.broker_dir / "broker-keys.json"

    def keys(self):
        return json.loads(self.keys_file.read_text("utf-8"))

    def again(self, how=signal.SIGTERM, between=None):
        """The broker stops, BETWEEN is done, and it starts again."""
        self.region.kill_broker(how)
        if between:
            between()
        self.region.start_broker()

    def retire(self, kind, how=signal.SIGTERM):
        self.again(how, lambda: self.region.change_keys("--retire", kind))

    def epochs(self):
        """[(purpose, phase)] of the keys that the journal named at the last start."""
        leaves = self.journal()
        last = max(i for i, leaf in enumerate(leaves)
                   if leaf.kind == e2e_case.EVENT.Value("EVENT_OPENED"))
        return [(leaf.purpose, leaf.phase) for leaf in leaves[last:]
                if leaf.kind == e2e_case.EVENT.Value("EVENT_EPOCH")]

    def trust(self, verifier):
        """The trust file names VERIFIER too."""
        path = self.region.dir / "trust"
        path.write_text(path.read_text("utf-8").replace("log ", "log %s\nlog " % verifier, 1))

    def is_gone(self, secret):
        """SECRET (hex) stands in no file of the broker any more."""
        for path, data in self.region.files_of_broker().items():
            self.assertNotIn(secret.encode(), data, path)
            self.assertNotIn(bytes.fromhex(secret), data, path)


class Told(load.Load):
    """Of every pair of desks the second is told of the next keys."""

    later = None

    def where(self, desk):
        second = desk.name in (SENDERS[1], RECIPIENTS[1])
        return self.later if second and self.later else self.region.region


class Proven(load.Load):
    """Whoever gets a copy knows every verifier key that was in force meanwhile."""

    verifiers = ()

    def verified(self, desk, delivery):
        for verifier in self.verifiers[:-1]:
            try:
                return sc.verify_delivery(delivery, verifier)[0]
            except sc.BadProof:
                pass
        return sc.verify_delivery(delivery, self.verifiers[-1])[0]


class Channel(Rotation):
    def test_both_keys_are_served_and_then_the_new_one(self):
        old = self.keys()["curve"][0]["secret"]
        with Told(self.region, SENDERS, RECIPIENTS) as work:
            work.until(10)
            told = self.rotate("curve")
            self.assertEqual([1, 2], [k["place"] for k in told])
            self.again()
            work.later = self.region.region_of_next()
            self.assertEqual(told[1]["curve_public"], work.later.curve_public.decode())
            self.assertNotEqual(work.later.endpoint, self.region.region.endpoint)
            work.until(20)
            for d in work.desks():
                d.move.set()
            work.until(20)
            rg.wait_for("a desk at the new place", lambda: (
                work.senders["analist"].client.region is work.later))
            before = len(work.senders["analist"].entries)
            rg.wait_for("a signal from there", lambda: (
                len(work.senders["analist"].entries) > before))
            self.assertIn(("channel_next", ""), self.epochs())
            work.later = None
            self.retire("curve")
            self.assertEqual(told[1]["curve_public"], self.region.ready()["curve_public"])
            work.until(20)
            self.assertEqual(work.settle(), 2 * work.done)
        self.assertEqual(1, len(self.keys()["curve"]))
        self.assertEqual(2, self.keys()["curve"][0]["place"], "it stays where clients know it")
        self.is_gone(old)

    def test_the_old_key_opens_nothing_afterwards(self):
        before = sc.Region(self.region.region.path, self.region.region.data)
        self.rotate("curve")
        self.again()
        self.retire("curve")
        before.endpoint = self.region.region.endpoint
        with sc.Client(before, self.region.party("politie"), timeout_ms=1000) as c:
            with self.assertRaises(sc.NoAnswer):
                c.sent(1)
        self.share("meldpunt", ["politie"])

    def test_the_old_key_stays_until_the_new_one_was_served(self):
        self.refused("--retire", "curve", "there is no old key")
        self.rotate("curve")
        self.refused("--retire", "curve", "stop sluisd first")
        unserved = "the new key was not served yet: start sluisd with both first"
        self.again(between=lambda: self.refused("--retire", "curve", unserved))
        state, away = (self.region.broker_dir / name for name in ("state", "state.away"))
        self.region.kill_broker(signal.SIGTERM)
        state.rename(away)
        self.refused("--retire", "curve", unserved)
        self.assertFalse(state.exists(), "nobody made one")
        away.rename(state)
        self.region.start_broker()
        self.retire("curve", signal.SIGKILL)
        self.share("meldpunt", ["politie"])

    def test_every_door_has_both_places(self):
        self.rotate("curve")
        self.again()
        later = self.region.region_of_next()
        with sc.Client(later, self.region.party("auditor"), door="audit") as c:
            self.assertTrue(c.audit_read())
        with sc.Client(later, self.region.party("politie"), door="audit", timeout_ms=1000) as c:
            with self.assertRaises(sc.NoAnswer):
                c.sent(1)
        self.assertEqual(6, len({self.region.ready()[d] for d in ("agency", "audit", "enrol")} |
                                {self.region.ready()["next"][d] for d in ("agency", "audit", "enrol")}))

    def told_both(self, first, second):
        """region.json names where FIRST and SECOND, ready files, say that it is served."""
        def four(r):
            return {"endpoint": r["agency"], "endpoint_audit": r["audit"],
                    "endpoint_enrol": r["enrol"], "broker_curve_public": r["curve_public"]}
        data = dict(self.region.region.data, **four(first), next=four(second))
        (self.region.dir / "region.json").write_text(json.dumps(data), "utf-8")

    def run_as(self, name, *words):
        done = self.region.command(*words, party=name, check=False)
        return done.returncode, done.stderr

    def test_a_region_file_with_both_is_good_before_and_after(self):
        self.rotate("curve")
        self.again()
        now, later = self.region.ready(), self.region.ready()["next"]
        commands = (("politie", "inbox", "list"), ("auditor", "audit", "verify"),
                    ("politie", "key", "rotate"))
        for first, second in ((now, later), (later, now)):
            self.told_both(first, second)
            for words in commands:
                self.assertEqual(0, self.run_as(*words)[0], words)
        self.retire("curve")
        after = self.region.ready()
        self.told_both(now, after)
        for words in commands:
            self.assertEqual(0, self.run_as(*words)[0], words)
        self.told_both(now, dict(after, curve_public=now["curve_public"]))
        status, error = self.run_as(*commands[0])
        # nobody is there, or by now another test's broker, which has another key
        self.assertIn(status, (7, 4), error)
        self.assertIn(now["agency"], error)
        self.told_both(dict(after, curve_public=now["curve_public"]), after)
        self.assertEqual(0, self.run_as(*commands[0])[0], "a wrong key is no reason to stay")

    def test_a_demo_that_is_started_again_names_both(self):
        self.rotate("curve")
        self.region.command("demo", "down", "--dir", self.region.dir)
        self.region.command("demo", "up", "--dir", self.region.dir, "--quiet")
        ready = self.region.ready()
        region = json.loads((self.region.dir / "region.json").read_text("utf-8"))
        self.assertEqual(
            [ready["next"][k] for k in ("agency", "audit", "enrol", "curve_public")],
            [region["next"][k] for k in ("endpoint", "endpoint_audit", "endpoint_enrol",
                                         "broker_curve_public")])
        self.region.command("demo", "down", "--dir", self.region.dir)

    @unittest.skipUnless(libsluis.LIB, "needs SLUIS_LIB, which no sanitizer goes with")
    def test_a_desk_that_stays_connected_goes_where_the_broker_is(self):
        self.rotate("curve")
        self.again()
        now, later = self.region.ready(), self.region.ready()["next"]
        self.told_both(now, later)
        path = self.region.broker_dir / "sluisd.yaml"
        text = path.read_text("utf-8")
        for door in ("agency", "audit", "enrol"):
            text = text.replace("second_%s: tcp://127.0.0.1:*" % door,
                                "second_%s: %s" % (door, later[door]))
        path.write_text(text, "utf-8")
        with libsluis.Desk(self.region.party_dir("politie"), timeout_ms=2000) as desk:
            self.assertEqual([], desk.receive())
            self.retire("curve")
            self.assertEqual(later["agency"], self.region.ready()["agency"])
            for _ in range(2):
                self.assertEqual([], desk.receive())
            self.region.kill_broker(signal.SIGTERM)
            with self.assertRaises(libsluis.Failed) as failed:
                desk.receive()
            self.assertEqual("timed_out", failed.exception.code)
            self.assertEqual(later["agency"], failed.exception.where, "it stays where it was")
            self.region.start_broker()
            self.assertEqual([], desk.receive())

    def test_a_third_time_it_is_the_first_place_again(self):
        for place in (2, 1):
            self.rotate("curve")
            self.again()
            self.retire("curve")
            self.assertEqual(place, self.keys()["curve"][0]["place"])
            self.share("meldpunt", ["politie"])
            self.away("meldpunt")


class Shown(Rotation):
    """sluisd --show-keys."""

    def show(self, *more, status=0):
        done = subprocess.run(
            [rg.binary("sluisd"), "-c", str(self.region.broker_dir / "sluisd.yaml"),
             "--show-keys", *more],
            text=True, capture_output=True, check=False, timeout=rg.LIMIT_S)
        self.assertEqual(status, done.returncode, done.stderr)
        return done.stdout if status == 0 else done.stderr

    def test_it_says_what_the_ready_file_says_and_no_secret(self):
        for changed in (False, True):
            if changed:
                self.rotate("curve")
                self.trust(self.rotate("checkpoint")[1])
                self.again()
            ready, text = self.region.ready(), self.show()
            told = {k: ready[k] for k in ("origin", "curve_public", "verifier")}
            if changed:
                told["next"] = {"curve_public": ready["next"]["curve_public"]}
                told["verifier_next"] = ready["verifier_next"]
            self.assertEqual(told, json.loads(text))
            for secret in re.findall("[0-9a-f]{64}", self.keys_file.read_text("utf-8")):
                self.assertNotIn(secret, text)

    def test_it_touches_nothing_and_needs_no_state(self):
        self.region.kill_broker(signal.SIGTERM)
        (self.region.broker_dir / "state").rename(self.region.dir / "away")
        before = self.region.files_of_broker()
        self.show()
        self.assertEqual(before, self.region.files_of_broker())

    def test_why_not_is_said(self):
        self.assertIn("usage", self.show("-t", status=2))
        self.keys_file.chmod(0o640)
        self.assertIn("others may use it (mode 0640)", self.show(status=2))
        self.keys_file.chmod(0o600)
        self.keys_file.write_text("{}", "utf-8")
        self.assertIn("it is no keys file", self.show(status=2))
        self.keys_file.unlink()
        self.assertRegex(self.show(status=2), "code=not_found detail=.*keys.json: it is not there")


class Journal(Rotation):
    def desk_with(self, verifier):
        """What VERIFIER makes of a new receipt."""
        c = self.region.client("meldpunt")
        answer = c.exchange(c.build_submit(e2e_case.SIGNAL, *load.WORDS, self.region.to("nla")))
        return sc.verify_receipt(answer.outcomes[0].receipt, verifier)

    def test_heads_are_signed_by_both_and_then_by_the_new_one(self):
        first = self.region.region.verifier
        old = self.keys()["checkpoint"][0]["seed"]
        work = Proven(self.region, SENDERS, RECIPIENTS)
        work.verifiers = [first]
        with work:
            work.until(10)
            told = self.rotate("checkpoint")
            self.again()
            second = sc.Verifier(told[1])
            work.verifiers.append(second)
            work.until(20)
            for verifier in (first, second):
                self.desk_with(verifier)
            self.assertIn(("checkpoint_next", ""), self.epochs())
            self.trust(told[1])
            self.retire("checkpoint")
            work.until(20)
            work.settle()
        self.desk_with(second)
        with self.assertRaises(sc.BadProof):
            self.desk_with(first)
        self.is_gone(old)

    def test_what_was_proven_by_the_former_key_stays_proven(self):
        trace, _ = self.share("meldpunt", ["politie"])
        receipt = self.region.dir / "receipt"
        self.region.command("audit", "prove", trace.hex(), "--out", receipt, party="meldpunt")
        old = self.region.region.data["verifier"]
        seen = self.region.party_dir("meldpunt") / "checkpoint"
        before = seen.read_bytes()
        told = self.rotate("checkpoint")
        self.refused("--retire", "checkpoint", "lacks the line: log " + told[1])
        trust = self.region.dir / "trust"
        trust.rename(self.region.dir / "away")
        self.refused("--retire", "checkpoint", "cannot be read, and needs the line: log " + told[1])
        (self.region.dir / "away").rename(trust)
        self.trust(told[1])
        self.retire("checkpoint")
        self.assertEqual(told[1], self.region.region.data["verifier"])
        done = self.region.command("audit", "verify", receipt, "--key", old, check=False)
        self.assertEqual(0, done.returncode, "with the old key by itself: " + done.stderr)
        done = self.region.command("audit", "verify", receipt, "--key", told[1], check=False)
        self.assertNotEqual(0, done.returncode, "not with the new one alone")
        for words in (["inbox", "list"], ["signal", "list"], ["audit", "prove", trace.hex(),
                      "--out", self.region.dir / "again"]):
            done = self.region.command(*words, party="meldpunt", check=False)
            self.assertEqual(0, done.returncode, (words, done.stderr))
        # without the old line it is another journal: the head that was seen does not open
        seen.write_bytes(before)
        self.region.command("signal", "list", party="meldpunt")
        trust.write_text(trust.read_text("utf-8").replace("log %s\n" % old, ""), "utf-8")
        self.region.command("signal", "list", party="meldpunt")     # of the new key by now
        seen.write_bytes(before)
        done = self.region.command("signal", "list", party="meldpunt", check=False)
        self.assertNotEqual(0, done.returncode)

    def test_a_head_by_the_former_key_still_finds_an_older_state(self):
        c = self.desk("meldpunt")
        head = c.ask(sc.PROVE, sc.wire_pb2.Prove()).checkpoint
        told = self.rotate("checkpoint")
        self.trust(told[1])
        self.retire("checkpoint")
        c.connect()
        answer = c.exchange(c.build(sc.PROVE, sc.wire_pb2.Prove(seen=head)))
        self.assertEqual("ok", answer.code)


class Pseudonyms(Rotation):
    def named(self, name):
        """{(path, kind): ([current], [former])} of the newest copy of a signal that NAME gets."""
        self.share("meldpunt", ["politie", "zorgcoordinator"])
        found = {}
        for d in self.desk(name).receive(max_deliveries=256):
            copy, signal_, _ = sc.verify_delivery(d, self.region.region.verifier)
            self.desk(name).verify_evidence(d)
            self.desk(name).acknowledge([d.delivery_id])
            found = {}
            for s in copy.statements:
                if s.action == PSEUDONYM:
                    found.setdefault((s.path, s.kind), ([], []))[s.former].append(s.value)
        self.assertTrue(found)
        return found

    def reconnect(self):
        for c in self.desks.values():
            c.connect()

    def test_both_are_delivered_then_the_old_key_is_destroyed(self):
        old = self.keys()["pseudonym"][0]["secret"]
        before = self.named("politie")
        told = self.rotate("pseudonym=2027")
        self.assertEqual([("1", "overlap"), ("2027", "current")],
                         [(e["epoch"], e["state"]) for e in told])
        self.again()
        self.reconnect()
        both = self.named("politie")
        self.assertEqual(set(before), set(both))
        for at, (now, former) in both.items():
            self.assertEqual(before[at][0], former, "the old one links to what it has")
            self.assertEqual(1, len(now))
            self.assertNotEqual(now, former)
        others = {v for now, former in self.named("zorgcoordinator").values()
                  for v in now + former}
        self.assertFalse(others & {v for now, former in both.values() for v in now + former})
        self.assertIn(("pseudonym_overlap", "1"), self.epochs())
        self.retire("pseudonym")
        self.reconnect()
        after = self.named("politie")
        for at, (now, former) in after.items():
            self.assertEqual(both[at][0], now, "the new one stays")
            self.assertEqual([], former)
        self.assertIn(("pseudonym_ended", "1"), self.epochs())
        self.assertEqual({"epoch": "1", "state": "ended"}, self.keys()["pseudonym"][0])
        self.is_gone(old)

    def test_under_load_every_copy_has_what_its_time_demands(self):
        with load.Load(self.region, SENDERS, RECIPIENTS) as work:
            work.until(20)
            self.rotate("pseudonym")
            self.again()
            work.until(40)
            self.retire("pseudonym")
            work.until(20)
            work.settle()
        for desk in work.recipients.values():
            kinds, last = [], None
            for index in sorted(desk.got):
                shape = sorted({s.value + ("*" if s.former else "")
                                for s in desk.got[index][0][1].statements
                                if s.action == PSEUDONYM})
                if shape != last:
                    kinds.append(shape)
                    last = shape
            self.assertEqual(3, len(kinds), "before, both, after: no copy in between")
            self.assertEqual([v for v in kinds[1] if not v.endswith("*")], kinds[2])
            self.assertEqual([v[:-1] for v in kinds[1] if v.endswith("*")], kinds[0])

    def test_copies_that_helper_threads_make_have_both_too(self):
        self.rotate("pseudonym")
        self.again()
        c, to = self.desk("meldpunt"), self.region.to("politie")
        for _ in range(3):      # many at once: a wave is shared out to the threads
            frames = [c.build_submit(e2e_case.SIGNAL, *load.WORDS, to) for _ in range(60)]
            for frame in frames:
                c.socket.send(frame)
            for _ in frames:
                self.assertEqual("ok", c.wait(None).code)
        copies = []
        while more := [copy for _, copy, _ in self.take("politie")]:
            copies += more
        self.assertEqual(180, len(copies))
        shapes = {tuple((s.path, s.value, s.former) for s in copy.statements
                        if s.action == PSEUDONYM) for copy in copies}
        self.assertEqual(1, len(shapes))
        former = [s[2] for s in shapes.pop()]
        self.assertEqual(2 * sum(former), len(former))

    def test_who_was_known_before_is_still_found_in_the_overlap(self):
        tokens = "SELECT count(*), count(DISTINCT token) FROM link_token"
        self.share("meldpunt", ["politie"])
        (n, distinct), = self.sql(tokens)
        self.assertTrue(n)
        self.rotate("pseudonym")
        self.again()
        self.reconnect()
        self.share("meldpunt", ["politie"])
        (m, then), = self.sql(tokens)
        self.assertEqual((3 * n, 2 * distinct), (m, then), "those of before, and as many new ones")
        self.retire("pseudonym")
        self.reconnect()
        self.share("meldpunt", ["politie"])
        (k, last), = self.sql(tokens)
        self.assertEqual((4 * n, 2 * distinct), (k, last), "of the overlap the new ones match")


class Master(Rotation):
    def wait_rewrapped(self, times=1):
        rg.wait_for("MASTER-REWRAPPED", lambda: (
            self.region.broker_dir / "sluisd.log").read_bytes().count(b"MASTER-REWRAPPED") >= times)

    def test_everything_is_wrapped_anew_under_load_and_the_old_key_goes(self):
        old = self.keys()["master"][0]["secret"]
        waiting = [self.share("meldpunt", ["nla"])[0] for _ in range(30)]
        with load.Load(self.region, SENDERS, RECIPIENTS) as work:
            work.until(20)
            self.assertEqual([2, 1], self.rotate("master"))
            self.again()
            self.wait_rewrapped()
            work.until(20)
            self.retire("master")
            work.until(20)
            work.settle()
        self.is_gone(old)
        self.assertEqual([2], [m["id"] for m in self.keys()["master"]])
        self.desk("nla")
        self.assertEqual(30, len(self.signals("nla")), "copies of before")
        self.away("meldpunt")
        for trace in waiting[:3]:       # details of before
            outcome, = self.desk("meldpunt").explain(trace_id=trace).outcomes
            self.assertTrue(outcome.receipt.detail)
        self.assertIn(("master", "2"), self.epochs())
        purposes = [leaf.purpose for leaf in self.journal()]
        self.assertEqual(1, purposes.count("master_rewrapped"))

    def test_a_key_that_is_needed_is_not_retired(self):
        for _ in range(3):
            self.share("meldpunt", ["politie"])
        self.refused("--retire", "master", "there is no old key")
        self.rotate("master")
        self.refused("--retire", "master", "stop sluisd first")
        self.region.kill_broker(signal.SIGTERM)
        self.refused("--retire", "master", "is needed still")
        self.region.start_broker()
        self.wait_rewrapped()
        self.refused("--retire", "master", "stop sluisd first")
        self.retire("master")
        self.desk("politie")
        self.assertEqual(3, len(self.signals("politie")))

    def keys_db(self, sql, *values):
        with contextlib.closing(sqlite3.connect(
                self.region.broker_dir / "state" / "keys.db")) as db, db:
            return db.execute(sql, values).fetchall()

    def damage(self, table, row):
        """The key of ROW is nobody's any more; what it was."""
        (was,), = self.keys_db("SELECT wrapped FROM %s WHERE id = ?" % table, row)
        self.keys_db("UPDATE %s SET wrapped = ? WHERE id = ?" % table,
                     was[:-1] + bytes([was[-1] ^ 1]), row)
        return was

    def test_a_damaged_key_is_named_and_put_back_or_given_up(self):
        for _ in range(3):
            self.share("meldpunt", ["politie"])
        self.region.kill_broker(signal.SIGTERM)
        copies, records = (
            [row for row, in self.keys_db("SELECT id FROM %s ORDER BY id" % table)]
            for table in ("key", "record"))
        was = self.damage("key", copies[0])
        self.damage("record", records[0])
        self.rotate("master")
        self.region.start_broker()
        self.wait_rewrapped()
        names = "copy %d, record %d" % (copies[0], records[0])
        rg.wait_for("KEYS-UNREADABLE", lambda: "n=2 detail=" + names in (
            self.region.broker_dir / "sluisd.log").read_text("utf-8"))
        self.assertIn("master_unreadable", [leaf.purpose for leaf in self.journal()])
        self.assertNotIn("master_rewrapped", [leaf.purpose for leaf in self.journal()])
        self.region.kill_broker(signal.SIGTERM)
        self.refused("--retire", "master", "no master key opens " + names)
        for wrong in ("1", "3"):
            self.refused("--retire", "master", "--accept-loss 2", "--accept-loss", wrong)
        self.refused("--retire", "master", "usage", "--accept-loss", "0")
        self.refused("--retire", "curve", "usage", "--accept-loss", "2")
        self.refused("--rotate", "master", "usage", "--accept-loss", "2")

        self.keys_db("UPDATE key SET wrapped = ? WHERE id = ?", was, copies[0])
        self.refused("--retire", "master", "is needed still", "--accept-loss", "1")
        self.region.start_broker()
        self.wait_rewrapped(2)
        self.region.kill_broker(signal.SIGTERM)
        self.refused("--retire", "master", "no master key opens record %d:" % records[0])
        done = self.region.change_keys(
            "--retire", "master", "--accept-loss", "1", check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("given up: record %d" % records[0], done.stderr)
        self.region.start_broker()
        self.desk("politie")
        self.assertEqual(3, len(self.signals("politie")), "the one that was put back too")

        log, entries = self.region.broker_dir / "sluisd.log", len(self.journal())
        named = log.read_bytes().count(b"KEYS-UNREADABLE")
        self.rotate("master")
        self.again()
        self.wait_rewrapped(3)
        self.retire("master")
        self.assertEqual(named, log.read_bytes().count(b"KEYS-UNREADABLE"), "given up once")
        self.assertIn("master_rewrapped", [leaf.purpose for leaf in self.journal()[entries:]])

    def test_nothing_is_given_up_where_nothing_is_lost(self):
        self.share("meldpunt", ["politie"])
        self.rotate("master")
        self.again()
        self.wait_rewrapped()
        self.region.kill_broker(signal.SIGTERM)
        self.refused("--retire", "master", "nothing is lost", "--accept-loss", "1")

    def test_kills_while_it_is_wrapped_anew(self):
        for _ in range(20):
            self.share("meldpunt", ["politie", "nla"])
        self.rotate("master")
        for _ in range(3):
            self.again(signal.SIGKILL)
        self.wait_rewrapped()
        self.retire("master", signal.SIGKILL)
        for name in ("politie", "nla"):
            self.assertEqual(20, len(self.signals(name)))

    def test_the_same_request_again_is_the_same_across_all_changes(self):
        c = self.desk("meldpunt")
        frame = c.build_submit(e2e_case.SIGNAL, *load.WORDS, self.region.to("politie"))
        first = c.exchange(frame)
        for kind in ("master", "pseudonym", "checkpoint", "curve"):
            told = self.rotate(kind)
            if kind == "checkpoint":
                self.trust(told[1])
        self.again()
        self.wait_rewrapped()
        self.region.kill_broker(signal.SIGTERM)
        for kind in ("master", "pseudonym", "checkpoint", "curve"):
            self.region.change_keys("--retire", kind)
        self.region.start_broker()
        c.connect()
        again = c.exchange(frame)
        self.assertEqual("ok", again.code)
        self.assertEqual([o.receipt.leaf for o in first.outcomes],
                         [o.receipt.leaf for o in again.outcomes])
        self.assertEqual(1, len(self.signals("politie")))


class Refusals(Rotation):
    def test_what_cannot_be_changed_is_not(self):
        self.refused("--rotate", "identity", "usage")
        self.refused("--rotate", "", "usage")
        self.refused("--retire", "curve=2", "usage")
        self.refused("--rotate", "curve=2", "has a name")
        for kind in ("curve", "checkpoint"):
            self.refused("--retire", kind, "there is no old key")
        self.refused("--retire", "pseudonym", "no epoch is in overlap")
        for name in ("1", "a b", "x" * 33, "a/b"):
            self.refused("--rotate", "pseudonym=" + name, "has a new name")
        for kind, says in (("curve", "served already"), ("checkpoint", "sign already"),
                           ("pseudonym", "in overlap already"), ("master", "not retired yet")):
            self.rotate(kind)
            self.refused("--rotate", kind, says)
        self.assertEqual(0o600, stat.S_IMODE(self.keys_file.stat().st_mode))
        self.again()
        self.share("meldpunt", ["politie"])

    def test_without_a_second_place_the_channel_stays(self):
        path = self.region.broker_dir / "sluisd.yaml"
        path.write_text(re.sub("second_.*\n", "", path.read_text("utf-8")), "utf-8")
        self.refused("--rotate", "curve", "second_agency")

    def test_two_keys_at_one_place_are_refused_at_the_start(self):
        done = self.region.change_keys("--rotate", "curve", check=False)
        self.assertEqual(0, done.returncode)
        keys = self.keys()
        keys["curve"][1]["place"] = 1
        self.keys_file.write_text(json.dumps(keys))
        self.keys_file.chmod(0o600)
        self.region.kill_broker(signal.SIGTERM)
        with self.assertRaises(RuntimeError):
            self.region.start_broker()
        keys["curve"][1]["place"] = 2
        self.keys_file.write_text(json.dumps(keys))
        self.region.broker = None
        self.region.start_broker()


if __name__ == "__main__":
    unittest.main(verbosity=2)
