# SPDX-License-Identifier: EUPL-1.2
"""A recall reaches everybody who got a release, also who was away, and can be proved.

Before its recipient took it a copy is erased from the broker; after that the recipient is
told until it says that it destroyed the copy.  Whoever never says so stays listed.  Nobody
but the source recalls, and nobody destroys what is not its own.
"""

import os
import pathlib
import sqlite3
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
import sluis_client as sc

RECALL, DESTROYED, TODO = (sc.TYPE % t for t in ("recall", "destroyed", "todo"))
SIGNAL = rg.signal_from("10-truant-girl.json").SerializeToString()
WORDS = ("afstemming", "1", "duiding")
EVENT = sc.journal_pb2.EventKind
NOTICE = sc.wire_pb2.case__pb2


def recall(client, trace, ground=NOTICE.RECALL_UNLAWFUL):
    """The answer to a Recall of TRACE, whatever it says."""
    return client.exchange(client.build(
        RECALL, sc.wire_pb2.Recall(trace_id=trace, ground=ground)))


def destroyed(client, *ids):
    return client.exchange(client.build(
        DESTROYED, sc.wire_pb2.Destroyed(delivery_ids=ids)))


def todo(client, given=False):
    return client.exchange(client.build(TODO, sc.wire_pb2.Todo(given=given)))


class Recall(unittest.TestCase):
    def setUp(self):
        self.region = rg.Region()
        self.region.__enter__()
        self.addCleanup(self.region.__exit__)
        self.town = self.region.client("meldpunt")

    def share(self, *names):
        """(trace, {name: ruling leaf index}) of a signal for NAMES."""
        frame = self.town.build_submit(SIGNAL, *WORDS, self.region.to(*names))
        answer = self.town.exchange(frame)
        self.assertEqual("ok", answer.code)
        for outcome in answer.outcomes:
            sc.verify_receipt(outcome.receipt, self.region.region.verifier)
        return (sc.request_id_of(frame),
                {n: o.receipt.index for n, o in zip(names, answer.outcomes)})

    def take(self, name):
        """NAME comes, takes what waits, and goes: ids of the signals."""
        with self.region.client(name) as c:
            ids = [d.delivery_id for d in c.receive(max_deliveries=64)]
            if ids:
                c.acknowledge(ids)
        return ids

    def notices(self, name, kind):
        """[(Notice, Leaf, Delivery)] of KIND that wait for NAME; each verified and taken."""
        found = []
        with self.region.client(name) as c:
            for d in c.receive(max_deliveries=64):
                copy, _, leaf = sc.verify_delivery(d, self.region.region.verifier)
                c.acknowledge([d.delivery_id])
                if copy.HasField("notice"):
                    notice = NOTICE.Notice.FromString(copy.notice)
                    if notice.kind == kind:
                        found.append((notice, leaf, d))
        return found

    def leaf(self, client, index):
        """Entry INDEX, with its proof, as CLIENT may have it."""
        outcome, = client.explain(leaf_index=index).outcomes
        self.assertEqual(index, outcome.receipt.index)
        return sc.verify_receipt(outcome.receipt, self.region.region.verifier)[0]

    def restart(self):
        self.region.kill_broker()
        self.region.start_broker()
        self.town.connect()

    # --- who may not -------------------------------------------------------------------

    def test_nobody_but_the_source_recalls(self):
        trace, _ = self.share("politie", "nla")
        for name in ("politie", "nla", "zorgcoordinator"):
            with self.region.client(name) as c:
                self.assertEqual("not_found", recall(c, trace).code)
        self.assertEqual("not_found", recall(self.town, os.urandom(16)).code)
        self.assertEqual("malformed", recall(self.town, b"short").code)
        self.assertEqual("malformed", recall(self.town, trace, 0).code)
        self.assertEqual(1, len(self.take("politie")))

    def test_only_the_recipient_destroys_and_only_what_was_recalled(self):
        trace, _ = self.share("politie", "nla")
        mine, = self.take("politie")
        other, = self.take("nla")
        with self.region.client("politie") as c:
            self.assertEqual("not_found", destroyed(c, mine).code)
            self.assertEqual("ok", recall(self.town, trace).code)
            self.assertEqual("not_found", destroyed(c, other).code)
            # one that is not its own refuses the whole
            self.assertEqual("not_found", destroyed(c, mine, other).code)
            self.assertEqual("malformed", destroyed(c).code)
        self.assertEqual("not_found", destroyed(self.town, mine).code)
        self.assertEqual(2, len(recall(self.town, trace).tasks))

    # --- before it was taken ---------------------------------------------------------

    def test_a_copy_that_waits_is_erased_from_the_broker(self):
        trace, rulings = self.share("politie")
        answer = recall(self.town, trace)
        self.assertEqual("ok", answer.code)
        leaves = [sc.verify_receipt(r, self.region.region.verifier)[0]
                  for r in answer.receipts]
        self.assertEqual([EVENT.Value("EVENT_RECALL"), EVENT.Value("EVENT_WITHDRAWN")],
                         [leaf.kind for leaf in leaves])
        self.assertEqual(rulings["politie"], leaves[1].refers_to)
        self.assertEqual([], self.take("politie"))
        self.region.kill_broker()
        with sqlite3.connect(self.region.broker_dir / "state" / "sluis.db") as db:
            self.assertEqual([(0,)], db.execute(
                "SELECT count(*) FROM outbox WHERE sealed IS NOT NULL").fetchall())

    # --- after it was taken ------------------------------------------------------------

    def test_who_was_away_hears_of_it_and_the_chain_proves_that_it_destroyed(self):
        trace, rulings = self.share("politie", "nla")
        copy, = self.take("nla")
        answer = recall(self.town, trace)
        self.assertEqual("ok", answer.code)
        self.restart()

        (told, _, _), = self.notices("nla", NOTICE.NOTICE_RECALL)
        self.assertEqual(copy, told.about)
        self.assertEqual(NOTICE.RECALL_UNLAWFUL, told.recall)
        self.assertEqual(self.town.party.oin, told.from_oin)
        with self.region.client("nla") as c:
            first = destroyed(c, copy)
            self.assertEqual("ok", first.code)
            again = destroyed(c, copy)
            self.assertEqual(first.receipts[0].index, again.receipts[0].index)

        (done, leaf, _), = self.notices("meldpunt", NOTICE.NOTICE_DESTROYED)
        self.assertEqual(trace, done.about)
        gone = self.leaf(self.town, leaf.refers_to)
        self.assertEqual(EVENT.Value("EVENT_DESTROYED"), gone.kind)
        recalled = self.leaf(self.town, gone.refers_to)
        self.assertEqual(EVENT.Value("EVENT_RECALL"), recalled.kind)
        self.assertEqual(rulings["nla"], recalled.refers_to)
        ruling = self.leaf(self.town, recalled.refers_to)
        self.assertEqual(EVENT.Value("EVENT_RULING"), ruling.kind)
        self.assertEqual([], self.notices("nla", NOTICE.NOTICE_RECALL))

    def test_who_never_says_so_stays_listed_as_open(self):
        trace, _ = self.share("politie", "nla")
        ids = {name: self.take(name)[0] for name in ("politie", "nla")}
        self.assertEqual("ok", recall(self.town, trace).code)
        with self.region.client("nla") as c:
            self.assertEqual("ok", destroyed(c, ids["nla"]).code)
        self.restart()
        task, = recall(self.town, trace).tasks
        self.assertEqual(NOTICE.TASK_DESTROY, task.kind)
        self.assertEqual(ids["politie"], task.about)
        self.assertEqual(self.region.party("politie").oin, task.oin)
        # one that took its copy and never acknowledged is no better off
        trace, _ = self.share("politie")
        with self.region.client("politie") as c:
            self.assertTrue(c.receive(max_deliveries=64))
        self.assertEqual("ok", recall(self.town, trace).code)
        self.assertEqual(1, len(recall(self.town, trace).tasks))

    def test_asking_again_with_the_same_bytes_recalls_once(self):
        trace, _ = self.share("nla")
        self.take("nla")
        frame = self.town.build(
            RECALL, sc.wire_pb2.Recall(trace_id=trace, ground=NOTICE.RECALL_SUBJECT))
        first = self.town.exchange(frame)
        self.restart()
        second = self.town.exchange(frame)
        self.assertEqual([r.leaf for r in first.receipts], [r.leaf for r in second.receipts])
        self.assertEqual(1, len(self.notices("nla", NOTICE.NOTICE_RECALL)))


if __name__ == "__main__":
    unittest.main()
