# SPDX-License-Identifier: EUPL-1.2
"""A person asks what was shared about her: two desks, one answer, nobody else's fields.

The contact point that the policy names asks with an identifier, its second desk agrees,
and the answer says of each release when, from whom, to whom, under which convenant, and
what was done with the fields of her own record.  Erasing goes the same way.
"""

import contextlib
import os
import pathlib
import sqlite3
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import oracle
import region as rg
import sluis_client as sc
from e2e_case import CASE, EVENT
from test_erasure import valid_bsn

ASKER, SECOND = "procesregisseur", "aandacht"   # policy/parties.yaml, `subjects`
RIGHT = sc.wire_pb2.SubjectRight
ACTION = sc.ACTION


def signal_of(*persons, embargo=None):
    """A Signal with these (bsn, extras) persons."""
    signal = rg.signal_from("10-truant-girl.json")
    first = signal.persons[0]
    first.ClearField("bsn")
    base = type(first)()
    base.CopyFrom(first)
    del signal.persons[:]
    for bsn, extras in persons:
        p = signal.persons.add()
        p.role = base.role
        p.trafficking_status = base.trafficking_status
        p.bsn = bsn
        for name, value in extras.items():
            setattr(p, name, value)
    if embargo:
        signal.handling.embargo.contact_desk = "avim"
        signal.handling.embargo.review_on = embargo
    return signal.SerializeToString()


class SubjectCase(e2e_case.RegionCase):
    SETTINGS = {"erase_ms": 10}

    def setUp(self):
        super().setUp()
        self.bsn, self.other = valid_bsn(), valid_bsn()

    def inquire(self, bsn=None, right="SUBJECT_ACCESS", name=ASKER, code="ok", **more):
        m = sc.wire_pb2.SubjectAsk(kind="bsn", values=[bsn or self.bsn],
                                   right=RIGHT.Value(right), **more)
        m.head.CopyFrom(self.desk(name).head())
        self.ask(name, "subject-ask", m, code)
        return m.head.request_id

    def decide(self, about, agree=True, name=SECOND, code="ok"):
        return self.ask(name, "subject-decide", sc.wire_pb2.SubjectDecide(
            subject_id=about, agree=agree), code)

    def answer(self, about, name=ASKER, code="ok"):
        return self.ask(name, "subject-read", sc.wire_pb2.SubjectRead(subject_id=about), code)

    def told(self, **how):
        """The hits of a request that both desks make."""
        about = self.inquire(**how)
        self.decide(about)
        return list(self.answer(about).hits)

    def fields(self, hit):
        """{path: action} of a hit, each path once."""
        found = {}
        for g in hit.groups:
            for path in sc.unpack_paths(g.paths):
                self.assertNotIn(path, found)
                found[path] = g.action
        return found


class Who(SubjectCase):
    def test_nobody_but_the_contact_point_asks(self):
        self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        for name in ("meldpunt", "analist", "nla", "zorgcoordinator", SECOND, "om"):
            self.inquire(name=name, code="step_not_for_this_desk")
        self.assertEqual(0, self.count("EVENT_SUBJECT_ASKED"))

    def test_two_desks_and_no_fewer(self):
        self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        about = self.inquire()
        self.answer(about, code="waiting_for_consent")
        self.decide(about, name=ASKER, code="needs_another_desk")
        for name in ("meldpunt", "politie", "teamleiding"):
            self.decide(about, name=name, code="not_found")
            self.answer(about, name=name, code="not_found")
        self.decide(os.urandom(16), code="not_found")
        self.answer(about, code="waiting_for_consent")
        self.decide(about)
        self.decide(about, code="not_found")
        self.answer(about, name=SECOND, code="not_found")
        self.assertEqual(1, len(self.answer(about).hits))

    def test_the_answer_comes_once(self):
        self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        about = self.inquire()
        self.decide(about)
        c = self.desk(ASKER)
        frame = c.build(sc.TYPE % "subject-read", sc.wire_pb2.SubjectRead(subject_id=about))
        first = c.exchange(frame)
        self.assertEqual(1, len(first.hits))
        again = c.exchange(frame)       # the receipt again, and nothing of the answer
        self.assertEqual([r.leaf for r in first.receipts], [r.leaf for r in again.receipts])
        self.assertFalse(again.hits)
        self.answer(about, code="not_found")

    def test_who_declines_ends_it(self):
        self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        about = self.inquire()
        self.decide(about, agree=False)
        self.assertFalse(self.answer(about).hits)
        self.answer(about, code="not_found")

    def test_what_is_no_identifier_is_refused(self):
        for more in ({"kind": "plate", "values": ["AB-12-CD"]}, {"kind": "bsn"},
                     {"kind": "bsn", "values": [self.bsn, "x"]}, {"kind": "nothing", "values": ["x"]},
                     {"kind": "bsn", "values": ["123"]}, {"values": [self.bsn]}):
            m = sc.wire_pb2.SubjectAsk(right=RIGHT.Value("SUBJECT_ACCESS"), **more)
            self.ask(ASKER, "subject-ask", m, "malformed")
        m = sc.wire_pb2.SubjectAsk(kind="bsn", values=[self.bsn])
        self.ask(ASKER, "subject-ask", m, "malformed")
        self.inquire(from_ms=5, to_ms=4, code="malformed")

    def test_each_step_is_an_entry_and_names_nobody(self):
        self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        self.told()
        kinds = [EVENT.Name(leaf.kind) for leaf in self.journal()]
        steps = [k for k in kinds if k.startswith("EVENT_SUBJECT")]
        self.assertEqual(["EVENT_SUBJECT_ASKED", "EVENT_SUBJECT_DECIDED", "EVENT_SUBJECT_READ"],
                         steps)
        for path, data in self.region.files_of_broker().items():
            self.assertNotIn(self.bsn.encode(), data, path)

    def test_both_desks_see_what_waits_for_them(self):
        about = self.inquire()
        self.assertEqual([(CASE.TASK_SUBJECT, about)],
                         [(t.kind, t.about) for t in self.todo(SECOND)])
        self.decide(about)
        self.assertEqual([], self.todo(SECOND))
        self.assertEqual([(CASE.TASK_SUBJECT_READ, about)],
                         [(t.kind, t.about) for t in self.todo(ASKER)])
        self.answer(about)
        self.assertEqual([], self.todo(ASKER))


class What(SubjectCase):
    def test_each_release_of_her_and_none_of_others(self):
        mine, shared = self.share("meldpunt", ["politie", "nla"],
                                  signal=signal_of((self.bsn, {})))
        self.share("meldpunt", ["politie"], signal=signal_of((self.other, {})))
        hits = self.told()
        self.assertEqual([o.receipt.index for o in shared.outcomes], [h.index for h in hits])
        for hit, name in zip(hits, ("politie", "nla")):
            (to, desk), = self.region.to(name)
            self.assertEqual((mine, to, desk, "afstemming"), (
                hit.trace_id, hit.recipient_oin, hit.recipient_desk, hit.convenant))
            self.assertEqual(self.seat("meldpunt").oin, hit.sender_oin)
            self.assertTrue(hit.time_ms)
        self.assertEqual([], self.told(bsn=valid_bsn()))

    def test_her_fields_as_they_were_ruled_and_no_field_of_another(self):
        signal = signal_of((self.bsn, {"given_names": "Aaltje"}),
                           (self.other, {"family_name": "Bosveld", "minor": True}))
        for words in ("afstemming", "zvh", "riec"):
            with self.subTest(words=words):
                self.share("meldpunt", ["politie"], words=words, signal=signal)
                hers = {sc.path_name(p): a for p, a in self.fields(self.told()[-1]).items()}
                self.assertEqual({"persons.role", "persons.trafficking_status", "persons.bsn",
                                  "persons.given_names"}, set(hers))
                other = {sc.path_name(p) for p in self.fields(self.told(bsn=self.other)[-1])}
                self.assertIn("persons.family_name", other)
                self.assertNotIn("persons.given_names", other)

    def test_it_agrees_with_the_oracle_for_every_signal(self):
        for name in sorted(p.name for p in rg.SIGNALS.glob("[0-9]*.json")):
            signal = rg.signal_from(name)
            for p in signal.persons:
                p.bsn = valid_bsn()
            if not signal.persons or signal.handling.HasField("embargo") or \
                    signal.handling.layer == 2:
                continue
            self.compare(signal, e2e_case.WORDS["zvh" if name < "07" else "riec"])

    def compare(self, signal, words):
        c, to = self.desk("meldpunt"), self.region.to("politie")
        answer = c.exchange(c.build_submit(signal.SerializeToString(), *words, to))
        if answer.code != "ok":
            return
        outcome, = answer.outcomes
        rulings = oracle.Rulings(c, signal, *words, to)
        for i, person in enumerate(signal.persons):
            hit = self.told(bsn=person.bsn)[-1]
            self.assertEqual(outcome.receipt.index, hit.index)
            hers = self.fields(hit)
            self.assertEqual(oracle.present_paths(sc.signal_pb2.Signal(persons=[person])), set(hers))
            for action in ("ACTION_RELEASE", "ACTION_GENERALISE", "ACTION_PSEUDONYMISE"):
                ruled = rulings.paths(outcome.oin, outcome.desk, i, action)
                told = {p for p, a in hers.items() if a == ACTION[action]}
                self.assertLessEqual(told, ruled & set(hers), (words, action))
                if action == "ACTION_RELEASE":
                    self.assertEqual(ruled & set(hers), told)

    def test_rules_come_with_their_articles_and_no_value(self):
        self.share("meldpunt", ["politie"], words="riec",
                   signal=signal_of((self.bsn, {"given_names": "Quirijntje"})))
        hit, = self.told()
        self.assertTrue(any(g.article for g in hit.groups))
        self.assertNotIn(b"Quirijntje", hit.SerializeToString())
        self.assertNotIn(self.bsn.encode(), hit.SerializeToString())
        self.assertNotIn(b"psn1.", hit.SerializeToString())

    def test_the_period_counts(self):
        _, shared = self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        leaf, _ = sc.verify_receipt(shared.outcomes[0].receipt, self.region.region.verifier)
        self.assertEqual(1, len(self.told(from_ms=leaf.time_ms, to_ms=leaf.time_ms)))
        self.assertEqual([], self.told(from_ms=leaf.time_ms + 1))
        self.assertEqual([], self.told(to_ms=leaf.time_ms - 1))

    def test_another_contact_points_convenant_is_not_told(self):
        self.opsporing(signal=signal_of((self.bsn, {})))
        self.assertEqual([], self.told())
        about = self.inquire(name="politie")
        self.decide(about, name="teamleiding")
        self.assertEqual(["opsporing"], [h.convenant for h in self.answer(about, name="politie").hits])

    def opsporing(self, signal):
        e2e_case.WORDS["opsporing"] = ("opsporing", self.phase_of("opsporing"), "opsporing")
        self.share("politie", ["om"], words="opsporing", signal=signal)

    def phase_of(self, convenant):
        return next(q[1] for q in self.region.questions() if q[0] == convenant)

    def test_an_embargo_is_not_told_before_its_review(self):
        self.share("politie", ["procesregisseur"], words="zvh",
                   signal=signal_of((self.bsn, {}), embargo="2099-01-01"))
        self.assertEqual([], self.told())
        self.assertEqual([], self.told(right="SUBJECT_ERASE"))
        self.assertEqual(0, self.count("EVENT_ERASED"))

    def test_it_survives_a_restart_and_a_recall(self):
        trace, _ = self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        about = self.inquire()
        self.restart()
        self.decide(about)
        self.ask("meldpunt", "recall", sc.wire_pb2.Recall(
            trace_id=trace, ground=CASE.RECALL_UNLAWFUL))
        self.restart()
        self.assertEqual(1, len(self.answer(about).hits))   # it was shared all the same


class Gone(SubjectCase):
    def test_erasing_tells_everybody_and_leaves_others_alone(self):
        trace, _ = self.share("meldpunt", ["politie", "nla"], signal=signal_of(
            (self.bsn, {}), (self.other, {})))
        self.share("meldpunt", ["politie"], signal=signal_of((self.other, {})))
        taken = self.signals("politie")
        hits = self.told(right="SUBJECT_ERASE")
        self.assertEqual([trace, trace], [h.trace_id for h in hits])
        (told, _), = self.notices("politie", CASE.NOTICE_RECALL)
        self.assertEqual((taken[0], CASE.RECALL_SUBJECT), (told.about, told.recall))
        self.assertEqual([], self.signals("nla"))
        (source, _), = self.notices("meldpunt", CASE.NOTICE_ERASED)
        self.assertEqual(trace, source.about)
        self.assertEqual([], self.told())
        self.assertEqual(1, len(self.told(bsn=self.other)))
        self.assertEqual((1, 1), (self.count("EVENT_ERASED"), self.count("EVENT_WITHDRAWN")))
        self.ask("politie", "destroyed", sc.wire_pb2.Destroyed(delivery_ids=taken[:1]))
        self.assertEqual(1, len(self.notices("meldpunt", CASE.NOTICE_DESTROYED)))
        self.region.command("audit", "verify", party="auditor")

    def test_access_and_rectification_erase_nothing(self):
        self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        for right in ("SUBJECT_ACCESS", "SUBJECT_RECTIFY"):
            self.assertEqual(1, len(self.told(right=right)))
        self.assertEqual(0, self.count("EVENT_ERASED") + self.count("EVENT_RECALL"))
        self.assertEqual(1, len(self.signals("politie")))

    def test_what_its_source_erased_is_not_told(self):
        trace, _ = self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        self.ask("meldpunt", "erase", sc.wire_pb2.Erase(trace_id=trace))
        self.assertEqual([], self.told())
        self.assertEqual([], self.sql("SELECT 1 FROM subject_set"))


class Lost(SubjectCase):
    """What one release did with her fields nobody can say any more; that it was, the entry does."""

    def lose(self, statement, index):
        """Change what the state has of an entry, while there is no broker."""
        self.region.kill_broker()
        with contextlib.closing(sqlite3.connect(self.database)) as db, db:
            db.execute("ATTACH ? AS keys", (str(self.database.parent / "keys.db"),))
            db.execute(statement, (index,))
        self.region.start_broker()
        for c in self.desks.values():
            c.connect()

    def check(self, statement):
        lost, answer = self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        kept, _ = self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        self.lose(statement, answer.outcomes[0].receipt.index)
        for right in ("SUBJECT_ACCESS", "SUBJECT_ERASE"):
            first, second = self.told(right=right)
            self.assertEqual((lost, kept), (first.trace_id, second.trace_id))
            self.assertTrue(first.lost and first.recipient_oin)
            self.assertFalse(second.lost)
            self.assertFalse(first.groups)
            self.assertTrue(second.groups)
        self.assertEqual([], self.signals("politie"))
        self.assertEqual((2, 2), (self.count("EVENT_ERASED"), self.count("EVENT_WITHDRAWN")))
        self.assertEqual([], self.told())
        log = (self.region.broker_dir / "sluisd.log").read_text("utf-8")
        self.assertEqual(1, log.count("DETAIL-UNREADABLE"))

    def test_a_record_that_opens_no_more_is_told_of_and_can_be_erased(self):
        self.check("DELETE FROM keys.record WHERE id = (SELECT record FROM leaf WHERE idx = ?)")

    def test_a_record_that_was_taken_away_too(self):
        self.check("UPDATE leaf SET detail = NULL WHERE idx = ?")

    def test_who_reads_it_is_told_in_words(self):
        _, answer = self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        self.lose("UPDATE leaf SET detail = NULL WHERE idx = ?", answer.outcomes[0].receipt.index)
        about = self.inquire()
        self.decide(about)
        self.assertIn("lost what was done with her fields", self.region.command(
            "subject", "show", about.hex(), party=ASKER).stdout)


class Command(SubjectCase):
    def run_as(self, name, *words, **more):
        return self.region.command("subject", *words, party=name, **more)

    def test_two_desks_by_hand(self):
        self.share("meldpunt", ["politie"], words="riec", signal=signal_of((self.bsn, {})))
        values = self.region.dir / "who"
        values.write_text(self.bsn + "\n", "utf-8")
        for wrong in (["ask", "bsn"], ["ask", "bsn", "--values", values, "--right", "all"],
                      ["ask", "bsn", "--values", values, "--from", "yesterday"]):
            self.assertEqual(2, self.run_as(ASKER, *wrong, check=False).returncode)
        self.assertEqual(3, self.run_as("nla", "ask", "bsn", "--values", values,
                                        check=False).returncode)
        done = self.run_as(ASKER, "ask", "person", "--values", values, check=False)
        self.assertEqual(2, done.returncode)
        self.assertRegex(done.stderr, r"person +persons.family_name, persons.given_names, persons.birth_date")
        self.assertNotIn("plate", done.stderr)
        self.run_as(ASKER, "ask", "bsn", "--values", values, "--from", "2020-01-01")
        task, = self.todo(SECOND)
        start = task.about.hex()[:8]
        self.assertEqual(2, self.run_as(SECOND, "decide", start, check=False).returncode)
        self.assertIn("sluis subject decide", self.region.command(
            "inbox", "todo", party=SECOND).stdout)
        self.assertEqual(3, self.run_as(ASKER, "show", task.about.hex(), check=False).returncode)
        self.run_as(SECOND, "decide", start, "--agree")
        shown = self.run_as(ASKER, "show", start).stdout
        for word in ("meldpunt -> politie", "riec", "persons.bsn", "riec-"):
            self.assertIn(word, shown)
        self.assertNotIn(self.bsn, shown)
        self.assertNotRegex(shown, r" \n")
        self.assertEqual(5, self.run_as(ASKER, "show", start, check=False).returncode)

    def test_erasing_by_hand(self):
        self.share("meldpunt", ["politie"], signal=signal_of((self.bsn, {})))
        values = self.region.dir / "who"
        values.write_text(self.bsn, "utf-8")
        self.run_as(ASKER, "ask", "bsn", "--values", values, "--right", "erase")
        self.run_as(SECOND, "decide", self.todo(SECOND)[0].about.hex(), "--agree")
        done = self.region.command("--json", "subject", "show", self.todo(ASKER)[0].about.hex(),
                                   party=ASKER)
        self.assertIn('"releases"', done.stdout)
        self.assertIn("was erased", self.region.command("inbox", "list", party="meldpunt").stdout)
        self.assertEqual([], self.signals("politie"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
