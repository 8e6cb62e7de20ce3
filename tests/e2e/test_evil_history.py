# SPDX-License-Identifier: EUPL-1.2
"""A broker that rewrites its journal meets those who remember: who sent, who received.

The attacks of test_evil_broker.py on what was already proven: leaves that are dropped,
reordered or changed, two histories, a history that is cut off.  The broker has all its keys,
and proves whatever it then shows.
"""

import base64
import json
import pathlib
import sys
import time
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import evil_broker
import region as rg
import sluis_client as sc
from test_evil_broker import (  # pylint: disable=no-name-in-module
    FILE, FORKED, HOUR_MS, PROOF, QUESTION, EvilCase)

EVENT = sc.journal_pb2.EventKind
COSIGN = sc.TYPE % "cosign"


class Histories(EvilCase):
    """A sender that sent while the broker was honest, and asks again when it is not."""

    HIDES = 0

    def setUp(self):
        """The meldpunt sends with the real command, and keeps its receipt."""
        self.victim = self.evil.victim("meldpunt")
        self.evil.journal = None
        self.send_signal()
        self.evil.learn()
        self.index = self.last_index()

    def send_signal(self, to="politie"):
        status, error, sent = self.victim.command(
            "signal", "send", rg.SIGNALS / FILE, "--convenant", QUESTION[0], "--phase",
            QUESTION[1], "--purpose", QUESTION[2], "--to", to, "--no-preview")
        self.assertEqual((0, {}), (status, error))
        return sent

    def last_index(self):
        """Of the newest entry about what the meldpunt sent."""
        found = [i for i, leaf in enumerate(self.evil.journal.leaves)
                 if sc.journal_pb2.Leaf.FromString(leaf).kind == EVENT.Value("EVENT_RULING")]
        return found[-1]

    def more(self, n):
        """N entries that say nothing, so that the tree is larger again."""
        for i in range(n):
            self.evil.journal.leaves.append(sc.journal_pb2.Leaf(
                nonce=bytes([i]) * 32, kind=EVENT.Value("EVENT_COVER")).SerializeToString())

    def ask(self, *words):
        """(status, error) of a command, while Prove is answered from the rewritten journal."""
        def on_answer(asked, answer):
            if asked.type == sc.PROVE:
                self.evil.prove(asked, answer)
        with self.evil.doing(on_answer):
            status, error, _ = self.victim.command(*words)
        return status, error

    def receipts(self):
        return self.ask("audit", "receipts")

    def is_kept(self, where):
        """WHERE names a receipt of the store."""
        self.assertRegex(where, r"^(sent/[0-9a-f]{32}\.answer|inbox/[0-9a-f]{32}\.\w+)$")

    # --- as it should be ----------------------------------------------------------------

    def test_an_honest_history_is_accepted(self):
        self.assertEqual((0, {}), self.receipts())
        self.more(3)
        self.assertEqual((0, {}), self.receipts())

    # --- against the last head that was seen -----------------------------------------------

    def test_a_dropped_leaf_shortens_the_journal(self):
        del self.evil.journal.leaves[self.index]
        self.alarm(FORKED, "checkpoint", *self.receipts())

    def test_a_dropped_leaf_behind_others_breaks_the_proof(self):
        del self.evil.journal.leaves[self.index]
        self.more(5)
        self.alarm(PROOF, "checkpoint", *self.receipts())

    def test_reordered_leaves_break_the_proof(self):
        leaves = self.evil.journal.leaves
        leaves[self.index], leaves[self.index - 1] = leaves[self.index - 1], leaves[self.index]
        self.more(2)
        self.alarm(PROOF, "checkpoint", *self.receipts())

    def test_a_leaf_dated_back_breaks_the_proof(self):
        leaf = sc.journal_pb2.Leaf.FromString(self.evil.journal.leaves[self.index])
        leaf.time_ms -= HOUR_MS
        self.evil.journal.leaves[self.index] = leaf.SerializeToString()
        self.more(2)
        self.alarm(PROOF, "checkpoint", *self.receipts())

    def test_another_history_of_the_same_size_is_a_fork(self):
        self.evil.journal.leaves[-1] = self.evil.journal.leaves[-2]
        self.alarm(FORKED, "checkpoint", *self.receipts())

    def test_histories_without_end_are_an_alarm_each_and_fill_no_folder(self):
        true = list(self.evil.journal.leaves)
        for i, where in enumerate(("checkpoint", "forks", "forks")):
            self.evil.journal.leaves[-1] = true[i]
            self.alarm(FORKED, where, *self.receipts())
        self.assertEqual(2, len(list((self.victim.folder / "forks").iterdir())))

    def test_a_history_that_is_cut_off_is_a_fork(self):
        del self.evil.journal.leaves[-1:]
        self.alarm(FORKED, "checkpoint", *self.receipts())

    # --- against a witness -----------------------------------------------------------------

    def hold_out(self, leaves):
        """(status, error, types asked) of a command, while LEAVES are the journal whose head
        waits for witnesses; all other proofs are as true as when this began."""
        other, asked_for = evil_broker.Journal(
            self.evil.true.origin, bytes.fromhex(self.evil.keys["checkpoint_seed"]), leaves), []

        def on_answer(asked, answer):
            asked_for.append(asked.type)
            m = sc.wire_pb2.Prove.FromString(asked.payload) if asked.type == sc.PROVE else None
            if m is not None and m.for_witness:
                was, self.evil.journal = self.evil.journal, other
                self.evil.prove(asked, answer)
                self.evil.journal = was
                if m.old_size > len(leaves) > 0:    # the smaller is the beginning
                    del answer.proof[:]
                    answer.proof.extend(evil_broker.consistency(
                        was.hashes(m.old_size), len(leaves)))
            elif m is not None:
                self.evil.prove(asked, answer)
        with self.evil.doing(on_answer):
            status, error, _ = self.victim.command("signal", "list")
        return status, error, asked_for

    @property
    def witnessed(self):
        path = self.victim.folder / "witnessed"
        return path.read_bytes() if path.exists() else None

    def test_a_witness_does_not_sign_for_another_history(self):
        true = list(self.evil.journal.leaves)
        before = self.witnessed
        for leaves in (true[:-1] + true[:1], true[1:], true[1:] + true[:5]):
            status, error, asked = self.hold_out(leaves)
            self.alarm(FORKED, "checkpoint", status, error)
            self.assertNotIn(sc.SENT, asked)
            self.assertNotIn(COSIGN, asked)
            self.assertEqual(before, self.witnessed)

    def test_a_witness_never_signs_a_smaller_head_after_a_larger_one(self):
        true = list(self.evil.journal.leaves)
        for n, signs in ((len(true) - 2, True), (len(true) - 4, False), (len(true) - 2, True),
                         (len(true) - 1, True)):
            before = self.witnessed
            status, _, asked = self.hold_out(true[:n])
            self.assertEqual(0, status)
            self.assertEqual(signs, COSIGN in asked, n)
            if not signs:
                self.assertEqual(before, self.witnessed)
        self.assertIn("\n%d\n" % (len(true) - 1), self.witnessed.decode())

    def test_a_witness_does_not_sign_two_histories_one_after_the_other(self):
        """Each of them continues what it saw, and neither continues the other."""
        true = list(self.evil.journal.leaves)
        status, _, asked = self.hold_out(true + true[:2])
        self.assertEqual((0, True), (status, COSIGN in asked))
        before = self.witnessed
        for leaves in (true + true[1:4], true + true[1:3]):
            status, error, asked = self.hold_out(leaves)
            self.alarm(FORKED, "checkpoint", status, error)
            self.assertNotIn(COSIGN, asked)
            self.assertEqual(before, self.witnessed)
        kept = {p.read_bytes() for p in (self.victim.folder / "forks").iterdir()}
        self.assertIn(before, kept)
        self.assertIn(COSIGN, self.hold_out(true + true[:3])[2])

    def test_a_witness_signs_no_empty_journal_that_is_not_empty(self):
        status, _, asked = self.hold_out([])
        self.assertEqual((0, True), (status, COSIGN in asked))
        (self.victim.folder / "witnessed").unlink()
        with unittest.mock.patch.object(sc, "tree_root", lambda hashes: b"\7" * 32):
            status, error, asked = self.hold_out([])
        self.alarm(FORKED, "checkpoint", status, error)
        self.assertNotIn(COSIGN, asked)

    def test_who_refuses_the_proof_is_asked_nothing_else(self):
        seen = []

        def refuse(asked, answer):
            seen.append(asked.type)
            if asked.type == sc.PROVE:
                answer.Clear()
                answer.code = "over_quota"
                answer.request_id = asked.head.request_id
        with self.evil.doing(refuse):
            status, error, _ = self.victim.command("signal", "list")
        self.assertEqual((7, "over_quota"), (status, error["code"]))
        self.assertEqual({sc.PROVE}, set(seen))

    # --- against who lays heads side by side ------------------------------------------------

    def lie_of_a_gap(self, named_in):
        """(status, error) of accepting a shorter journal, while the entry that names what it
        lacks is proven to stand in NAMED_IN."""
        other = evil_broker.Journal(
            self.evil.true.origin, bytes.fromhex(self.evil.keys["checkpoint_seed"]), named_in)

        def on_answer(asked, answer):
            if asked.type != sc.PROVE:
                return
            m = sc.wire_pb2.Prove.FromString(asked.payload)
            self.evil.prove(asked, answer)
            if m.HasField("seen"):
                answer.code = "history_forked"
                answer.receipts.append(other.receipt(len(named_in) - 1))
        with self.evil.doing(on_answer):
            status, error, _ = self.victim.command("audit", "gossip", "--accept")
        return status, error

    def test_a_gap_that_another_history_names_is_not_accepted(self):
        true = list(self.evil.journal.leaves)
        head = evil_broker.Journal(
            self.evil.true.origin, bytes.fromhex(self.evil.keys["checkpoint_seed"]), true)
        short = true[:-6]
        restored = sc.journal_pb2.Leaf(
            nonce=bytes(32), kind=EVENT.Value("EVENT_RESTORED"), refers_to=len(short),
            count=6, subject_digest=sc.tree_root(head.hashes())).SerializeToString()
        self.evil.journal.leaves = short + short[:1]
        for named_in in (short + [restored], short + short[1:3] + [restored],
                         short[:-2] + [restored]):
            status, error = self.lie_of_a_gap(named_in)
            self.assertEqual((6, FORKED), (status, error.get("code")))
        self.evil.journal.leaves = short + [restored]
        self.assertEqual((0, {}), self.lie_of_a_gap(short + [restored]))

    def test_a_line_that_does_not_hold_hides_no_fork(self):
        """A broker that adds a bad cosignature to the head of its other history."""
        region = json.loads((self.region.dir / "evil.json").read_text("utf-8"))
        trust = (self.region.dir / region["trust"]).read_text("utf-8")
        name, key_id, _ = trust.split("witness ", 1)[1].split()[1].split("+", 2)
        bad = "\u2014 %s %s\n" % (
            name, base64.b64encode(bytes.fromhex(key_id) + bytes(72)).decode())
        self.evil.journal.leaves[-1] = self.evil.journal.leaves[-2]
        true_head = self.evil.journal.head
        with unittest.mock.patch.object(
                self.evil.journal, "head", lambda size=None: true_head(size) + bad):
            self.alarm(FORKED, "checkpoint", *self.receipts())
            status, error = self.ask("audit", "gossip")
        self.assertEqual((6, {}), (status, error))

    def test_a_refusal_accuses_nobody(self):
        def refuse(asked, answer):
            if asked.type == sc.PROVE and sc.wire_pb2.Prove.FromString(
                    asked.payload).HasField("seen"):
                answer.Clear()
                answer.code = "over_quota"
                answer.request_id = asked.head.request_id
        with self.evil.doing(refuse):
            status, error, _ = self.victim.command("audit", "gossip")
        self.assertEqual((7, "over_quota"), (status, error.get("code")))

    # --- against those who come after it ---------------------------------------------------

    def with_lines(self, n, size):
        """While it lasts, heads have N more lines of SIZE bytes, by nobody."""
        true_head = evil_broker.Journal.head
        lines = "".join("\u2014 nobody/%d %s\n" % (
            i, base64.b64encode(bytes([i]) * size).decode()) for i in range(n))
        return unittest.mock.patch.object(
            evil_broker.Journal, "head", lambda *a, **kw: true_head(*a, **kw) + lines)

    def test_a_fat_head_does_not_keep_its_reader_from_an_honest_broker(self):
        with self.with_lines(40, 600):
            self.assertEqual((0, {}), self.ask("signal", "list"))
        self.assertGreater((self.victim.folder / "checkpoint").stat().st_size, 30000)
        who = json.loads((self.victim.folder / "party.json").read_text("utf-8"))
        who["region"] = "../../region.json"
        (self.victim.folder / "party.json").write_text(json.dumps(who), "utf-8")
        status, error, _ = self.victim.command("audit", "gossip")
        self.assertEqual((0, {}), (status, error))
        status, error, _ = self.victim.command("signal", "list")
        self.assertEqual((0, {}), (status, error))
        self.assertLess((self.victim.folder / "checkpoint").stat().st_size, 1000)

    def test_a_full_head_does_not_stop_a_witness(self):
        true, before = list(self.evil.journal.leaves), self.witnessed
        with self.with_lines(63, 76):
            status, _, asked = self.hold_out(true[:-1])
        self.assertEqual((0, False), (status, COSIGN in asked))
        self.assertEqual(before, self.witnessed)
        status, _, asked = self.hold_out(true)
        self.assertEqual((0, True), (status, COSIGN in asked))

    # --- against a receipt, by one who saw nothing since ------------------------------------

    def forget(self):
        """The folder saw the journal only before it sent: its receipt is all that it has."""
        for name in ("checkpoint", "checkpoint.time"):
            (self.victim.folder / name).unlink(missing_ok=True)

    def test_a_receipt_remembers_a_leaf_that_was_dropped(self):
        self.forget()
        del self.evil.journal.leaves[self.index]
        self.more(5)
        status, error = self.receipts()
        self.is_kept(error["where"])
        self.alarm(FORKED, error["where"], status, error)

    def test_a_receipt_remembers_the_place_of_a_leaf(self):
        self.forget()
        leaves = self.evil.journal.leaves
        leaves[self.index], leaves[0] = leaves[0], leaves[self.index]
        self.more(1)
        status, error = self.receipts()
        self.is_kept(error["where"])
        self.alarm(FORKED, error["where"], status, error)

    def test_a_receipt_is_longer_than_a_journal_that_was_cut_off(self):
        self.forget()
        del self.evil.journal.leaves[self.index:]
        status, error = self.receipts()
        self.is_kept(error["where"])
        self.alarm(FORKED, error["where"], status, error)

    def test_two_receipts_of_two_histories_contradict_each_other(self):
        """The broker shows its sender one tree, and later another: no question is needed."""
        self.forget()
        del self.evil.journal.leaves[self.index:]

        def other(asked, answer):
            if asked.type == sc.SUBMIT:
                leaf = answer.outcomes[0].receipt.leaf
                self.evil.journal.leaves.append(leaf)
                r = self.evil.journal.receipt(
                    len(self.evil.journal.leaves) - 1, answer.outcomes[0].receipt.detail)
                answer.outcomes[0].receipt.CopyFrom(r)
            elif asked.type == sc.PROVE:
                self.evil.prove(asked, answer)
        with self.evil.doing(other):
            self.send_signal()
        self.alarm(FORKED, "checkpoint", *self.receipts())

    def test_both_heads_are_kept_as_evidence(self):
        self.forget()
        del self.evil.journal.leaves[self.index]
        self.more(5)
        self.assertEqual(6, self.receipts()[0])
        notes = sorted((self.victim.folder / "forks").glob("*.checkpoint"))
        self.assertEqual(2, len(notes))
        sizes = {sc.open_checkpoint(n.read_text("utf-8"), self.region.region.verifier).size
                 for n in notes}
        self.assertEqual(2, len(sizes))

    # --- who only receives -------------------------------------------------------------------

    def test_who_only_looks_into_its_inbox_finds_it_too(self):
        self.assertEqual((0, {}), self.ask("inbox", "list"))
        self.evil.learn()
        self.evil.journal.leaves[self.index] = self.evil.journal.leaves[0]
        self.more(2)
        self.alarm(PROOF, "checkpoint", *self.ask("inbox", "list"))

    # --- what a sender sees at once -----------------------------------------------------------

    def sent_with(self, **changes):
        """(status, error) of a sending whose entry was written with CHANGES."""
        def lie(asked, answer):
            if asked.type == sc.SUBMIT and answer.outcomes:
                receipt = answer.outcomes[0].receipt
                leaf = sc.journal_pb2.Leaf.FromString(receipt.leaf)
                evil_broker.change(leaf, changes)
                self.evil.write(receipt, leaf)
            elif asked.type == sc.PROVE:
                self.evil.prove(asked, answer)
        self.evil.learn()           # what it lied about before is not what it shows first
        with self.evil.doing(lie):
            status, error, _ = self.victim.command(
                "signal", "send", rg.SIGNALS / FILE, "--convenant", QUESTION[0], "--phase",
                QUESTION[1], "--purpose", QUESTION[2], "--to", "politie", "--no-preview")
        return status, error

    def test_an_entry_dated_back_is_seen_by_who_asked_for_it(self):
        now = int(time.time() * 1000)
        self.alarm(PROOF, "receipt.leaf.time_ms", *self.sent_with(time_ms=now - HOUR_MS))
        self.forget()
        self.alarm(PROOF, "receipt.leaf.time_ms", *self.sent_with(time_ms=now - HOUR_MS))
        self.alarm(PROOF, "receipt.leaf.time_ms", *self.sent_with(time_ms=now + HOUR_MS))

    def test_an_entry_about_others_is_seen_by_who_asked_for_it(self):
        self.alarm(PROOF, "outcomes.receipt", *self.sent_with(
            recipient_oin=self.region.region.parties["nla"]["oin"]))
        self.alarm(PROOF, "outcomes.receipt", *self.sent_with(purpose="handhaving"))
        self.alarm(PROOF, "outcomes.receipt", *self.sent_with(
            kind=EVENT.Value("EVENT_NOT_SERVED")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
