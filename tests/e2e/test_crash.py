# SPDX-License-Identifier: EUPL-1.2
"""kill -9 of the broker at random moments of a run of a thousand signals.

One party sends, keeping some requests under way; two receive and acknowledge; the broker
is killed and started again on the same configuration.  Everybody asks again with
the same bytes until answered.  At the end:
 - everything acknowledged to the sender reached its recipient, once, and nobody else;
 - every delivery has its leaf, its receipt and its digest;
 - no decision stands in the journal twice for one request;
 - the tree verifies, and every checkpoint that anybody ever saw is one of its heads.

SLUIS_TEST_SIGNALS, SLUIS_TEST_KILLS and SLUIS_TEST_SEED change the run; the seed is printed.
"""

import os
import pathlib
import random
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import region as rg
import sluis_client as sc

SIGNALS = int(os.environ.get("SLUIS_TEST_SIGNALS", "1000"))
KILLS = int(os.environ.get("SLUIS_TEST_KILLS", "12"))
SEED = int(os.environ.get("SLUIS_TEST_SEED", random.SystemRandom().randrange(2**32)))
WINDOW = 16           # requests under way at once
ANSWER_MS = 1000      # then ask again
LEASE_MS = 2000
BUSY = ("stopping", "queue_full", "over_quota")
RUN_LIMIT_S = 280     # below the five minutes after which a retry is stale


class Run:
    """What all threads share."""

    def __init__(self, region):
        self.region = region
        self.generation = 0     # of the broker: a change means connect again
        self.sent_all = threading.Event()
        self.stop = threading.Event()
        self.failures = []
        self.checkpoints = set()
        self.lock = threading.Lock()
        self.started = time.monotonic()

    def saw(self, note):
        with self.lock:
            self.checkpoints.add(note)

    def guard(self, work):
        """WORK as a thread's body: a failure ends the run."""
        def body():
            try:
                work()
            except Exception as e:  # pylint: disable=broad-except
                self.failures.append("%s: %r" % (getattr(work, "__qualname__", work), e))
                self.stop.set()
        return threading.Thread(target=body, daemon=True)


class Actor:
    """A party with one connection that follows the broker through its restarts."""

    def __init__(self, run, name):
        self.run, self.name = run, name
        self.client = run.region.client(name, timeout_ms=ANSWER_MS)
        self.generation = run.generation

    def follow(self):
        """Connect again when the broker is another; True if so."""
        if self.generation == self.run.generation:
            return False
        self.generation = self.run.generation
        self.client.region = self.run.region.region
        self.client.connect()
        return True

    def until_answered(self, frame, timeout_ms=ANSWER_MS):
        """The answer to FRAME, sent as often as it takes."""
        while not self.run.stop.is_set():
            self.follow()
            try:
                answer = self.client.exchange(frame, timeout_ms)
                if answer.code not in BUSY:
                    return answer
            except sc.NoAnswer:
                pass
        raise RuntimeError("stopped")


class Sender(Actor):
    def __init__(self, run, name, step, to):
        super().__init__(run, name)
        self.step, self.to = step, to
        self.frames = {}    # request id -> frame, while unanswered
        self.answers = {}   # request id -> Answer
        self.left = SIGNALS

    def work(self):
        while (self.left or self.frames) and not self.run.stop.is_set():
            if self.follow():
                self.send_again()
            while self.left and len(self.frames) < WINDOW:
                self.send_one()
            try:
                answer = self.client.wait(None, ANSWER_MS)
                if answer.code == "ok":
                    self.take(answer)
                elif answer.request_id in self.frames and answer.code not in BUSY:
                    raise RuntimeError("refused: " + answer.code)
            except sc.NoAnswer:
                self.send_again()
        self.run.sent_all.set()

    def send_one(self):
        signal = rg.signal_from(self.step["file"])
        signal.exploitation.n_possible_victims = self.left
        frame = self.client.build_submit(
            signal.SerializeToString(), self.step["convenant"], self.step["phase"],
            self.step["purpose"], self.to)
        self.left -= 1
        self.frames[sc.request_id_of(frame)] = frame
        self.client.socket.send(frame)

    def send_again(self):
        for frame in self.frames.values():
            self.client.socket.send(frame)

    def take(self, answer):
        known = self.answers.get(answer.request_id)
        if known is not None:   # a repetition: the same outcome and receipts
            if [o.SerializeToString() for o in known.outcomes] != [
                    o.SerializeToString() for o in answer.outcomes]:
                raise RuntimeError("another answer to the same request")
            return
        if self.frames.pop(answer.request_id, None) is None:
            raise RuntimeError("an answer to nothing")
        for o in answer.outcomes:
            sc.verify_receipt(o.receipt, self.run.region.region.verifier)
            self.run.saw(o.receipt.checkpoint)
        self.answers[answer.request_id] = answer


class Receiver(Actor):
    def __init__(self, run, name):
        super().__init__(run, name)
        self.deliveries = {}    # delivery id -> (bytes without attempt, Leaf, Receipt)
        self.acknowledged = {}  # delivery id -> Receipt

    def work(self):
        while not self.run.stop.is_set():
            got = self.receive()
            if got:
                self.acknowledge(got)
            elif self.run.sent_all.is_set() and len(self.acknowledged) >= SIGNALS:
                return

    def receive(self):
        m = sc.wire_pb2.Receive(
            wait_ms=200, max_deliveries=32, lease_ms=0 if self.run.sent_all.is_set() else LEASE_MS)
        answer = self.until_answered(self.client.build(sc.RECEIVE, m), ANSWER_MS * 3)
        if answer.code != "ok":
            raise RuntimeError("receive: " + answer.code)
        for d in answer.deliveries:
            self.keep(d)
        return [d.delivery_id for d in answer.deliveries]

    def keep(self, d):
        _, _, leaf = sc.verify_delivery(d, self.run.region.region.verifier)
        self.run.saw(d.receipt.checkpoint)
        d.ClearField("attempt")
        raw = d.SerializeToString()
        if d.delivery_id in self.acknowledged:
            raise RuntimeError("delivered after it was acknowledged")
        known = self.deliveries.setdefault(d.delivery_id, (raw, leaf, d.receipt))
        if known[0] != raw:
            raise RuntimeError("the same delivery with other bytes")

    def acknowledge(self, ids):
        answer = self.until_answered(self.client.build(
            sc.ACKNOWLEDGE, sc.wire_pb2.Acknowledge(delivery_ids=ids)))
        if answer.code != "ok" or len(answer.receipts) != len(ids):
            raise RuntimeError("acknowledge: " + answer.code)
        for delivery_id, receipt in zip(ids, answer.receipts):
            leaf, _ = sc.verify_receipt(receipt, self.run.region.region.verifier)
            self.run.saw(receipt.checkpoint)
            if leaf.refers_to != self.deliveries[delivery_id][2].index:
                raise RuntimeError("acknowledged another entry")
            self.acknowledged[delivery_id] = receipt


class Crash(cases.RegionCase):
    still_serves = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        print("seed", SEED, "signals", SIGNALS, "kills", KILLS, flush=True)
        cls.region.kill_broker()
        cls.region.start_broker()
        cls.step = next(s for s in rg.story() if len(s["to"]) >= 2 and not s["file"].startswith("09"))
        to = cls.region.to(*cls.step["to"])
        cls.sender.connect()
        answer = cls.sender.exchange(cls.sender.build_submit(
            cls.signal_of(cls.step), cls.step["convenant"], cls.step["phase"],
            cls.step["purpose"], to))
        served = {(o.oin, o.desk) for o in answer.outcomes if o.code == "ok"}
        cls.names = [n for n in cls.step["to"]
                     if (cls.region.party(n).oin, cls.region.party(n).desk) in served]
        for name in cls.names:
            with cls.region.client(name) as c:
                c.acknowledge([d.delivery_id for d in c.receive(max_deliveries=100)])
        cls.run_all()

    @staticmethod
    def signal_of(step):
        return rg.signal_from(step["file"]).SerializeToString()

    @classmethod
    def run_all(cls):
        run = cls.shared = Run(cls.region)
        cls.from_party = Sender(run, cls.step["from"], cls.step, cls.region.to(*cls.names))
        cls.receivers = {n: Receiver(run, n) for n in cls.names}
        threads = [run.guard(cls.from_party.work)]
        threads += [run.guard(r.work) for r in cls.receivers.values()]
        for t in threads:
            t.start()
        cls.kill_now_and_then(run, random.Random(SEED))
        for t in threads:
            t.join(max(1, RUN_LIMIT_S - (time.monotonic() - run.started)))
        alive = [t for t in threads if t.is_alive()]
        run.stop.set()
        for t in alive:
            t.join()
        if alive:
            run.failures.append("the run did not end in %d s" % RUN_LIMIT_S)
        cls.read_journal()

    @classmethod
    def kill_now_and_then(cls, run, rng):
        """Kill when the run has come to a random point of its work, then a random moment later."""
        points = sorted(rng.randrange(SIGNALS) for _ in range(KILLS))
        cls.kills = cls.early = 0
        for point in points:
            while len(cls.from_party.answers) < point and not run.stop.is_set():
                time.sleep(0.0005)
            if run.stop.is_set() or run.sent_all.is_set():
                break
            time.sleep(rng.random() * 0.04)
            cls.region.kill_broker()
            cls.kills += 1
            if rng.random() < 0.25:     # and once more while it is recovering
                cls.region.spawn_broker()
                time.sleep(rng.random() * 0.03)
                cls.region.kill_broker()
                cls.early += 1
            cls.region.start_broker()
            run.generation += 1

    @classmethod
    def read_journal(cls):
        with cls.region.client("auditor") as auditor:
            cls.entries, cls.head = auditor.audit_all()
        cls.leaves = [sc.journal_pb2.Leaf.FromString(r.leaf) for r in cls.entries]

    def of_kind(self, name):
        kind = cases.KIND[name]
        return [(i, leaf) for i, leaf in enumerate(self.leaves) if leaf.kind == kind]

    # --- the claims -------------------------------------------------------------------------

    def test_0_the_run_ended_by_itself_and_nothing_was_wrong_on_the_way(self):
        self.assertEqual([], self.shared.failures)
        self.assertEqual(SIGNALS, len(self.from_party.answers))
        self.assertGreaterEqual(self.kills, KILLS // 2)

    def test_everything_acknowledged_was_delivered_to_its_recipient_and_to_nobody_else(self):
        for name, receiver in self.receivers.items():
            party = self.region.party(name)
            promised = {o.receipt.index for a in self.from_party.answers.values()
                        for o in a.outcomes if (o.oin, o.desk) == (party.oin, party.desk)}
            got = [r.index for _, _, r in receiver.deliveries.values()]
            self.assertEqual(SIGNALS, len(promised))
            self.assertEqual(sorted(promised), sorted(got), name)
            for _, leaf, _ in receiver.deliveries.values():
                self.assertEqual((party.oin, party.desk), (leaf.recipient_oin, leaf.recipient_desk))

    def test_nothing_waits_any_more_and_nobody_else_got_anything(self):
        for name in self.region.region.parties:
            if name != "auditor":
                with self.subTest(name):
                    self.assertEqual([], [d.delivery_id.hex() for d in self.waiting_for(name)])

    def test_every_copy_belongs_to_the_submission_it_was_ruled_for(self):
        """What differs between the signals arrives in the copy of the right one, where released."""
        for name, receiver in self.receivers.items():
            seen = set()
            for raw, _, _ in receiver.deliveries.values():
                d = sc.wire_pb2.Delivery.FromString(raw)
                signal = sc.signal_pb2.Signal.FromString(sc.wire_pb2.Copy.FromString(d.copy).signal)
                if signal.exploitation.HasField("n_possible_victims"):
                    seen.add(signal.exploitation.n_possible_victims)
            if seen:
                self.assertEqual(set(range(1, SIGNALS + 1)), seen, name)

    def test_every_delivery_has_its_leaf_in_the_final_tree(self):
        for receiver in self.receivers.values():
            for _, _, receipt in receiver.deliveries.values():
                self.assertEqual(self.entries[receipt.index].leaf, receipt.leaf)
            for receipt in receiver.acknowledged.values():
                self.assertEqual(self.entries[receipt.index].leaf, receipt.leaf)

    def test_no_decision_stands_twice_for_one_request(self):
        seen = {}
        for i, leaf in self.of_kind("EVENT_RULING"):
            detail = sc.journal_pb2.Detail.FromString(self.entries[i].detail)
            seen.setdefault((detail.trace_id, leaf.recipient_oin, leaf.recipient_desk), []).append(i)
        self.assertEqual([], [where for where in seen.values() if len(where) > 1])
        for request_id, answer in self.from_party.answers.items():
            for o in answer.outcomes:
                self.assertEqual([o.receipt.index], seen[request_id, o.oin, o.desk])

    def test_no_ruling_is_without_a_sender_that_was_told(self):
        """A request that was journalled before a crash was answered after it, with that entry."""
        told = {o.receipt.index for a in self.from_party.answers.values() for o in a.outcomes}
        first = min(told)
        self.assertEqual(
            sorted(told), [i for i, _ in self.of_kind("EVENT_RULING") if i >= first])

    def test_every_delivery_was_acknowledged_once(self):
        refers = [leaf.refers_to for _, leaf in self.of_kind("EVENT_ACKNOWLEDGED")]
        self.assertEqual(len(refers), len(set(refers)))
        for receiver in self.receivers.values():
            self.assertEqual(set(receiver.deliveries), set(receiver.acknowledged))

    def test_every_checkpoint_ever_seen_is_a_head_of_the_final_tree(self):
        hashes = [sc.leaf_hash(r.leaf) for r in self.entries]
        self.assertGreater(len(self.shared.checkpoints), self.kills)
        by_size = {}
        for note in self.shared.checkpoints:
            c = sc.open_checkpoint(note, self.verifier)
            self.assertLessEqual(c.size, self.head.size)
            self.assertEqual(c.root, by_size.setdefault(c.size, c.root), "two roots of one size")
        for size in random.Random(SEED).sample(sorted(by_size), min(60, len(by_size))):
            self.assertEqual(sc.tree_root(hashes[:size]), by_size[size])
        with self.region.client("auditor") as auditor:
            for note in random.Random(SEED).sample(
                    sorted(self.shared.checkpoints), min(20, len(self.shared.checkpoints))):
                auditor.prove_consistency(sc.open_checkpoint(note, self.verifier))

    def test_each_start_of_the_broker_is_in_the_journal(self):
        opened = len(self.of_kind("EVENT_OPENED"))
        self.assertGreaterEqual(opened, 2 + self.kills)
        self.assertLessEqual(opened, 2 + self.kills + self.early)


if __name__ == "__main__":
    unittest.main(verbosity=2)
