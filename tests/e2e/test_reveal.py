# SPDX-License-Identifier: EUPL-1.2
"""Who is it?  Only the source tells, once, and the broker cannot read the answer.

The holder of a copy asks, on a ground that the convenant gives its desk; the desk that
signalled decides, and a second desk of it where the convenant says so; the answer is
sealed to the asker's own key.  Also when the broker is killed in between.
"""

import os
import pathlib
import sys
import unittest

import nacl.exceptions
import nacl.public

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import leaks
import region as rg
import sluis_client as sc
from e2e_case import CASE

SECRET = "Noor Elisabeth van Rietschoten, BSN 999910012"
PATH = "persons[0].bsn"


class RevealCase(e2e_case.RegionCase):
    def setUp(self):
        super().setUp()
        self.trace, _ = self.share("meldpunt", ["politie", "zorgcoordinator"])
        self.copy, = self.signals("politie")
        self.of_care, = self.signals("zorgcoordinator")

    def question(self, name, delivery, code="ok", what=CASE.REVEAL_IDENTITY, path=PATH,
                 ground=CASE.ACUTE_DANGER_TO_LIFE):
        """The id of a question that NAME asks."""
        m = sc.wire_pb2.RevealAsk(delivery_id=delivery, what=what, ground=ground)
        if path:
            m.path = path
        m.head.CopyFrom(self.desk(name).head())
        self.ask(name, "reveal-ask", m, code)
        return m.head.request_id

    def decide(self, name, reveal, verdict, code="ok", box=None, to="politie", second=False):
        m = sc.wire_pb2.RevealDecide(reveal_id=reveal, verdict=verdict)
        if second:
            m.second = True
        if box is not None:
            seat = self.seat(to)
            m.sealed.oin, m.sealed.desk, m.sealed.box = seat.oin, seat.desk, box
        return self.ask(name, "reveal-decide", m, code)

    def seal(self, public, text=SECRET):
        return nacl.public.SealedBox(nacl.public.PublicKey(public)).encrypt(text.encode())

    def open_box(self, name, box):
        secret = nacl.public.PrivateKey(self.desk(name).party.keys.x25519_secret)
        return nacl.public.SealedBox(secret).decrypt(box).decode()

    def answers(self, name):
        return [n for n, _ in self.notices(name, CASE.NOTICE_REVEAL_DECIDED)]

    def asked(self, name):
        return [n for n, _ in self.notices(name, CASE.NOTICE_REVEAL_ASKED)]


class Asking(RevealCase):
    def test_nobody_asks_about_what_it_does_not_have(self):
        for name in ("nla", "om", "analist", "veiligthuis", "meldpunt"):
            self.question(name, self.copy, "not_found")
        self.question("politie", self.of_care, "not_found")
        self.question("politie", os.urandom(16), "not_found")
        self.question("politie", self.trace, "not_found")
        self.question("politie", b"short", "malformed")
        self.assertEqual([], self.asked("meldpunt"))

    def test_a_ground_that_is_not_given_is_refused_explained_and_journalled(self):
        m = sc.wire_pb2.RevealAsk(delivery_id=self.copy, what=CASE.REVEAL_IDENTITY, path=PATH,
                                  ground=CASE.OFFICIAL_REPORT)
        answer = self.ask("politie", "reveal-ask", m, "no_ground")
        self.assertTrue(answer.article)
        self.assertTrue(answer.change)
        leaf, _ = sc.verify_receipt(answer.receipts[0], self.region.region.verifier)
        self.assertEqual("no_ground", leaf.code)
        self.question("zorgcoordinator", self.of_care, "no_ground", CASE.REVEAL_SOURCE, None)
        self.assertEqual([], self.asked("meldpunt"))

    def test_what_is_no_place_of_a_pseudonym_is_not_asked_about(self):
        for path in ("persons[0]", "persons[0].bsn; DROP TABLE", "999910012", "persons[0].bsn[",
                     "x" * 200):
            self.question("politie", self.copy, "malformed", path=path)
        for path in ("persons[0].residence.postcode", "reporter.name", "persons[0].role"):
            self.question("politie", self.copy, "not_found", path=path)
        self.question("politie", self.copy, "malformed", what=0)
        self.question("politie", self.copy, "malformed", ground=0)
        self.question("politie", self.copy, "malformed", path=None)
        self.question("politie", self.copy, "malformed", what=CASE.REVEAL_SOURCE)

    def test_a_source_that_left_hears_the_question_and_not_where_the_case_stands(self):
        case = self.open("politie", "riec")
        for name in ("om", "nla"):
            self.join("politie", case, name)
        trace, _ = self.share("nla", ["om"], case, "riec")
        mine, = self.signals("om")
        self.join("politie", case, "nla", leave=True)
        self.take("nla")
        self.question("om", mine, what=CASE.REVEAL_SOURCE, path=None)
        told, = self.asked("nla")
        self.assertEqual(trace, told.about)
        for word in ("case_id", "route", "state"):
            self.assertFalse(told.HasField(word), word)
        self.assertFalse(told.task.HasField("case_id"))

    def test_the_source_hears_it_with_the_key_to_seal_to_and_has_a_task(self):
        reveal = self.question("politie", self.copy)
        told, = self.asked("meldpunt")
        self.assertEqual(self.trace, told.about)
        self.assertEqual(reveal, told.reveal_id)
        self.assertEqual(self.desk("politie").party.keys.x25519_public, told.seal_public)
        self.assertEqual([CASE.TASK_REVEAL], [t.kind for t in self.todo("meldpunt")])
        self.question("politie", self.copy, "waiting_for_consent")


class Deciding(RevealCase):
    def setUp(self):
        super().setUp()
        self.reveal = self.question("politie", self.copy)
        self.told, = self.asked("meldpunt")
        self.box = self.seal(self.told.seal_public)

    def test_nobody_decides_but_the_source(self):
        for name in ("politie", "nla", "om", "analist", "aandacht", "zorgcoordinator"):
            self.decide(name, self.reveal, CASE.REVEAL_RELEASED, "not_found", self.box)
        for name in ("politie", "nla", "aandacht"):
            self.decide(name, self.reveal, CASE.REVEAL_RELEASED, "not_found", second=True)
        self.decide("meldpunt", os.urandom(16), CASE.REVEAL_REFUSED, "not_found")
        self.assertEqual([], self.answers("politie"))
        self.assertEqual(0, self.count("EVENT_REVEAL_DECIDED"))

    def test_a_box_that_is_too_large_or_for_somebody_else_goes_nowhere(self):
        self.decide("meldpunt", self.reveal, CASE.REVEAL_RELEASED, "too_large", b"x" * 2049)
        self.decide("meldpunt", self.reveal, CASE.REVEAL_RELEASED, "malformed", self.box, "nla")
        self.decide("meldpunt", self.reveal, CASE.REVEAL_RELEASED, "malformed", self.box, "aandacht")
        self.decide("meldpunt", self.reveal, CASE.REVEAL_RELEASED, "malformed")
        self.decide("meldpunt", self.reveal, CASE.REVEAL_REFUSED, "malformed", self.box)
        self.decide("meldpunt", self.reveal, 0, "malformed")
        self.assertEqual([], self.answers("politie"))

    def test_the_same_desk_is_not_the_second(self):
        self.decide("meldpunt", self.reveal, CASE.REVEAL_RELEASED, box=self.box)
        self.decide("meldpunt", self.reveal, CASE.REVEAL_RELEASED, "needs_another_desk", second=True)
        self.decide("analist", self.reveal, CASE.REVEAL_RELEASED, "not_found", second=True)
        self.assertEqual([], self.answers("politie"))

    def test_there_is_one_answer(self):
        self.decide("meldpunt", self.reveal, CASE.REVEAL_REFUSED)
        self.decide("meldpunt", self.reveal, CASE.REVEAL_RELEASED, "not_found", self.box)
        told, = self.answers("politie")
        self.assertEqual(CASE.REVEAL_REFUSED, told.reveal_verdict)
        self.assertEqual(0, len(told.sealed))
        self.assertEqual([], self.todo("meldpunt"))

    def test_two_desks_agree_and_only_the_asker_can_read_it_also_after_a_crash(self):
        m = sc.wire_pb2.RevealDecide(reveal_id=self.reveal, verdict=CASE.REVEAL_RELEASED)
        seat = self.seat("politie")
        m.sealed.oin, m.sealed.desk, m.sealed.box = seat.oin, seat.desk, self.box
        frame = self.desk("meldpunt").build(sc.TYPE % "reveal-decide", m)
        first = self.desk("meldpunt").exchange(frame)
        self.assertEqual("ok", first.code)
        self.restart()
        again = self.desk("meldpunt").exchange(frame)   # no answer came: the same bytes
        self.assertEqual("ok", again.code)
        self.assertEqual(first.receipts[0].index, again.receipts[0].index)

        waits, = self.asked("aandacht")
        self.assertEqual(CASE.REVEAL_RELEASED, waits.reveal_verdict)
        self.assertEqual(0, len(waits.sealed))
        self.assertEqual([], self.answers("politie"))
        self.decide("aandacht", self.reveal, CASE.REVEAL_RELEASED, second=True)
        told, = self.answers("politie")
        self.assertEqual(self.copy, told.about)
        self.assertEqual(SECRET, self.open_box("politie", told.sealed[0].box))
        for name in ("meldpunt", "aandacht", "nla"):
            with self.assertRaises(nacl.exceptions.CryptoError):
                self.open_box(name, told.sealed[0].box)
        self.assertEqual(2, self.count("EVENT_REVEAL_DECIDED"))
        self.assertEqual([(0,)], self.sql("SELECT count(*) FROM reveal"))

    def test_a_second_desk_that_refuses_keeps_the_answer(self):
        self.decide("meldpunt", self.reveal, CASE.REVEAL_RELEASED, box=self.box)
        self.decide("aandacht", self.reveal, CASE.REVEAL_REFUSED, second=True)
        told, = self.answers("politie")
        self.assertEqual(CASE.REVEAL_REFUSED, told.reveal_verdict)
        self.assertEqual(0, len(told.sealed))
        self.assertEqual([(0,)], self.sql("SELECT count(*) FROM reveal"))

    def test_no_journal_log_or_notice_holds_who_it_is(self):
        self.decide("meldpunt", self.reveal, CASE.REVEAL_RELEASED, box=self.box)
        self.decide("aandacht", self.reveal, CASE.REVEAL_RELEASED, second=True)
        needles = leaks.Needles()
        needles.add("persons.bsn", "999910012")
        needles.add("persons.family_name", "Rietschoten")
        for path, data in self.region.files_of_broker().items():
            self.assertEqual([], needles.found_in(data), path)
        for leaf in self.journal():
            self.assertEqual([], needles.found_in(leaf.SerializeToString()))
        for told in self.answers("politie"):
            self.assertEqual([], needles.found_in(told.SerializeToString()))


def of_layer_2(name):
    """The shipped signal NAME, of layer 2."""
    m = rg.signal_from(name)
    m.handling.layer = 2
    return m.SerializeToString()


class Layer2(RevealCase):
    OPTIONS = {"cover_s": 1}

    def test_a_second_desk_that_does_not_sit_in_layer_2_hears_nothing_of_it(self):
        case = self.open("politie", "riec")             # its teamleiding sits at layer 1
        self.join("politie", case, "belastingdienst", layer=2)
        trace, _ = self.share("politie", ["belastingdienst"], case, "riec",
                              signal=of_layer_2("06-women-in-one-room.json"))
        (delivery, copy, _), = [d for d in self.take("belastingdienst") if d[2] is None]
        path = next(s.path for s in copy.statements if s.kind == "bsn")
        reveal = self.question("belastingdienst", delivery.delivery_id, path=path,
                               ground=CASE.OFFICIAL_REPORT)
        self.take("teamleiding")
        told, = self.asked("politie")
        self.assertEqual(trace, told.about)
        self.decide("politie", reveal, CASE.REVEAL_RELEASED, "needs_another_desk",
                    self.seal(told.seal_public), "belastingdienst")
        self.assertEqual([], self.take("teamleiding"))
        self.assertEqual([], self.todo("teamleiding"))
        self.decide("politie", reveal, CASE.REVEAL_REFUSED)
        told, = self.answers("belastingdienst")
        self.assertEqual(CASE.REVEAL_REFUSED, told.reveal_verdict)
        kinds = [e2e_case.EVENT.Name(leaf.kind) for leaf in self.journal()]
        for i in (kinds.index("EVENT_REVEAL_ASKED"), kinds.index("EVENT_REVEAL_DECIDED")):
            self.assertIn("EVENT_COVER", kinds[i - 7:i + 8])    # in a cover turn


if __name__ == "__main__":
    unittest.main(verbosity=2)
