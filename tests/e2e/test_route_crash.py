#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""kill -9 of the broker at every step of the route: it resumes, nothing is lost or repeated.

Each act of a whole route is sent, the broker is killed at a random moment around it (before,
while or after it is handled), started again on the same configuration, and the desk asks
again with the same bytes until it is answered.  Every track, one after the other, in one
region.  At the end:
 - every case went through exactly the states of its route, once each;
 - its history holds every act once, and so does the journal (one trace, one entry);
 - an act that is asked again much later still gets the same receipt;
 - every notice and copy reached its desk, once;
 - the tree verifies, and every checkpoint that anybody saw is one of its heads.

SLUIS_TEST_SEED changes the moments; the seed is printed.
"""

import os
import pathlib
import random
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import region as rg
import sluis_client as sc
import walk as wk

CASE = sc.case_pb2
SEED = int(os.environ.get("SLUIS_TEST_SEED", random.SystemRandom().randrange(2**32)))
ANSWER_MS = 700
MOMENTS_S = (0, 0.001, 0.002, 0.004, 0.008, 0.016, 0.05)


class Killer:
    """Kills the broker some time after it is told to, and starts it again."""

    def __init__(self, region, dice):
        self.region, self.dice, self.kills = region, dice, 0

    def around(self, send):
        """SEND (returns an answer or None) with a kill somewhere around it; its answer."""
        moment = self.dice.choice(MOMENTS_S)
        timer = threading.Timer(moment, self.region.kill_broker)
        timer.start()
        answer = send()
        timer.join()
        self.kills += 1
        self.restart()
        return answer

    def restart(self):
        self.region.start_broker()
        for c in self.region.clients:
            if c.socket is not None:
                c.connect()


class RouteCrash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print("seed", SEED, file=sys.stderr)
        cls.dice = random.Random(SEED)
        cls.region = rg.Region()
        cls.addClassCleanup(cls.region.__exit__)
        cls.region.up()
        cls.region.kill_broker()
        cls.region.start_broker()
        cls.killer = Killer(cls.region, cls.dice)
        cls.receipts = {}       # frame -> receipts of its own leaves, as first answered
        cls.checkpoints = set()

    def ask_once(self, act):
        client = act.walk.client(act.desk)
        try:
            return client.exchange(act.build(), ANSWER_MS)
        except sc.NoAnswer:
            return None

    def do(self, act):
        """ACT, with the broker killed around it, until it is answered."""
        act.build()     # what it needs to know is asked before
        answer = self.killer.around(lambda: self.ask_once(act))
        for _ in range(20):
            if answer is not None and answer.code not in ("stopping", "queue_full"):
                break
            answer = self.ask_once(act)
        self.assertIsNotNone(answer, "%r was never answered" % act)
        act.answered(answer)
        again = self.ask_once(act)
        self.assertEqual(self.told(answer), self.told(again), "%r asked again" % act)
        self.receipts[act.build()] = (act, self.told(answer))

    def told(self, answer):
        """What must be the same whenever it is asked: leaves, indices, outcomes."""
        receipts = list(answer.receipts) + [o.receipt for o in answer.outcomes]
        for r in receipts:
            if r.checkpoint:
                self.checkpoints.add(r.checkpoint)
        return (answer.code, [(r.index, r.leaf) for r in receipts])

    def walk(self, acts, walk):
        states = []
        for act in acts:
            self.do(act)
            state = walk.view("meldpunt").state
            if not states or states[-1] != state:
                states.append(state)
        return states

    def history_is_whole(self, walk, n_moves, n_shared):
        steps = [s.kind for s in walk.view("meldpunt").steps]
        self.assertEqual(1, steps.count(CASE.STEP_OPENED))
        self.assertEqual(n_moves, steps.count(CASE.STEP_MOVED))
        self.assertEqual(n_shared, steps.count(CASE.STEP_SHARED) + steps.count(CASE.STEP_ENRICHED))

    def test_every_track_survives_a_kill_at_each_of_its_steps(self):
        for track, file, n_moves in (("zvh", "01-older-friend.json", 6),
                                     ("zorg", "05-niece-in-the-household.json", 6),
                                     ("riec", "06-women-in-one-room.json", 6)):
            with self.subTest(track=track):
                walk = wk.Walk(self.region)
                states = self.walk(walk.track(track, file), walk)
                self.assertEqual(len(states), len(set(states)), "no state twice")
                self.assertEqual(n_moves + 1, len(states))
                self.history_is_whole(walk, n_moves, 4)
        walk = wk.Walk(self.region)
        states = self.walk(walk.no("08-weekly-registrations.json"), walk)
        self.assertEqual(["ontvangen", "verrijkt", "afstemming", "geen_vermoeden"], states)
        self.everything_holds()

    def everything_holds(self):
        self.assertGreater(self.killer.kills, 60)
        for act, told in self.receipts.values():
            self.assertEqual(told, self.told(self.ask_once(act)), "%r asked at the end" % act)
        self.every_act_stands_once()
        self.every_copy_came_once()

    def every_act_stands_once(self):
        """One trace id, one act: no leaf of the same act twice."""
        with self.region.client("auditor") as auditor:
            entries, head = auditor.audit_all()
        leaves = [sc.journal_pb2.Leaf.FromString(r.leaf) for r in entries]
        acts = [sc.journal_pb2.Detail.FromString(r.detail)
                for r, leaf in zip(entries, leaves) if leaf.kind == cases.KIND["EVENT_CASE"]]
        said = [(d.trace_id, d.act) for d in acts if d.trace_id]
        self.assertEqual(len(said), len(set(said)), "an act stands twice")
        self.heads_hold([r.leaf for r in entries])

    def heads_hold(self, leaves):
        """Every checkpoint that was handed out is a head of this very tree."""
        hashes = [sc.leaf_hash(leaf) for leaf in leaves]
        verifier = self.region.region.verifier
        sizes = {}
        for note in self.checkpoints:
            head = sc.open_checkpoint(note, verifier)
            self.assertEqual(sizes.setdefault(head.size, head.root), head.root)
        for size in sorted(sizes)[::max(1, len(sizes) // 12)]:
            self.assertEqual(sc.tree_root(hashes[:size]), sizes[size])

    def every_copy_came_once(self):
        for name in self.region.region.parties:
            if name == "auditor":
                continue
            with self.region.client(name) as c:
                deliveries = c.receive(max_deliveries=250)
            ids = [bytes(d.delivery_id) for d in deliveries]
            self.assertEqual(len(ids), len(set(ids)))
            leaves = [sc.verify_delivery(d, self.region.region.verifier) for d in deliveries]
            self.assertEqual(len(leaves), len(ids))


if __name__ == "__main__":
    unittest.main(verbosity=2)
