# SPDX-License-Identifier: EUPL-1.2
"""Messages of the other systems: each reaches who it is for, and what it may not hold refuses it."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import region as rg
import sluis_client as sc

S = sc.signal_pb2


class Systems(cases.RegionCase):
    def send(self, name, by, to, words, change=None):
        """The Answer to tests/signals/systems/NAME, changed, sent by desk BY."""
        signal = rg.signal_from("systems/%s.json" % name)
        if change:
            change(signal)
        with self.region.client(by) as client:
            return client.exchange(client.build_submit(
                signal.SerializeToString(), *words, self.region.to(*to)))

    def got(self, name):
        """The Signals that wait for desk NAME, acknowledged."""
        with self.region.client(name) as client:
            waiting = client.receive()
            if waiting:
                client.acknowledge([d.delivery_id for d in waiting])
        return [sc.verify_delivery(d, self.verifier)[1] for d in waiting]

    INTERN = ("intern", "1", "verrijking")
    RIEC = ("riec", "1", "casusoverleg")
    ZORG = ("zorg", "1", "hulpverlening")
    REGISTRATION = ("registratie", "1", "registratie")

    # --- M. ---------------------------------------------------------------------------------

    def test_an_anonymous_report_goes_to_own_desks_and_asks_who_takes_it(self):
        answer = self.send("m-report", "meldpunt", ["analist"], self.INTERN)
        self.assertEqual("ok", answer.code)
        self.assertIn("meldpunt_ondermijning", answer.hints)

    def test_an_anonymous_report_with_any_reporter_field_is_refused(self):
        for field in ("name", "organisation", "phone", "email", "relation"):
            value = {"phone": "+31612345678", "email": "a@voorbeeld.example"}.get(field, "x")
            for words, to in ((self.INTERN, "analist"), (self.RIEC, "politie")):
                with self.subTest(field, convenant=words[0]):
                    answer = self.send("m-report", "meldpunt", [to], words,
                        lambda s: setattr(s.reporter, field, value))
                    self.assertEqual("reporter_may_not_be_named", answer.code)
                    self.assertFalse(answer.outcomes)

    def test_an_enrichment_inside_reaches_no_other_party(self):
        for name in ("politie", "zorgcoordinator", "nla", "auditor"):
            answer = self.send("m-report", "meldpunt", [name], self.INTERN)
            self.assertNotEqual("ok", answer.code, name)

    # --- LAA --------------------------------------------------------------------------------

    def test_an_address_signal_keeps_the_source_of_its_finding(self):
        self.got("analist")
        self.assertEqual("ok", self.send("address-signal", "meldpunt", ["analist"], self.INTERN).code)
        signal = self.got("analist")[-1]
        self.assertEqual(14, signal.places[0].finding.persons_registered)
        self.assertEqual([("places.finding.persons_registered", S.LAA)],
            [(f.path, f.register) for f in signal.field_sources])

    def test_an_address_signal_with_a_person_is_refused(self):
        answer = self.send("address-signal", "meldpunt", ["analist"], self.INTERN,
            lambda s: s.persons.add(role=S.VICTIM))
        self.assertEqual("invalid_signal", answer.code)

    # --- intervention, report ----------------------------------------------------------------

    def test_an_intervention_without_its_effect_on_the_victim_is_refused(self):
        def drop(signal):
            signal.planned_interventions.add(kind=S.CONTROL)
        answer = self.send("intervention-advice", "nla", ["meldpunt"], self.RIEC, drop)
        self.assertEqual("effect_on_victim_missing", answer.code)
        self.assertEqual("ok", self.send(
            "intervention-advice", "nla", ["meldpunt"], self.RIEC).code)

    def test_intervention_advice_reaches_the_care_coordinator_only_when_agreed(self):
        self.got("zorgcoordinator")
        self.send("intervention-advice", "nla", ["zorgcoordinator"], self.RIEC)
        for signal in self.got("zorgcoordinator"):
            for plan in signal.planned_interventions:
                self.assertEqual("", plan.effect_on_victim + plan.place + plan.planned_on)
                self.assertFalse(plan.HasField("shelter_places_needed"))

    def test_an_administrative_report_asks_the_municipality_for_an_answer(self):
        answer = self.send("administrative-report", "politie", ["meldpunt", "nla"],
            ("riec", "2", "casusoverleg"))
        self.assertEqual("ok", answer.code)
        for outcome in answer.outcomes:
            leaf, _ = sc.verify_receipt(outcome.receipt, self.verifier)
            self.assertIn("respond", leaf.obligations)

    # --- shelter, registration ---------------------------------------------------------------

    def test_a_shelter_request_and_reflection_dates_go_to_the_care_side_only(self):
        for name in ("opvang", "aandacht"):
            self.got(name)
        answer = self.send(
            "shelter-request", "zorgcoordinator", ["opvang", "aandacht", "politie"], self.ZORG)
        codes = {o.desk: o.code for o in answer.outcomes}
        self.assertEqual("recipient_not_entitled", codes["avim"])
        self.assertIn("reflection_period", answer.hints)
        shelter = self.got("opvang")[-1].persons[0]
        self.assertEqual(S.REGULAR_SHELTER, shelter.shelter_request.kind)
        self.assertEqual("2027-02-18", shelter.residence_status.reflection_ends_on)
        for signal in self.got("aandacht"):
            for person in signal.persons:
                self.assertFalse(person.HasField("shelter_request"))
                self.assertEqual("", person.residence_status.reflection_ends_on)

    def test_a_registration_names_nobody_and_needs_consent_from_care(self):
        self.got("comensha")
        refused = self.send("registration", "zorgcoordinator", ["comensha"], self.REGISTRATION)
        self.assertNotEqual("ok", refused.code)
        self.assertEqual([], self.got("comensha"))

        def consent(signal):
            signal.persons[0].consents.add(scope=S.REGISTRATION, given_on="2026-01-02")
        self.assertEqual("ok", self.send(
            "registration", "zorgcoordinator", ["comensha"], self.REGISTRATION, consent).code)
        person = self.got("comensha")[-1].persons[0]
        self.assertEqual("RO", person.victim_registration.country_of_origin)
        self.assertTrue(person.shelter.in_shelter)
        self.assertEqual("", person.family_name + person.given_names)

    def test_law_enforcement_registers_without_consent(self):
        self.assertEqual("ok", self.send(
            "registration", "politie", ["comensha"], self.REGISTRATION).code)

    # --- urgency ----------------------------------------------------------------------------

    def test_an_urgent_signal_is_told_to_call_112_first(self):
        def urgent(signal):
            signal.meta.urgent = True
        answer = self.send("m-report", "meldpunt", ["analist"], self.INTERN, urgent)
        self.assertEqual("call_112", answer.hints[0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
