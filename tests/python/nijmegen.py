#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The Nijmegen route told by its desks: a transcript that a domain expert can read.

    nijmegen.py [--write tests/e2e/nijmegen.txt]

Four cases, each from a signal that a municipal plan describes, each down another branch of
the stroomschema: care and criminal law (ZVH), care alone, undermining (RIEC), and no suspicion.
Every line is a command of one desk, run as a process of its own with that desk's keys,
and what it said, in Dutch.  What differs from run to run (ids, times, numbers of entries)
stands as a word in guillemets, the same word for the same thing.
"""

import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import json

import region as rg

SIGNALS = rg.SIGNALS


class Transcript:
    """Runs commands and writes down what was typed and said."""

    def __init__(self, region):
        self.region = region
        self.lines = []
        self.names = []     # (id, word), the longest ids first

    # --- words for what differs ----------------------------------------------------------

    def name(self, value, word):
        self.names.append((value, "«%s»" % word))

    def plain(self, text):
        """TEXT with a word for everything that differs from run to run."""
        for value, word in self.names:
            for digits in (32, 16, 12, 10, 8):
                text = text.replace(value[:digits], word)
        text = re.sub(r"\b[0-9a-f]{64}\b", "«vingerafdruk»", text)
        text = re.sub(r"\b[0-9a-f]{32}\b", "«kenmerk»", text)
        text = re.sub(r"psn1\.[0-9a-f]{4}\.[a-z2-7]{32}", "psn1.«pseudoniem»", text)
        text = re.sub(r"\b[0-9a-f]{8}\b", "«kenmerk»", text)
        text = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(\.\d+)?( UTC|Z)?", "«tijd»", text)
        text = re.sub(r"\b\d{4}-\d\d-\d\d\b", "«datum»", text)
        text = re.sub(r"\b(logregel|regel|nummer)( \d+)+", r"\1 «n»", text)
        text = text.replace(str(self.region.dir), "«map»")
        return re.sub(r"[ ]+$", "", text, flags=re.M)

    # --- telling -------------------------------------------------------------------------

    def chapter(self, title):
        self.lines += ["", "", "== %s" % title]

    def say(self, text):
        self.lines += ["", text]

    def run(self, desk, *words, expect=0, as_json=False, lines=None):
        """One command of DESK; what it printed stands in the transcript unless AS_JSON."""
        options = ["--json"] if as_json else ["--lang", "nl", "--quiet"]
        environment = dict(os.environ, NO_COLOR="1", LC_ALL="C.UTF-8", COLUMNS="100",
                           SLUIS_PARTY=str(self.region.party_dir(desk)))
        done = subprocess.run(
            [rg.binary("sluis"), *options, *map(str, words)], text=True, capture_output=True,
            env=environment, check=False, cwd=str(rg.ROOT))
        if done.returncode != expect:
            raise AssertionError("%s: sluis %s: exit %d, expected %d\n%s%s" % (
                desk, " ".join(map(str, words)), done.returncode, expect, done.stdout, done.stderr))
        if as_json:
            return json.loads(done.stdout)
        text = self.plain((done.stdout + done.stderr).rstrip("\n")).split("\n")
        if lines is not None and len(text) > lines:
            text = text[:lines] + ["  ..."]
        typed = " ".join(w if re.fullmatch(r"[\w./,=:@-]+", w) else "'%s'" % w
                         for w in (self.plain(str(w)) for w in words)).replace("'«", "«").replace("»'", "»")
        self.lines += ["", "%s$ sluis %s" % (desk, typed)] + ["    " + t for t in text if t or len(text) > 1]
        if expect:
            self.lines.append("    (afloop %d)" % expect)
        return done.stdout

    def text(self):
        return "\n".join(line.rstrip() for line in self.lines).lstrip("\n") + "\n"


class Case:
    """One case of the transcript."""

    def __init__(self, told, word, file):
        self.told, self.word, self.file = told, word, "tests/signals/" + file
        self.id = None

    def open(self, desk="meldpunt"):
        done = self.told.run(desk, "case", "open", "--route", "nijmegen", as_json=True)
        self.id = done["trace_id"]
        self.told.name(self.id, self.word)
        self.told.lines += ["", "%s$ sluis case open --route nijmegen" % desk,
                            "    de zaak heet «%s»" % self.word]

    def do(self, desk, verb, *words, **how):
        return self.told.run(desk, "case", verb, self.id, *words, **how)

    def to_alignment(self):
        """From the first signal to the question to the partners."""
        t = self.told
        self.open()
        t.run("meldpunt", "signal", "send", self.file, "--case", self.id, "--to",
              "analist,aandacht", "--no-preview", lines=8)
        t.run("analist", "inbox", "todo")
        t.run("analist", "inbox", "ack", "--all", as_json=True)
        self.do("analist", "enrich", self.file, lines=8)
        t.say("De analist mag geen spoor kiezen, en de aandachtfunctionaris de verrijking niet overslaan:")
        self.do("analist", "move", "spoor_zorg", "--confirm", expect=3)
        self.do("aandacht", "move", "verrijkt", expect=3)
        self.do("analist", "move", "verrijkt")
        self.do("analist", "enrich", "--verdict", "strengthened")
        self.do("analist", "move", "versterkt", expect=3)
        self.do("analist", "move", "versterkt", "--confirm", lines=30)
        self.do("aandacht", "align", "--ask", "politie,nla,zorgcoordinator")
        self.do("meldpunt", "release", lines=24)

    def answers(self, politie, nla, zorg):
        for desk, answer in (("politie", politie), ("nla", nla), ("zorgcoordinator", zorg)):
            self.told.run(desk, "inbox", "todo")
            self.do(desk, "align", "--answer", answer)

    def track(self, step):
        """The track: who gains and loses what, then the decision."""
        self.do("aandacht", "move", "vermoeden")
        self.told.say("Eerst zien wie wat krijgt en verliest, dan bevestigen:")
        self.do("aandacht", "decide", step)
        self.do("aandacht", "decide", step, "--confirm", lines=4)

    def table(self, who):
        self.do("aandacht", "join", "--who", who)
        self.told.run("meldpunt", "inbox", "todo")
        self.do("meldpunt", "release", lines=40)

    def gate(self, name, criteria, judges):
        self.do("aandacht", "gate", name, "--claim", *["%s=%s" % c for c in criteria])
        for desk in judges:
            self.told.run(desk, "inbox", "ack", "--all", as_json=True)
            self.do(desk, "gate", name)
            self.do(desk, "gate", name, "--judge", *["%s=met" % c for c, _ in criteria])

    def end(self, desk, step):
        self.do(desk, "close", step)
        self.told.run("aandacht", "inbox", "todo")
        self.told.run("aandacht", "feedback", "give", "--case", self.id, "--followed-up", "yes",
                      "--assessment", "right", "--closed")
        self.told.say("En de melder hoort het terug:")
        self.told.run("meldpunt", "inbox", "ack", "--all", as_json=True)
        self.told.run("meldpunt", "feedback", "open", "--given")


ZVH = [("persoon", "Zij is vijftien en woont bij hem in."),
       ("leefgebieden", "School, wonen en geld; hij is bekend met geweld."),
       ("overlast", "Zij wordt bedreigd."),
       ("domeinen", "Zorg, straf en bestuur zijn samen nodig.")]
RIEC = [("concreet", "Huisbezoek: elf vrouwen in een kamer."),
        ("verschijnsel", "Mensenhandel."),
        ("noodzaak", "Alleen samen zijn eigenaar en uitbater te vinden."),
        ("meerdere", "Politie, NLA, OM en Belastingdienst."),
        ("regio", "De panden staan in Rivierenland.")]


def tell(region):
    t = Transcript(region)
    t.lines += ["De route van een signaal: wat elk loket typt, en wat het te zien krijgt.",
                "Elk loket is een eigen proces met eigen sleutels. Kenmerken en tijden staan als «woord»."]
    t.chapter("Zorg en straf: een jong meisje met een oudere vriend (naar het ZVH)")
    c = Case(t, "zaak-meisje", "01-older-friend.json")
    c.to_alignment()
    c.answers("yes", "no", "yes")
    c.track("spoor_zorg_straf")
    c.table("politie,om,zorgcoordinator,veiligthuis")
    c.gate("zvh-casus", ZVH, ["politie", "om"])
    c.do("aandacht", "move", "naar_zvh")
    t.run("zorgcoordinator", "inbox", "ack", "--all", as_json=True)
    t.say("De zorgcoordinator ziet de zaak, wie er zit en wat er gebeurde:")
    c.do("zorgcoordinator", "show")
    t.say("Veilig Thuis en de ketenregisseur zitten er ook; wie geen plaats heeft ziet geen zaak:")
    t.run("veiligthuis", "case", "list")
    t.run("ketenregisseur", "case", "list")
    c.do("belastingdienst", "show", expect=5)
    c.end("politie", "sluit_zvh")

    t.chapter("Alleen zorg: een nichtje in het huishouden")
    c = Case(t, "zaak-nichtje", "05-niece-in-the-household.json")
    c.to_alignment()
    c.answers("no", "no", "yes")
    c.track("spoor_zorg")
    c.table("zorgcoordinator,veiligthuis,opvang")
    t.run("opvang", "case", "list")
    c.do("aandacht", "move", "naar_zorg")
    c.end("zorgcoordinator", "sluit_zorg")

    t.chapter("Ondermijning: elf vrouwen in een kamer (naar het RIEC)")
    c = Case(t, "zaak-vrouwen", "06-women-in-one-room.json")
    c.to_alignment()
    c.answers("yes", "yes", "no")
    c.track("spoor_ondermijning")
    c.table("politie,om,nla,belastingdienst")
    c.gate("riec-signaal", RIEC, ["politie", "om", "nla", "belastingdienst"])
    c.do("aandacht", "move", "naar_riec", "--confirm", "--assign", "politie", lines=12)
    c.do("meldpunt", "release", lines=30)
    t.run("politie", "inbox", "todo")
    c.end("politie", "sluit_riec")

    t.chapter("Geen vermoeden: wekelijks andere vrouwen aan de balie")
    c = Case(t, "zaak-balie", "08-weekly-registrations.json")
    c.to_alignment()
    t.run("politie", "inbox", "ack", "--all", as_json=True)
    c.answers("no", "no", "no")
    c.do("aandacht", "close", "geen_vermoeden")
    t.say("Wie meedacht hoort dat het gesloten is, en vernietigt wat zij kreeg; de bron ziet wie dat nog niet deed:")
    t.run("politie", "inbox", "ack", "--all", as_json=True)
    t.run("politie", "recall", "list")
    t.run("politie", "recall", "confirm", "--all")
    t.run("meldpunt", "recall", "list")
    return t.text()


def main():
    with rg.Region() as region:
        text = tell(region)
    if len(sys.argv) == 3 and sys.argv[1] == "--write":
        pathlib.Path(sys.argv[2]).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
