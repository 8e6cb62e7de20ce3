# SPDX-License-Identifier: EUPL-1.2
"""At the table, by the commands that people use: align, judge, consent.

One case goes the Nijmegen route to the table of the Zorg- en Veiligheidshuis; at each step
first those who may not.  The exchange at the end is sent with the second client.
"""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
import sluis_client as sc

CRITERIA = ("persoon", "leefgebieden", "overlast", "domeinen")
DENIED, MALFORMED, NOT_FOUND = 3, 2, 5
QUESTION = {"convenant": "zvh", "phase": "1", "purpose": "casusoverleg"}


class Table(unittest.TestCase):
    """The tests are one story, in the order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.region = rg.Region()
        cls.addClassCleanup(cls.region.__exit__)
        cls.region.up()
        done = cls.run_as("meldpunt", "case", "open", "--route", "nijmegen", "--json")
        cls.case = re.search(r'"case_id": "([0-9a-f]{32})"', done.stdout)[1]

    @classmethod
    def run_as(cls, who, *words):
        return cls.region.command("--lang", "en", *words, party=who, check=False)

    def does(self, who, verb, *words):
        done = self.run_as(who, "case", verb, self.case, *words)
        self.assertEqual(0, done.returncode, "%s %s %s\n%s%s" % (
            who, verb, words, done.stdout, done.stderr))
        return done.stdout

    def may_not(self, status, code, who, verb, *words):
        done = self.run_as(who, "case", verb, self.case, *words)
        self.assertEqual(status, done.returncode, done.stdout + done.stderr)
        self.assertIn(code, done.stderr)
        return done.stderr

    def todo(self, who):
        return self.run_as(who, "inbox", "todo").stdout

    def test_1_a_verdict_after_enrichment(self):
        self.may_not(DENIED, "not_in_this_state", "analist", "enrich", "--verdict", "strengthened")
        self.does("analist", "enrich", str(rg.SIGNALS / "08-weekly-registrations.json"))
        self.does("analist", "move", "verrijkt")
        self.may_not(DENIED, "step_not_for_this_desk", "meldpunt", "enrich",
                     "--verdict", "strengthened")
        self.may_not(NOT_FOUND, "not_found", "politie", "enrich", "--verdict", "strengthened")
        self.may_not(DENIED, "step_needs_something_first", "analist", "move", "versterkt",
                     "--confirm")
        self.does("analist", "enrich", "--verdict", "not")
        self.may_not(DENIED, "step_needs_something_first", "analist", "move", "versterkt",
                     "--confirm")
        self.does("analist", "enrich", "--verdict", "strengthened")
        self.does("analist", "move", "versterkt", "--confirm")

    def test_2_partners_are_asked_and_answer(self):
        self.may_not(DENIED, "step_not_for_this_desk", "analist", "align", "--ask", "politie")
        self.may_not(NOT_FOUND, "not_found", "politie", "align", "--answer", "yes")
        self.does("aandacht", "align", "--ask", "politie,nla,zorgcoordinator")
        self.assertIn("is there reason for a case table?", self.todo("politie"))
        self.may_not(DENIED, "step_needs_something_first", "aandacht", "align", "--ask", "nla")
        self.may_not(DENIED, "step_not_for_this_desk", "aandacht", "align", "--answer", "yes")
        self.does("politie", "align", "--answer", "more")
        self.may_not(DENIED, "step_needs_something_first", "politie", "align",
                     "--answer", "more")
        self.does("politie", "align", "--answer", "yes")
        self.may_not(DENIED, "step_not_for_this_desk", "politie", "align", "--answer", "no")
        self.does("nla", "align", "--answer", "no")
        self.may_not(DENIED, "step_needs_something_first", "aandacht", "move", "vermoeden")
        self.does("zorgcoordinator", "align", "--answer", "no")
        self.assertNotIn("reason for a case table", self.todo("politie"))
        self.does("aandacht", "move", "vermoeden")
        self.may_not(DENIED, "change_not_confirmed", "aandacht", "move", "spoor_zorg_straf")
        self.does("aandacht", "decide", "spoor_zorg_straf", "--confirm")

    def test_3_the_gate_is_explained_and_judged(self):
        words = ["%s=Toelichting op %s" % (c, c) for c in CRITERIA]
        met = [c + "=met" for c in CRITERIA]
        self.does("aandacht", "join", "--who", "politie,om,veiligthuis,zorgcoordinator")
        self.may_not(DENIED, "step_needs_something_first", "aandacht", "move", "naar_zvh")
        self.may_not(DENIED, "step_needs_something_first", "aandacht", "gate", "--claim",
                     *words[:3])
        self.may_not(DENIED, "step_not_for_this_desk", "politie", "gate", "--judge", *met)
        self.does("aandacht", "gate", "--claim", *words)
        self.may_not(DENIED, "step_needs_something_first", "aandacht", "gate", "--claim", *words)
        self.run_as("politie", "inbox", "ack", "--all")
        self.assertIn("Toelichting op overlast", self.does("politie", "gate"))
        for stranger in ("zorgcoordinator", "meldpunt", "aandacht"):
            self.may_not(DENIED, "step_not_for_this_desk", stranger, "gate", "--judge", *met)
        self.may_not(DENIED, "step_needs_something_first", "politie", "gate", "--judge", *met[:2])
        self.does("politie", "gate", "--judge", *met)
        self.may_not(DENIED, "step_not_for_this_desk", "politie", "gate", "--judge", *met)
        self.may_not(DENIED, "step_needs_something_first", "aandacht", "move", "naar_zvh")
        self.does("om", "gate", "--judge", *met)
        self.does("aandacht", "move", "naar_zvh")

    def test_4_the_words_of_the_gate_are_nowhere_at_the_broker(self):
        for path, data in self.region.files_of_broker().items():
            self.assertNotIn(b"Toelichting op", data, path)

    # --- exchange outside the meeting ----------------------------------------------------

    def ask(self, who, *with_):
        done = self.run_as(who, "case", "exchange", self.case, "--with", ",".join(with_), "--json")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return bytes.fromhex(re.search(r'"trace_id": "([0-9a-f]{32})"', done.stdout)[1])

    def send(self, who, exchange_id, *to, case_id=None):
        with self.region.client(who) as c:
            m = sc.wire_pb2.Submit(case_id=case_id or bytes.fromhex(self.case),
                                   exchange_id=exchange_id, **QUESTION,
                                   signal=rg.signal_from(
                                       "03-forced-to-steal.json").SerializeToString())
            for oin, desk in self.region.to(*to):
                m.recipients.add(oin=oin, desk=desk)
            return c.exchange(c.build(sc.SUBMIT, m))

    def test_5_an_exchange_waits_for_every_partner(self):
        self.may_not(DENIED, "recipient_not_in_case", "aandacht", "exchange", "--with", "kmar")
        self.may_not(NOT_FOUND, "not_found", "kmar", "exchange", "--with", "aandacht")
        x = self.ask("aandacht", "politie")
        answer = self.send("aandacht", x, "politie")
        self.assertEqual(("waiting_for_consent", "0 of 4"), (answer.code, answer.where))
        self.may_not(DENIED, "step_not_for_this_desk", "aandacht", "exchange", "--agree", x.hex())
        self.may_not(DENIED, "step_not_for_this_desk", "meldpunt", "exchange", "--agree", x.hex())
        self.does("politie", "exchange", "--agree", x.hex())
        self.may_not(DENIED, "step_not_for_this_desk", "politie", "exchange", "--agree", x.hex())
        self.assertIn("1/4", self.does("aandacht", "exchange"))
        self.does("om", "exchange", "--agree", x.hex())
        self.assertEqual("2 of 4", self.send("aandacht", x, "politie").where)
        self.assertEqual("not_found", self.send("om", x, "politie").code)
        for name in ("veiligthuis", "zorgcoordinator"):
            self.does(name, "exchange", "--agree", x.hex())
        self.assertEqual("ok", self.send("aandacht", x, "politie").code)
        self.assertEqual("not_found", self.send("aandacht", bytes(16), "politie").code)

    def test_6_one_objection_ends_it(self):
        x = self.ask("aandacht", "veiligthuis")
        self.does("politie", "exchange", "--agree", x.hex())
        self.does("om", "exchange", "--object", x.hex())
        self.assertEqual("a_partner_objects", self.send("aandacht", x, "veiligthuis").code)
        self.may_not(DENIED, "a_partner_objects", "om", "exchange", "--agree", x.hex())
        self.may_not(DENIED, "a_partner_objects", "zorgcoordinator", "exchange", "--agree",
                     x.hex())
        self.assertNotIn(x.hex()[:8], self.todo("zorgcoordinator"))

    def test_7_consent_does_not_move_along(self):
        x = self.ask("aandacht", "politie")
        for name in ("politie", "om", "veiligthuis", "zorgcoordinator"):
            self.does(name, "exchange", "--agree", x.hex())
        done = self.run_as("meldpunt", "case", "open", "--route", "nijmegen", "--json")
        other = bytes.fromhex(re.search(r'"case_id": "([0-9a-f]{32})"', done.stdout)[1])
        self.assertNotEqual("ok", self.send("aandacht", x, "politie", case_id=other).code)
        self.does("aandacht", "move", "opschalen_riec", "--confirm")
        answer = self.send("aandacht", x, "politie")
        self.assertEqual("not_in_this_state", answer.code)


if __name__ == "__main__":
    unittest.main()
