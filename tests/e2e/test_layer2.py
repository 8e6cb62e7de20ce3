# SPDX-License-Identifier: EUPL-1.2
"""Layer 2 of a case cannot be seen from layer 1.

One region is made and copied, so that all keys are the same; the copies live through the
same script by a clock that stands still between steps, one with layer 2 and one without.
What the care coordinator (layer 1, for whom layer 2 does not exist) and the sender of the
layer 1 signals get to see is recorded: every byte of every answer, whether a waiting
Receive was answered, what the commands print.  Apart from what is drawn at random
(tests/python/views.py lists it) the two records are the same.

That the comparison can fail is shown by a third copy, where the same things happen at
layer 1.
"""

import json
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import clock as ck
import region as rg
import sluis_client as sc
import views

COVER_S, COVER_LEAVES = 60, 8
QUESTION = ("riec", "2", "casusoverleg")
SEEN_BY = ("zorgcoordinator", "meldpunt", "ketenregisseur")
CASE_OPEN, CASE_JOIN = sc.TYPE % "case-open", sc.TYPE % "case-join"
FEEDBACK, RECALL = sc.TYPE % "feedback", sc.TYPE % "recall"
CASE_READ, CASE_MOVE, TODO = sc.TYPE % "case-read", sc.TYPE % "case-move", sc.TYPE % "todo"


# layer 2 is for who sits there in a case; the same at layer 1 is served
NO_CASE = ("no_recipient_entitled", "recipient_not_entitled", "ok")
# by a seat that layer 1 does not know; the same seat at layer 1
UNSEEN = ("step_not_for_this_desk", "no_such_step_from_here", "not_in_this_state")


class World:
    """A copy of the region in which the script is played."""

    def __init__(self, base, name, layer):
        self.layer = layer      # of what the partners do among themselves; 0: nothing
        self.region = rg.Region()
        shutil.rmtree(self.region.dir)
        self.region.dir = self.region.dir.with_name(self.region.dir.name + "-" + name)
        shutil.copytree(base.dir, self.region.dir, symlinks=True)
        self.region.clock = ck.Clock(self.region.dir, base.start_s)
        self.region.read()
        self.region.start_broker()
        self.clients = {}
        self.n_requests = {}
        self.seen = []          # (label, bytes)
        self.early = {}         # request id: answer that came before a turn
        self.expected = []      # (client, request id, code): answers after the next turn
        self.codes = []         # what they were

    # --- requests -------------------------------------------------------------------------

    def client(self, name):
        if name not in self.clients:
            self.clients[name] = self.region.client(name)
        return self.clients[name]

    def head(self, name, series=b"\0"):
        """Request ids are the same in every world: they are the asker's own."""
        n = self.n_requests[name, series] = self.n_requests.get((name, series), 0) + 1
        request_id = (name.encode() + bytes(16))[:11] + series + n.to_bytes(4, "big")
        return self.client(name).head(request_id, self.region.clock.now_ms)

    def frame(self, name, kind, message, series=b"\0"):
        message.head.CopyFrom(self.head(name, series))
        return self.client(name).build(kind, message)

    def ask(self, name, kind, message):
        """The answer; recorded when NAME is one of those who may not notice."""
        answer = self.client(name).exchange(self.frame(name, kind, message))
        self.note(name, kind, answer)
        return answer

    def note(self, name, label, answer):
        if name in SEEN_BY:
            raw = answer.SerializeToString()
            self.seen.append(("%s %s" % (name, label), b"%d " % len(raw) +
                              views.plain(answer).SerializeToString()))

    def veiled(self, name, kind, message, code):
        """A request among the partners: there is no answer before the turn."""
        if not self.layer:
            return b""
        frame = self.frame(name, kind, message, b"\2")
        self.client(name).socket.send(frame)
        self.expected.append((name, sc.request_id_of(frame), code))
        if self.layer == 1:
            self.collect()
        else:
            self.settle(name)
        return sc.request_id_of(frame)

    def settle(self, name):
        """What this connection sent has arrived."""
        c = self.client(name)
        m = sc.wire_pb2.Prove(index=0)
        m.head.CopyFrom(c.head(created_ms=self.region.clock.now_ms))
        c.socket.send(c.build(sc.PROVE, m))
        while True:
            answer = c.wait(None)
            if answer.request_id == m.head.request_id:
                return answer
            self.early[answer.request_id] = answer

    def collect(self):
        for name, request_id, code in self.expected:
            answer = self.early.get(request_id) or self.client(name).wait(request_id)
            if answer.code not in code:
                raise AssertionError("%s: %s, not %s" % (name, answer.code, code))
            self.codes.append(answer.code)
        self.expected = []

    # --- time -----------------------------------------------------------------------------

    def size(self):
        return sc.open_checkpoint(self.settle("om").checkpoint,
                                  self.region.region.verifier).size

    def turn(self):
        """On to the next cover turn, and until it was held."""
        before = self.size()
        self.region.clock.forward(COVER_S - self.region.clock.now_s % COVER_S)
        rg.wait_for("the cover turn", lambda: self.size() != before)
        self.seen.append(("size of a turn", b"%d" % (self.size() - before)))
        self.collect()

    # --- what people do ---------------------------------------------------------------------

    def submission(self, file, to, layer=1, purpose=QUESTION[2]):
        signal = rg.signal_from(file)
        signal.handling.layer = layer
        m = sc.wire_pb2.Submit(convenant=QUESTION[0], phase=QUESTION[1], purpose=purpose,
                               signal=signal.SerializeToString())
        for oin, desk in self.region.to(*to):
            m.recipients.add(oin=oin, desk=desk)
        return m

    def submit(self, name, file, to):
        answer = self.ask(name, sc.SUBMIT, self.submission(file, to))
        assert answer.code == "ok", answer.code
        return answer

    def receive(self, name, wait_ms=0):
        m = sc.wire_pb2.Receive(wait_ms=wait_ms, max_deliveries=64)
        return list(self.ask(name, sc.RECEIVE, m).deliveries)

    def acknowledge(self, name, ids):
        return self.ask(name, sc.ACKNOWLEDGE, sc.wire_pb2.Acknowledge(delivery_ids=ids))

    def command(self, name, *words):
        done = self.region.command(*words, party=name, check=False)
        text = "%d\n%s%s" % (done.returncode, done.stdout, done.stderr)
        self.seen.append(("%s sluis %s" % (name, " ".join(words[:2])),
                          views.plain_text(text).encode()))

    def close(self):
        self.region.__exit__()


def look(w, name, case):
    """Everything that a participant of layer 1 can ask about its case."""
    w.ask(name, CASE_READ, sc.wire_pb2.CaseRead(case_id=case))
    w.ask(name, CASE_READ, sc.wire_pb2.CaseRead())
    w.ask(name, TODO, sc.wire_pb2.Todo())
    w.ask(name, TODO, sc.wire_pb2.Todo(given=True))
    ids = [d.delivery_id for d in w.receive(name)]
    if ids:
        w.acknowledge(name, ids)


def joining(w, case, *names, layer=1, leave=False):
    m = sc.wire_pb2.CaseJoin(case_id=case, layer=layer, leave=leave)
    for oin, desk in w.region.to(*names):
        m.who.add(oin=oin, desk=desk)
    return m


def in_case(w, case, file, to, layer=1, **more):
    m = w.submission(file, to, layer)
    m.phase = "1"
    m.case_id = case
    for name, value in more.items():
        setattr(m, name, value)
    return m


def probe(w, name, case=bytes(16)):
    """Who has no seat of layer 2 in this case names that layer: it is refused at once, so
    that no place in a turn tells it what else was there."""
    who = w.region.to("nla")
    join = sc.wire_pb2.CaseJoin(case_id=case, layer=2)
    join.who.add(oin=who[0][0], desk=who[0][1])
    preview = sc.wire_pb2.Preview(convenant="riec", phase="1", purpose=QUESTION[2], case_id=case)
    preview.handling.layer = 2
    outside = w.submission("07-straw-man.json", ("nla",), 2)
    for kind, m in ((CASE_MOVE, sc.wire_pb2.CaseMove(case_id=case, transition="x.y", layer=2)),
                    (CASE_JOIN, join), (sc.PREVIEW, preview), (sc.SUBMIT, outside),
                    (sc.SUBMIT, in_case(w, case, "07-straw-man.json", ("nla",), 2))):
        answer = w.ask(name, kind, m)
        assert answer.code != "ok", (kind, answer)


def play_case(w):
    """A case of the police in the RIEC: the municipality sits at layer 1, the NLA, where
    there is a layer 2, at layer 2 only."""
    case = w.ask("politie", CASE_OPEN, sc.wire_pb2.CaseOpen(route="riec")).request_id
    answer = w.ask("politie", CASE_JOIN, joining(w, case, "ketenregisseur", "belastingdienst"))
    assert answer.code == "ok", answer
    w.veiled("politie", CASE_JOIN, joining(w, case, "nla", layer=w.layer), ("ok",))
    # at layer 1 it has that seat already
    w.veiled("politie", CASE_JOIN, joining(w, case, "belastingdienst", layer=w.layer),
             ("ok",) if w.layer == 2 else ("step_needs_something_first",))
    look(w, "ketenregisseur", case)
    w.turn()
    look(w, "ketenregisseur", case)

    # who sits there at layer 1 only, or not at all, asks just before that turn
    w.region.clock.forward(COVER_S - 2 - w.region.clock.now_s % COVER_S)
    probe(w, "ketenregisseur", case)
    probe(w, "meldpunt", case)
    # what is shared, refused and acknowledged there, while layer 1 goes on
    secret = w.veiled("politie", sc.SUBMIT, in_case(
        w, case, "06-women-in-one-room.json", ("nla",), w.layer), ("ok",))
    w.veiled("nla", CASE_MOVE, sc.wire_pb2.CaseMove(
        case_id=case, transition="riec.sluit", layer=w.layer), ("malformed", "no_such_step_from_here"))
    # what names no layer, by who sits there unseen
    for kind, message in ((CASE_MOVE, sc.wire_pb2.CaseMove(transition="riec.sluit")),
                          (sc.TYPE % "case-verdict", sc.wire_pb2.CaseVerdict(strengthened=True)),
                          (sc.TYPE % "case-extend", sc.wire_pb2.CaseExtend())):
        message.case_id = case
        w.veiled("nla", kind, message, UNSEEN)
    answer = w.ask("ketenregisseur", sc.SUBMIT, in_case(
        w, case, "07-straw-man.json", ("politie", "belastingdienst"), enriches=True))
    assert answer.code == "ok", answer
    w.turn()
    look(w, "ketenregisseur", case)
    answer = w.ask("ketenregisseur", CASE_MOVE, sc.wire_pb2.CaseMove(
        case_id=case, transition="riec.dossier"))
    assert answer.code == "ok", answer
    # the NLA has a copy of layer 1, and notices and a copy of layer 2 besides (also what it
    # hears of the move); it acknowledges them together
    w.turn()
    ids = [d.delivery_id for d in w.receive("nla")]
    if w.layer == 2:
        assert len(ids) > 3, "copies of both layers"
        w.veiled("nla", sc.ACKNOWLEDGE, sc.wire_pb2.Acknowledge(delivery_ids=ids), ("ok",))
    else:
        w.acknowledge("nla", ids)
    w.ask("meldpunt", sc.EXPLAIN, sc.wire_pb2.Explain(leaf_index=3))
    look(w, "ketenregisseur", case)
    w.turn()

    # what follows from it: feedback, a recall, seats that end
    w.veiled("nla", FEEDBACK, sc.wire_pb2.GiveFeedback(
        case_id=case, feedback=sc.case_pb2.Feedback(followed_up=True)), ("ok",))
    w.veiled("politie", RECALL, sc.wire_pb2.Recall(
        trace_id=secret, ground=sc.case_pb2.RECALL_UNLAWFUL), ("ok",))
    w.turn()
    look(w, "ketenregisseur", case)
    w.turn()
    w.veiled("politie", CASE_JOIN, joining(
        w, case, "belastingdienst", layer=w.layer, leave=True), ("ok",))
    w.veiled("nla", CASE_JOIN, joining(w, case, "nla", layer=w.layer, leave=True), ("ok",))
    w.turn()
    look(w, "ketenregisseur", case)
    w.ask("ketenregisseur", sc.SENT, sc.wire_pb2.Sent(max=100))


def waits_for_her(w):
    return w.receive("zorgcoordinator")[0].delivery_id


def play(w):
    """The script.  What stands behind w.veiled() and the partners' own eyes differs."""
    zorg = w.client("zorgcoordinator")

    # a signal for all, and one among partners
    first = w.submit("meldpunt", "04-hotel-and-webcam.json", ("politie", "nla", "zorgcoordinator"))
    case = w.ask("politie", CASE_OPEN, sc.wire_pb2.CaseOpen(route="riec")).request_id
    w.veiled("politie", sc.SUBMIT,
             in_case(w, case, "07-straw-man.json", ("nla", "om"), w.layer), NO_CASE)
    for d in w.receive("zorgcoordinator"):
        w.ask("zorgcoordinator", sc.EXPLAIN, sc.wire_pb2.Explain(leaf_index=d.receipt.index))
        w.acknowledge("zorgcoordinator", [d.delivery_id])

    # somebody of layer 1 waits, while partners are refused, also because of her
    waiting = w.frame("zorgcoordinator", sc.RECEIVE,
                      sc.wire_pb2.Receive(wait_ms=60000, max_deliveries=64))
    zorg.socket.send(waiting)
    w.settle("politie")
    w.veiled("politie", sc.SUBMIT,
             in_case(w, case, "04-hotel-and-webcam.json", ("zorgcoordinator",), w.layer),
             NO_CASE)
    w.veiled("politie", sc.SUBMIT,
             in_case(w, case, "04-hotel-and-webcam.json", ("nla",), w.layer,
                     purpose="nieuwsgierigheid"), ("purpose_not_covered",))
    probe(w, "meldpunt")
    preview = sc.wire_pb2.Preview(convenant="riec", phase="2", purpose="casusoverleg",
                                  case_id=case)
    preview.handling.layer = w.layer
    w.veiled("politie", sc.PREVIEW, preview, ("no_recipients_named",))
    for d in w.receive("nla"):
        if w.layer != 1:
            w.acknowledge("nla", [d.delivery_id])
    w.turn()
    if w.layer != 1:
        woken = bool(zorg.socket.poll(0))
        w.seen.append(("she was woken by the turn", b"%d" % woken))

    # she is answered when something of layer 1 comes
    w.region.clock.forward(5)
    w.submit("meldpunt", "06-women-in-one-room.json", ("nla", "zorgcoordinator"))
    answer = zorg.wait(sc.request_id_of(waiting))
    w.note("zorgcoordinator", "the Receive that waited", answer)
    w.acknowledge("zorgcoordinator", [d.delivery_id for d in answer.deliveries])
    w.acknowledge("nla", [d.delivery_id for d in w.receive("nla")])
    w.ask("meldpunt", sc.EXPLAIN, sc.wire_pb2.Explain(trace_id=first.request_id))
    w.turn()

    # a turn without anything, then whatever layer 1 can ask
    w.turn()
    w.region.clock.forward(5)
    w.submit("meldpunt", "04-hotel-and-webcam.json", ("nla", "zorgcoordinator"))
    for name in SEEN_BY:
        w.ask(name, sc.SENT, sc.wire_pb2.Sent(max=100))
        w.ask(name, sc.PROVE, sc.wire_pb2.Prove(index=3))
        w.ask(name, sc.PROVE, sc.wire_pb2.Prove(old_size=5))
        for o in first.outcomes:
            w.ask(name, sc.EXPLAIN, sc.wire_pb2.Explain(leaf_index=o.receipt.index))
    w.command("zorgcoordinator", "inbox", "list")
    w.command("zorgcoordinator", "inbox", "list", "--json")
    w.command("zorgcoordinator", "inbox", "show", waits_for_her(w).hex())
    w.command("zorgcoordinator", "inbox", "ack", "--all")
    w.command("zorgcoordinator", "inbox", "list")
    w.command("zorgcoordinator", "explain", str(first.outcomes[2].receipt.index))
    w.command("meldpunt", "explain", first.request_id.hex())
    w.command("meldpunt", "explain", str(first.outcomes[0].receipt.index))
    w.turn()


def covered_region(add_cleanup):
    """A region whose broker has ended, to make worlds of."""
    base = rg.Region()
    add_cleanup(base.__exit__)
    base.up()
    base.kill_broker(rg.signal.SIGTERM)
    config = base.broker_dir / "sluisd.yaml"
    text = config.read_text("utf-8")
    assert "cover_s: 0\n" in text
    config.write_text(text.replace("cover_s: 0\n", "cover_s: %d\n  cover_leaves: %d\n" % (
        COVER_S, COVER_LEAVES)), "utf-8")
    base.start_s = ck.Clock(base.dir).now_s + 1
    return base


@unittest.skipUnless(ck.library(), "needs libfaketime (package faketime)")
class Invisible(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if rg.is_sanitized():
            raise unittest.SkipTest("a sanitizer and libfaketime do not go together")
        cls.base = covered_region(cls.addClassCleanup)
        cls.worlds = {}
        for name, layer in (("without", 0), ("with", 2), ("open", 1)):
            w = World(cls.base, name, layer)
            cls.addClassCleanup(w.close)
            play(w)
            play_case(w)
            cls.worlds[name] = w

    def leaves(self, name):
        with self.worlds[name].region.client("auditor") as auditor:
            m = sc.wire_pb2.AuditRead(from_index=0, max=512)
            m.head.CopyFrom(auditor.head(created_ms=self.worlds[name].region.clock.now_ms))
            answer = auditor.exchange(auditor.build(sc.AUDIT_READ, m))
        self.assertEqual("ok", answer.code)
        found = [sc.journal_pb2.Leaf.FromString(r.leaf) for r in answer.receipts]
        return [leaf for leaf in found if leaf.kind != sc.journal_pb2.EVENT_AUDIT_READ]

    def cover_of(self, name):
        return sum(leaf.kind == sc.journal_pb2.EVENT_COVER for leaf in self.leaves(name))

    def test_who_sees_layer_1_sees_the_same_with_and_without_layer_2(self):
        with_, without = self.worlds["with"].seen, self.worlds["without"].seen
        self.assertEqual([label for label, _ in without], [label for label, _ in with_])
        for (label, ours), (_, theirs) in zip(without, with_):
            self.assertEqual(ours, theirs, label)
        self.assertGreater(len(with_), 30)
        for label, text in with_:
            if " sluis " in label:
                self.assertEqual(b"0\n", text[:2], label + text.decode())

    def test_layer_2_did_happen(self):
        self.assertEqual(["no_recipient_entitled", "recipient_not_entitled",
                          "purpose_not_covered", "no_recipients_named",
                          "ok", "ok", "ok", "malformed", *3 * ["step_not_for_this_desk"], "ok", "ok", "ok", "ok", "ok"],
                         self.worlds["with"].codes)
        self.assertEqual([], self.worlds["without"].codes)

    def test_an_auditor_sees_it_and_the_journals_are_as_long(self):
        self.assertEqual(len(self.leaves("without")), len(self.leaves("with")))
        turns = [label for label, _ in self.worlds["without"].seen].count("size of a turn")
        self.assertEqual(turns * COVER_LEAVES, self.cover_of("without"))
        self.assertLess(self.cover_of("with"), self.cover_of("without") - 12)

    def test_the_comparison_notices_the_same_at_layer_1(self):
        self.assertNotEqual(self.worlds["open"].seen, self.worlds["without"].seen)
        sizes = [{text for label, text in self.worlds[w].seen if label == "size of a turn"}
                 for w in ("with", "without")]
        self.assertEqual([{b"8"}] * 2, sizes)

    def test_a_request_that_waits_survives_a_crash_by_being_sent_again(self):
        w = World(self.base, "crash", 2)
        self.addCleanup(w.close)
        case = w.ask("politie", CASE_OPEN, sc.wire_pb2.CaseOpen(route="riec")).request_id
        frame = w.frame("politie", CASE_JOIN, joining(w, case, "nla", layer=2))
        w.client("politie").socket.send(frame)
        w.settle("politie")
        w.region.kill_broker()
        w.region.start_broker()
        for c in w.clients.values():
            c.connect()
        w.turn()
        self.assertEqual([], w.receive("nla"), "nothing of it was done")
        for _ in range(2):      # asked again, also after it was done: one answer, once done
            w.client("politie").socket.send(frame)
            w.settle("politie")
            w.turn()
            answer = w.client("politie").wait(sc.request_id_of(frame))
            self.assertEqual("ok", answer.code)
        self.assertEqual(1, len(w.receive("nla")), "one notice")

    def test_a_turn_stands_between_two_minutes_only(self):
        times = {leaf.time_ms for leaf in self.leaves("with")
                 if leaf.kind == sc.journal_pb2.EVENT_COVER}
        self.assertEqual({0}, {t % (COVER_S * 1000) for t in times})


class Patience(unittest.TestCase):
    def test_the_commands_wait_for_a_cover_turn_whatever_their_time_limit(self):
        with rg.Region(cover_s=2) as region:
            done = region.command("case", "open", "--route", "riec", "--json", party="politie")
            case = json.loads(done.stdout)["cases"][0]["case_id"]
            region.command("--timeout", "500", "case", "join", case, "--who", "nla",
                           "--layer", "2", party="politie")
            rg.wait_for("word of the seat", lambda: case[:8] in region.command(
                "inbox", "list", party="nla").stdout)
            region.command("--timeout", "500", "inbox", "ack", "--all", party="nla")
            self.assertIn("nla", region.command("case", "show", case, party="nla").stdout)
            self.assertNotIn("nla", region.command(
                "case", "show", case, party="teamleiding").stdout)

    def test_without_cover_layer_2_is_refused_and_the_command_says_why(self):
        with rg.Region(cover_s=0) as region:
            done = region.command("case", "open", "--route", "riec", "--json", party="politie")
            case = json.loads(done.stdout)["cases"][0]["case_id"]
            done = region.command("case", "join", case, "--who", "nla", "--layer", "2",
                                  party="politie", check=False)
            self.assertEqual(3, done.returncode)
            self.assertIn("no_cover_for_layer_2", done.stderr)


if __name__ == "__main__":
    unittest.main()
