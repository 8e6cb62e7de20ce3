#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""sluis audit stats: figures of a year that has ended, the same however they are asked for,
and an attacker with a solver who finds nothing small in them (tests/python/attack.py)."""

import calendar
import itertools
import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "python"))

import attack
import clock
import e2e_case
import page
import region as rg
import sluis_client as sc

S = sc.signal_pb2
EVENT = sc.journal_pb2.EventKind
THRESHOLD = 5
SIGNALS = 44
DAY = 86400


def a_signal(i):
    """Signal I: a few forms, sectors and places, most of them rare."""
    s = rg.signal_from("10-truant-girl.json")
    labour, minor = i % 4 != 0, i % 3 == 0
    del s.exploitation.types[:]
    s.exploitation.types.append(S.FORCED_LABOUR if labour else S.SEXUAL_EXPLOITATION)
    if i == 7:
        s.exploitation.types[0] = S.ORGAN_REMOVAL
    s.exploitation.sector = (S.HORTICULTURE, S.HOSPITALITY, S.CONSTRUCTION, S.DRUGS)[i % 7 % 4]
    s.meta.municipality = "9901" if i % 5 else "9902"
    for p in s.persons:
        if p.role == S.VICTIM:
            p.minor = minor
            p.birth_date = "2012-01-01" if minor else "1990-01-01"
            p.age_band = S.FROM_12_TO_17 if minor else S.FROM_24
            p.gender = S.MASCULINE if i % 6 == 0 else S.FEMININE
    return s.SerializeToString()


@unittest.skipUnless(clock.library(), "libfaketime is not installed")
class Stats(e2e_case.RegionCase):
    CLOCK = staticmethod(lambda region: clock.Clock(region.dir))

    def setUp(self):
        if rg.is_sanitized():
            self.skipTest("a sanitizer and libfaketime do not go together")
        super().setUp()

    def stats(self, *words, check=True):
        return self.region.command("--json", "audit", "stats", *words, party="auditor", check=check)

    def figures(self, *words):
        return json.loads(self.stats(*words).stdout)

    def test_figures(self):
        gone, _ = self.share("meldpunt", ["politie"], signal=a_signal(7))
        self.ask("meldpunt", "erase", sc.wire_pb2.Erase(trace_id=gone))     # and so not counted
        traces = [self.share("meldpunt", ["politie", "zorgcoordinator"][:1 + i % 2],
                             signal=a_signal(i))[0] for i in range(SIGNALS)]
        self.a_running_year_tells_a_number_that_was_reached()
        self.another_year()
        self.figures()                                  # which the journal says now, too
        told = self.figures()
        year, running = told["years"]
        self.assertEqual(("registered", THRESHOLD), (told["kind"], told["threshold"]))
        self.assertEqual(("told", "running"), (year["state"], running["state"]))
        families = {f["name"]: f for f in year["families"]}
        self.assertEqual(SIGNALS, families["signals"]["total"])
        # a delivery took place whatever became of its signal
        self.assertEqual(1 + SIGNALS + SIGNALS // 2, families["deliveries"]["total"])
        self.assertNotIn("organs", families["signals"]["rows"])
        self.everything_told_is_large(year)
        self.a_solver_finds_nothing_small(year)
        self.two_tables_together_tell_no_more(families["victims"])
        self.the_same_is_told_again(told)
        self.a_higher_threshold_tells_less(year)
        self.people_read_it(year)
        self.the_report_says_the_same(year)
        self.what_is_no_threshold_is_refused()
        self.after_an_erasure_nothing_is_told(traces[3], year["year"])

    def another_year(self):
        for c in self.desks.values():
            c.close()
        self.region.kill_broker()
        self.region.clock.set(calendar.timegm((time.gmtime(self.region.clock.now_s).tm_year + 1, 1, 2, 9, 0, 0)))
        self.region.command("demo", "up", "--dir", self.region.dir, "--sluisd", rg.binary("sluisd"))
        self.region.read()          # with a fresh revocation list

    def a_running_year_tells_a_number_that_was_reached(self):
        year, = self.figures()["years"]
        self.assertEqual({"state": "running", "signals_at_least": SIGNALS // 5 * 5, "year": year["year"]}, year)
        self.assertNotIn("signals_at_least", self.figures("--threshold", 45)["years"][0])

    def everything_told_is_large(self, year, threshold=THRESHOLD):
        hidden = 0
        for f in year["families"]:
            if f.get("below_threshold"):
                continue
            numbers = [f["total"], *f["row_totals"]]
            for t in f["tables"]:
                self.assertEqual(f["total"], sum(t["column_totals"]))
                numbers += t["column_totals"]
                hidden += sum(v is None for row in t["cells"] for v in row)
                numbers += [v for row in t["cells"] for v in row if v is not None]
            self.assertEqual(f["total"], sum(f["row_totals"]))
            self.assertGreaterEqual(min(numbers), threshold)
        self.assertGreater(hidden, 5)

    def a_solver_finds_nothing_small(self, year, threshold=THRESHOLD):
        for f in year["families"]:
            for t in f.get("tables", []):
                equations, n, at = attack.of_table(f, t)
                if n == 0:
                    continue
                solver = attack.Solver(equations, n)
                for i in range(n):
                    low, high = solver.bounds(i)
                    where = (f["name"], t["name"], at[i])
                    self.assertGreaterEqual(high, threshold, where)
                    self.assertGreaterEqual(high - low, threshold - 1, where)

    def two_tables_together_tell_no_more(self, family):
        """Nor does every way in which people could stand in both."""
        for one, two in itertools.combinations(family["tables"], 2):
            equations, n, place = attack.of_pair(family, one, two)
            solver = attack.Solver(equations + [
                ({place(r, c, k): 1 for k in range(len(two["columns"]))} | {n + j: -1}, 0)
                for j, (r, c) in enumerate(self.hidden(one))], n + len(self.hidden(one)))
            for j, at in enumerate(self.hidden(one)):
                low, high = solver.bounds(n + j)
                self.assertGreaterEqual(high, THRESHOLD, (one["name"], two["name"], at))
                self.assertGreaterEqual(high - low, THRESHOLD - 1, (one["name"], two["name"], at))

    @staticmethod
    def hidden(table):
        return [(r, c) for r, row in enumerate(table["cells"]) for c, v in enumerate(row) if v is None]

    def the_same_is_told_again(self, told):
        """Tomorrow, from an export, and when one year is asked for."""
        self.region.clock.forward(DAY)
        again = self.figures()["years"][0]
        self.assertEqual(told["years"][0], again)
        self.assertEqual([again], self.figures("--year", again["year"])["years"])
        for lang, words in (("en", "Nothing was registered in that period."),
                            ("nl", "In die periode is niets geregistreerd.")):
            self.assertIn(words, self.region.command(
                "--lang", lang, "audit", "stats", "--year", "2020", party="auditor").stdout)
        folder = self.region.dir / "export"
        self.region.command("audit", "export", folder, party="auditor")
        self.assertEqual(again, self.figures("--tiles", folder)["years"][0])
        for detail in (folder / "details").iterdir():
            detail.unlink()
        done = self.stats("--tiles", folder, check=False)       # nothing is made of a part
        self.assertTrue(done.returncode == 6 or
                        json.loads(done.stdout)["years"][0]["state"] != "told")

    def a_higher_threshold_tells_less(self, year):
        for threshold in (6, 9, 12):
            higher = self.figures("--threshold", threshold)["years"][0]
            self.everything_told_is_large(higher, threshold)
            self.a_solver_finds_nothing_small(higher, threshold)
            for low, high in zip(year["families"], higher["families"]):
                for a, b in zip(low["tables"], high["tables"]):
                    self.what_is_told_was_told(low["rows"], a, high["rows"], b)

    def what_is_told_was_told(self, rows, low, high_rows, high):
        """A cell with the same name on both sides that is told at the higher threshold."""
        if len(high_rows) < 2 or len(high["columns"]) < 2:
            return
        for r, c in itertools.product(range(len(high_rows)), range(len(high["columns"]))):
            if high["cells"][r][c] is None or "rest" in (high_rows[r], high["columns"][c]):
                continue
            self.assertEqual(
                high["cells"][r][c],
                low["cells"][rows.index(high_rows[r])][low["columns"].index(high["columns"][c])])

    def people_read_it(self, year):
        for lang, word, label in (("nl", "geregistreerd", "arbeidsuitbuiting"),
                                  ("en", "registered", "labour exploitation")):
            text = self.region.command("--lang", lang, "audit", "stats", party="auditor").stdout
            self.assertIn("%d: %s" % (year["year"], word), text)
            self.assertIn(label, text)
            self.assertIn(" x ", text)

    def the_report_says_the_same(self, year):
        for lang, title in (("nl", "Geregistreerd"), ("en", "Registered")):
            text = self.region.command("--lang", lang, "audit", "report", "-", party="auditor").stdout
            report = page.Page(text)
            report.check(lang)
            self.assertIn(title, [h.text().split(":")[0] for h in report.root.all("h2")])
            family = year["families"][0]
            table = next(t for t in report.root.all("table") if next(t.all("caption")).attributes["id"] ==
                         "cap-f%d-signals-sector" % year["year"])
            cells = [[c.text() for c in row.all("td")] for row in table.all("tr")][1:-1]
            told = [["x" if v is None else str(v) for v in row] + [str(total)]
                    for row, total in zip(family["tables"][0]["cells"], family["row_totals"])]
            self.assertEqual(told, cells)
        data = json.loads(self.region.command("--json", "audit", "report", party="auditor").stdout)
        self.assertEqual(year, data["years"][0])

    def after_an_erasure_nothing_is_told(self, trace, year):
        """What was told before and what would be told now differ by one person."""
        self.region.command("recall", "erase", trace.hex(), party="meldpunt")
        now = self.figures()["years"][0]
        self.assertEqual({"year": year, "state": "erased"}, now)
        text = self.region.command("--lang", "en", "audit", "stats", party="auditor").stdout
        self.assertIn("%d: something of it was erased since" % year, text)
        self.assertNotIn("Signals by form", text)
        data = json.loads(self.region.command("--json", "audit", "report", party="auditor").stdout)
        self.assertEqual(now, data["years"][0])

    def what_is_no_threshold_is_refused(self):
        for threshold in ("4", "0", "-1", "x", ""):
            done = self.stats("--threshold", threshold, check=False)
            self.assertEqual((2, ""), (done.returncode, done.stdout), threshold)


class Anomalies(e2e_case.RegionCase):
    """What stands out of a real journal, live and from an export."""

    def look(self, *words, lang="en"):
        return self.region.command("--lang", lang, "audit", "anomalies", *words, party="auditor").stdout

    def test_what_stands_out(self):
        for _ in range(19):
            self.share("meldpunt", ["politie"])
        self.share("meldpunt", ["nla"])
        cie = rg.signal_from("09-criminal-intelligence.json").SerializeToString()
        self.share("meldpunt", ["politie"], words="riec", signal=cie, code="cie_information_refused")
        found = json.loads(self.region.command(
            "--json", "audit", "anomalies", "--policy", str(sc.ROOT / "policy"),
            "--feedback-days", 0, party="auditor").stdout)["findings"]
        kinds = {f["kind"]: f for f in found}
        pair = kinds["rare_pair"]
        self.assertEqual((1, 20), (pair["n"], pair["of"]))
        leaf = self.journal()[pair["entries"][0]]
        self.assertEqual((pair["from"], pair["to"]), (leaf.sender_oin, leaf.recipient_oin))
        refused = kinds["refused"]
        self.assertEqual("cie_information_refused", refused["what"])
        self.assertEqual(EVENT.Value("EVENT_REFUSED"), self.journal()[refused["entries"][0]].kind)
        unused = {f["what"] for f in found if f["kind"] == "unused_rule"}
        self.assertIn("cobo-non", unused)
        self.assertNotIn("riec-cie", unused)            # it refused
        self.assertNotIn("unanswered", kinds)           # nobody took anything yet
        self.take("politie")
        late = json.loads(self.region.command("--json", "audit", "anomalies", "--feedback-days", 0,
                                              party="auditor").stdout)["findings"]
        self.assertEqual([(19, 19)], [(f["n"], f["of"]) for f in late if f["kind"] == "unanswered"])
        self.both_sources_and_languages()

    def both_sources_and_languages(self):
        folder = self.region.dir / "export"
        self.region.command("audit", "export", folder, party="auditor")
        for lang, word in (("nl", "Weigeringen"), ("en", "Refusals")):
            self.assertIn(word, self.look(lang=lang))
            self.assertEqual(self.look("--tiles", folder, lang=lang), self.look(lang=lang))
            path = self.region.dir / ("report-%s.html" % lang)
            self.region.command("--lang", lang, "audit", "report", path, "--tiles", folder,
                                party="auditor")
            self.assertEqual(0o600, path.stat().st_mode & 0o777)
            report = page.Page(path.read_text("utf-8"))
            report.check(lang)
            self.assertIn(word, [h.text() for h in report.root.all("h3")])
            self.assertTrue(list(report.root.all("svg")))
        self.what_cannot_be_written_is_told(folder)

    def what_cannot_be_written_is_told(self, folder):
        for words, code in ((["report"], 2), (["--json", "report", "x.html"], 2),
                            (["report", "no/such/folder/x.html"], 1),
                            (["report", "-", "--threshold", "4"], 2)):
            options = [w for w in words if w == "--json"]
            rest = [w for w in words if w != "--json"]
            done = self.region.command(*options, "audit", *rest, "--tiles", folder, party="auditor",
                                       check=False)
            self.assertEqual((code, ""), (done.returncode, done.stdout), words)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
