# SPDX-License-Identifier: EUPL-1.2
"""What a desk keeps for itself serves it: dossier, further release, recall, repetition.

Through libsluis.so alone, against a real region, along the first steps of the Nijmegen route.
"""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import libsluis
import region as rg

SIGNALS = pathlib.Path(__file__).resolve().parents[1] / "signals"
SIGNAL = json.loads((SIGNALS / "10-truant-girl.json").read_text())
INTERN = ("intern", "1", "verrijking")


class Store(unittest.TestCase):
    def setUp(self):
        self.region = rg.Region()
        self.region.__enter__()
        self.addCleanup(self.region.__exit__)
        self.meldpunt = self.desk("meldpunt")

    def desk(self, name):
        d = libsluis.Desk(self.region.party_dir(name))
        self.addCleanup(d.__exit__)
        return d

    def to(self, *names):
        return [(self.region.party(n).oin, self.region.party(n).desk) for n in names]

    def files_with(self, name, needle):
        return [p.name for p in self.region.party_dir(name).glob("store*")
                if needle.encode() in p.read_bytes()]

    def open_case(self):
        """A case of one signal that the reporting point shared with the analyst."""
        shared = self.meldpunt.send(SIGNAL, INTERN, self.to("analist"))
        self.assertEqual("ok", shared["code"])
        opened = self.meldpunt.act("case-open", route="nijmegen", traces=[shared["trace_id"]])
        self.assertEqual("ok", opened["code"])
        return opened["trace_id"], shared["trace_id"]

    # --- acts and notices --------------------------------------------------------------

    def test_an_act_is_answered_kept_and_repeated(self):
        case, _ = self.open_case()
        again = self.meldpunt.resend(case)
        self.assertEqual("ok", again["code"])
        self.assertEqual(case, again["entries"][0]["trace_id"])
        self.assertEqual("case", again["entries"][0]["kind"])
        read = self.meldpunt.act("case-read", case_id=case)["cases"][0]
        self.assertEqual((case, "nijmegen", "ontvangen"),
                         (read["case_id"], read["route"], read["state"]))
        self.assertIsInstance(read["opened_ms"], int)

    def test_a_case_of_others_is_not_found_and_a_denial_is_a_result(self):
        case, _ = self.open_case()
        for body in ({"case_id": case}, {"case_id": "00" * 16}):
            with self.assertRaises(libsluis.Failed) as e:
                self.desk("politie").act("case-read", **body)
            self.assertEqual("not_found", e.exception.code)
        denied = self.meldpunt.act("case-move", case_id=case, transition="nijmegen.verrijkt")
        self.assertEqual("step_not_for_this_desk", denied["code"])
        self.assertTrue(denied["change"])

    def test_what_is_no_request_is_refused_here(self):
        for kind, body in (("submit", {}), ("case-open", {"head": {}}), ("case-open", {"x": 1}),
                           ("case-read", {"case_id": 7}), ("case-read", {"case_id": "zz"})):
            with self.assertRaises(libsluis.Failed) as e:
                self.meldpunt.act(kind, **body)
            self.assertIn(e.exception.code, ("usage", "malformed"))

    def test_a_task_comes_as_a_notice_and_is_acknowledged(self):
        case, _ = self.open_case()
        analist = self.desk("analist")
        notices = [d["notice"] for d in analist.take() if "notice" in d]
        tasks = [n["task"] for n in notices if n["kind"] == "NOTICE_TASK"]
        self.assertEqual([("TASK_ENRICH", case)], [(t["kind"], t["case_id"]) for t in tasks])
        self.assertEqual([], analist.receive())
        due = analist.act("todo")["tasks"]
        self.assertEqual(["TASK_ENRICH"], [t["kind"] for t in due])

    # --- the dossier -------------------------------------------------------------------

    def enrich(self, case):
        """The analyst knows better how reliable it is, and somebody's name."""
        analist = self.desk("analist")
        analist.take()
        more = {"meta": dict(SIGNAL["meta"], reliability="RELIABLE"), "persons": [{
            "role": "VICTIM", "given_names": "Zoë", "family_name": "Bedacht"}],
            "field_sources": [{"path": "meta.reliability", "register": "OWN_FILE",
                               "obtained_on": "2026-02-03"}]}
        sent = analist.send(more, INTERN, self.to("meldpunt"), case_id=bytes.fromhex(case),
                            enriches=1)
        self.assertEqual("ok", sent["code"], sent)
        return analist, sent["trace_id"]

    def test_the_dossier_says_who_said_what(self):
        case, shared = self.open_case()
        _, enriched = self.enrich(case)
        delivery = [d for d in self.meldpunt.take() if "signal" in d][0]
        self.assertEqual(case, delivery["case_id"])
        self.assertTrue(delivery["enriches"])
        dossier = self.meldpunt.dossier(case)
        self.assertEqual([("sent", shared), ("received", delivery["id"])],
                         [(c["way"], c["id"]) for c in dossier["copies"]])
        fields = {f["path"]: f for f in dossier["fields"]}
        reliable = fields["meta.reliability"]
        self.assertTrue(reliable["conflict"])
        self.assertEqual([("PROBABLY_RELIABLE", "meldpunt"), ("RELIABLE", "analist")],
                         [(v["value"], v["sources"][0]["sender_desk"])
                          for v in reliable["values"]])
        self.assertEqual("OWN_FILE", reliable["values"][1]["sources"][0]["register"])
        self.assertNotIn("handling.urgency", fields)
        self.assertNotIn("field_sources", fields)
        self.assertEqual([], self.files_with("meldpunt", "Zoë"))
        self.assertNotIn(enriched, [c["id"] for c in dossier["copies"]])

    def test_a_recalled_copy_leaves_dossier_and_disk(self):
        case, _ = self.open_case()
        analist, enriched = self.enrich(case)
        got = [d for d in self.meldpunt.take() if "signal" in d][0]["id"]
        with self.assertRaises(libsluis.Failed) as e:
            self.meldpunt.destroy([got])
        self.assertEqual("not_found", e.exception.code)
        self.assertEqual("ok", analist.act("recall", trace_id=enriched,
                                           ground="RECALL_UNLAWFUL")["code"])
        notices = [d["notice"] for d in self.meldpunt.take() if "notice" in d]
        self.assertIn(got, [n.get("about") for n in notices if n["kind"] == "NOTICE_RECALL"])
        self.assertNotIn(got, [c["id"] for c in self.meldpunt.dossier(case)["copies"]])
        self.assertTrue(self.meldpunt.kept(got)["recalled"])
        destroyed = self.meldpunt.destroy([got])
        self.assertEqual("destroyed", destroyed["entries"][0]["kind"])
        with self.assertRaises(libsluis.Failed) as e:
            self.meldpunt.kept(got)
        self.assertEqual("not_found", e.exception.code)
        self.assertNotIn(enriched, [c["id"] for c in analist.dossier(case)["copies"]])

    def test_nothing_is_erased_before_the_journal_showed_its_recall(self):
        case, _ = self.open_case()
        analist, enriched = self.enrich(case)
        got = [d for d in self.meldpunt.take() if "signal" in d][0]["id"]
        analist.act("recall", trace_id=enriched, ground="RECALL_UNLAWFUL")
        self.meldpunt.take()
        self.region.kill_broker()
        self.meldpunt.timeout_ms = 700
        with self.assertRaises(libsluis.Failed) as e:
            self.meldpunt.destroy([got])
        self.assertIn(e.exception.code, ("broker_unreachable", "timed_out"))
        self.assertTrue(self.meldpunt.kept(got)["recalled"])
        self.region.start_broker()
        self.assertEqual("ok", self.desk("meldpunt").destroy([got])["code"])
        with self.assertRaises(libsluis.Failed) as e:
            self.meldpunt.kept(got)
        self.assertEqual("not_found", e.exception.code)
        # who erased and could not say so says it later
        self.assertEqual("ok", self.desk("meldpunt").destroy([got])["code"])

    def test_an_agency_erases_what_it_keeps_no_longer(self):
        _, shared = self.open_case()
        analist = self.desk("analist")
        got = [d["id"] for d in analist.take() if "signal" in d][0]

        def sluis(name, *w):
            return self.region.command(*w, party=name, check=False).returncode

        self.assertEqual(2, sluis("analist", "inbox", "erase", got[:8]))
        self.assertEqual(5, sluis("analist", "inbox", "erase", got, "00" * 16))
        self.assertEqual(got, analist.kept(got)["id"], "all or none")
        self.assertEqual(0, sluis("analist", "inbox", "erase", got))
        self.assertEqual(5, sluis("analist", "inbox", "show", got))
        self.assertEqual(0, sluis("meldpunt", "signal", "erase", shared))
        self.assertEqual(5, sluis("meldpunt", "signal", "show", shared))
        self.assertEqual(5, sluis("meldpunt", "signal", "erase", shared))

    # --- further release ---------------------------------------------------------------

    def test_the_source_releases_what_its_case_needs_and_nothing_twice(self):
        case, shared = self.open_case()
        first = self.meldpunt.release(case)
        self.assertEqual("intern", first["convenant"])
        gained = {g["desk"] for r in first["released"] for g in r["gained"]}
        self.assertEqual([shared], [r["of"] for r in first["released"]])
        self.assertNotIn("analist", gained, "it has that already")
        self.assertIn("aandachtfunctionaris", gained)
        again = self.meldpunt.release(case)
        self.assertEqual([], again["released"])
        self.assertEqual([first["released"][0]["trace_id"]], again["unchanged"])

    def to_the_care_track(self, case):
        """The case comes before the partners, who see a suspicion, and goes to the care track."""
        officer = self.desk("aandacht")

        def ok(answer):
            self.assertEqual("ok", answer["code"], answer)
            return answer

        def move(transition):
            step = {"case_id": case, "transition": "nijmegen." + transition}
            asked = ok(officer.act("case-move", only_ask=True, **step))
            more = {"confirmation": asked["confirmation"]} if "confirmation" in asked else {}
            ok(officer.act("case-move", **step, **more))

        move("uit_netwerk")
        partners = ["politie", "nla", "zorgcoordinator"]
        ask = [{"oin": oin, "desk": desk} for oin, desk in self.to(*partners)]
        ok(officer.act("case-align", case_id=case, ask=ask))
        for name in partners:
            ok(self.desk(name).act("case-align", case_id=case, answer="ALIGN_YES"))
        move("vermoeden")
        move("spoor_zorg")

    def test_a_new_convenant_releases_anew_and_what_came_before_is_recalled(self):
        case, shared = self.open_case()
        self.meldpunt.release(case)
        officer = self.desk("aandacht")
        before = [d["id"] for d in officer.take() if "signal" in d]
        self.assertEqual(before, [c["id"] for c in officer.dossier(case)["copies"]])
        self.to_the_care_track(case)
        recalled = [n["about"] for n in (d.get("notice", {}) for d in officer.take())
                    if n.get("kind") == "NOTICE_RECALL"]
        self.assertEqual(before, recalled)
        self.assertEqual([], officer.dossier(case)["copies"])
        due = [t for t in self.meldpunt.act("todo")["tasks"] if t["kind"] == "TASK_RELEASE"]
        self.assertIn((case, shared), [(t["case_id"], t.get("about")) for t in due])
        done = self.meldpunt.release(case)
        self.assertEqual(("ok", "zorg", "1"), (done["code"], done["convenant"], done["phase"]))
        gained = {g["desk"]: g["fields"] for r in done["released"] for g in r["gained"]}
        self.assertIn("zorgcoordinator", gained)
        copies = [d for d in self.desk("zorgcoordinator").take() if "signal" in d]
        self.assertEqual([(case, "zorg")], [(d["case_id"], d["convenant"]) for d in copies])
        self.assertEqual([], self.meldpunt.release(case)["released"])
        self.assertNotIn("TASK_RELEASE", [
            t["kind"] for t in self.meldpunt.act("todo").get("tasks", [])])

    def test_a_source_that_did_not_open_the_case_releases_too(self):
        source = self.desk("veiligthuis")
        sent = source.send(SIGNAL, ("afstemming", "1", "duiding"), self.to("meldpunt"))
        self.assertEqual("ok", sent["code"], sent)
        got = [d["id"] for d in self.meldpunt.take() if "signal" in d]
        case = self.meldpunt.act("case-open", route="nijmegen", deliveries=got)["trace_id"]
        self.assertEqual(got, [c["id"] for c in self.meldpunt.dossier(case)["copies"]])
        self.to_the_care_track(case)
        due = [t for t in source.act("todo")["tasks"] if t["kind"] == "TASK_RELEASE"]
        self.assertEqual([(case, sent["trace_id"])], [(t["case_id"], t["about"]) for t in due])
        done = source.release(case)    # it has no seat there, and so sees nobody
        self.assertEqual("no_recipients_named", done["code"])
        self.assertEqual([sent["trace_id"]], [r["of"] for r in done["denied"]])
        array, n = libsluis.recipients(self.to("aandacht"))
        named = source.release(case, to=array, n_to=n)
        self.assertEqual([sent["trace_id"]],
                         [r["of"] for r in named["released"] + named["denied"]], named)

    def test_a_preview_of_a_release_sends_nothing(self):
        case, _ = self.open_case()
        before = [d["id"] for d in self.desk("aandacht").receive(keep=False) if "signal" in d]
        preview = self.meldpunt.release(case, only_preview=1)
        self.assertTrue(preview["released"][0]["gained"])
        self.assertNotIn("trace_id", preview["released"][0])
        after = [d["id"] for d in self.desk("aandacht").receive(keep=False) if "signal" in d]
        self.assertEqual(before, after)

    def test_who_sent_nothing_has_nothing_to_release(self):
        case, _ = self.open_case()
        for d in ("analist", "politie"):
            with self.assertRaises(libsluis.Failed) as e:
                self.desk(d).release(case)
            self.assertEqual("not_found", e.exception.code)


if __name__ == "__main__":
    unittest.main()
