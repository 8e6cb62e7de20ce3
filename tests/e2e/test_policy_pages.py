#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The pages of sluis policy matrix and routes: whole, self-contained, accessible.

Every page is parsed strictly (what is opened is closed, in order), then looked at as an
auditor of accessibility would: language, one h1 and no skipped heading, a caption and
scoped headers for every table, links that lead somewhere, no id twice, nothing fetched,
no script, and the contrast of every pair of colours in the style.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "python"))

from page import Page

SLUIS = os.environ["SLUIS"]
POLICY = os.path.join(os.path.dirname(__file__), "..", "..", "policy")
CONTRAST = 7


def sluis(*arguments, lang="en", expect=0):
    run = subprocess.run([SLUIS, "--lang", lang, *arguments], capture_output=True, text=True,
                         env={"PATH": os.environ["PATH"], "LC_ALL": "C", "NO_COLOR": "1"})
    assert run.returncode == expect, (arguments, run.returncode, run.stderr)
    return run.stdout


def colours(page):
    style = next(page.root.all("style")).text()
    return dict(re.findall(r"--([a-z]+-(?:text|back)):(#[0-9a-f]{6})", style)), style


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Pages(unittest.TestCase):
    verbs = ("matrix", "routes")

    def pages(self):
        for verb in self.verbs:
            for lang in ("nl", "en"):
                yield verb, lang, sluis("policy", verb, POLICY, "--html", "-", lang=lang)

    def test_pages_are_well_formed_and_accessible(self):
        for verb, lang, text in self.pages():
            with self.subTest(verb=verb, lang=lang):
                page = Page(text)
                page.check(lang)
                self.assertTrue(list(page.root.all("table")))

    def test_every_text_can_be_read_on_its_background(self):
        for verb, lang, text in self.pages():
            page = Page(text)
            named, style = colours(page)
            pairs = {name[:-5] for name in named if name.endswith("-text")}
            self.assertGreaterEqual(len(pairs), 9)
            for pair in pairs:
                ratio = contrast(named[pair + "-text"], named[pair + "-back"])
                self.assertGreaterEqual(ratio, CONTRAST, (verb, pair))
            # every colour of text comes from a measured pair
            for colour in re.findall(r"[{;]color:([^;}]+)", style):
                self.assertRegex(colour, r"^(var\(--[a-z]+-text\)|inherit)$")

    def test_the_page_says_which_policy_it_shows(self):
        checked = sluis("--json", "policy", "check", POLICY)
        bundle = re.search(r'"bundle": "([0-9a-f]{64})"', checked).group(1)
        for verb, lang, text in self.pages():
            with self.subTest(verb=verb, lang=lang):
                self.assertTrue(bundle in text)
                for name in os.listdir(POLICY):
                    if not name.endswith(".yaml") or name.endswith(".cases.yaml"):
                        continue
                    convenant = name[:-5]
                    if convenant in ("categories", "parties", "invariants"):
                        continue
                    self.assertTrue(f'id="c-{convenant}"' in text, convenant)
                self.assertTrue("2025-03-01 - 2028-12-31" in text)
                self.assertFalse('class="limit"' in text)

    def test_a_part_says_that_it_is_a_part(self):
        for verb in self.verbs:
            text = sluis("policy", verb, POLICY, "--html", "-", "--convenant", "riec", "--phase", "2")
            page = Page(text)
            self.assertIn("--convenant riec --phase 2",
                          [e for e in page.root.all("p") if e.attributes.get("class") == "limit"][0].text())
            self.assertFalse('id="c-zvh"' in text)

    def test_names_in_a_policy_cannot_write_markup(self):
        with tempfile.TemporaryDirectory() as folder:
            policy = os.path.join(folder, "policy")
            shutil.copytree(POLICY, policy)
            for name, old, new in (
                    ("parties.yaml", "name: Gemeente Waalbrug", "name: '<script>x</script>\"&'"),
                    ("parties.yaml", "nl: Gemeente,", "nl: '\"><b onclick=1>',"),
                    ("categories.yaml", "nl: Sector,", "nl: '</td></table><h1>',"),
                    ("riec.yaml", "article: WGS 1.10", "article: '<i>WGS</i>' #")):
                path = os.path.join(policy, name)
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                self.assertIn(old, text)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text.replace(old, new, 1))
            for verb in self.verbs:
                text = sluis("policy", verb, policy, "--html", "-", lang="nl")
                page = Page(text)
                page.tables()
                page.links()
                self.assertFalse({"script", "b", "i"} & {e.name for e in page.root.all()})
                self.assertEqual(len(list(page.root.all("h1"))), 1)

    def test_a_page_goes_to_a_file_whole_or_not_at_all(self):
        with tempfile.TemporaryDirectory() as folder:
            for verb in self.verbs:
                path = os.path.join(folder, verb + ".html")
                self.assertEqual(sluis("policy", verb, POLICY, "--html", path), "")
                with open(path, encoding="utf-8") as file:
                    whole = file.read()
                self.assertTrue(whole == sluis("policy", verb, POLICY, "--html", "-"))
                # what is refused leaves the old page
                sluis("policy", verb, POLICY, "--html", path, "--phase", "9", expect=5)
                with open(path, encoding="utf-8") as file:
                    self.assertTrue(file.read() == whole)
                sluis("policy", verb, POLICY, "--html", os.path.join(folder, "no", "x"), expect=1)

    def test_a_condition_is_told_where_the_cell_points(self):
        page = Page(sluis("policy", "matrix", POLICY, "--html", "-", "--convenant", "riec", "--phase", "1"))
        ids = {e.attributes["id"]: e for e in page.root.all() if "id" in e.attributes}
        rows = [r for r in page.root.all("tr") if "residence_status" in r.text()]
        self.assertTrue(rows)
        notes = [a.attributes["href"][1:] for a in rows[0].all("a") if a.attributes["href"].startswith("#n-")]
        self.assertTrue(any("only from Immigration" in ids[n].text() for n in notes))
        self.assertIn("riec-res", rows[0].text())
        self.assertIn("Besluit WGS 2.15", ids["r-riec-res"].text())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
