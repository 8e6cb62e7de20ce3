#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The story that ./demo tells, with nothing but the sluis command.

    story.py --bin BUILD/client --dir REGION [--brief]

The meldpunt of a municipality first looks whom a signal would reach, then sends every signal
of tests/signals/story.json under the convenant that fits; each recipient shows what it got, side by side, with the rule behind
every field that it did not get; one signal is refused, some recipients are not entitled; the
auditor lists the journal, verifies it, and verifies a copy in which one byte was changed.
Every step is checked: the story ends with exit status 0 only if it went as told here.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIGNALS = ROOT / "tests" / "signals"
# shown side by side, field by field
FEATURED = {("08-weekly-registrations.json", "afstemming"), ("01-older-friend.json", "zvh"),
            ("05-niece-in-the-household.json", "zorg"), ("04-hotel-and-webcam.json", "riec")}
POLICY = ROOT / "policy"
# care data of a victim, offered to the police and to Veilig Thuis
WHAT_IF = """facts:
  convenant: zvh
  phase: "1"
  purpose: casusoverleg
  from: zorgcoordinator
  to: [police, veilig_thuis]
  person: [victim, adult]
end: what-if
"""
COLUMN = 25
FIELD = 34


class Story:
    def __init__(self, binary, region, brief):
        self.sluis = [str(binary / "sluis")]
        self.dir = region
        self.brief = brief
        self.received = {}

    # --- the command -----------------------------------------------------------------

    def run(self, *words, party=None, expect=(0,)):
        """Run sluis; the exit status must be one of EXPECT."""
        command = list(self.sluis)
        if party:
            command += ["--party", str(self.dir / "parties" / party)]
        command += ["--lang", "en", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              env={**os.environ, "NO_COLOR": "1"})
        if done.returncode not in expect:
            sys.stderr.write(done.stdout + done.stderr)
            sys.exit("story: %s ended with %d, expected %s"
                     % (" ".join(command), done.returncode, expect))
        return done

    def json(self, *words, **options):
        return json.loads(self.run("--json", *words, **options).stdout)

    def show(self, *words, party=None, expect=(0,), lines=None):
        """Run sluis and print the command with what it said."""
        print("\n$ sluis %s%s" % ("--party %s " % party if party else "", " ".join(map(str, words))))
        done = self.run(*words, party=party, expect=expect)
        text = (done.stdout + done.stderr).rstrip("\n").split("\n")
        if lines and len(text) > lines:
            text = text[:lines] + ["  ... %d more lines" % (len(text) - lines)]
        for line in text:
            print("  " + line)
        return done

    # --- chapters ----------------------------------------------------------------------

    def look_before(self):
        chapter("Before anything is sent: who would get what")
        self.show("signal", "preview", SIGNALS / "04-hotel-and-webcam.json", "--convenant", "riec",
                  "--phase", "1", "--purpose", "casusoverleg", "--to", "politie,nla,belastingdienst,zorgcoordinator",
                  party="meldpunt", expect=(0, 8), lines=48)

    def ask_what_if(self):
        """One question to the policy: the smallest change that would open a field."""
        chapter("The privacy officer asks: what would it take?")
        what_if = self.dir / "what-if.yaml"
        what_if.write_text(WHAT_IF)
        for line in WHAT_IF.splitlines():
            print("  | " + line)
        self.show("policy", "explain", POLICY, "--what-if", what_if, "--field", "health")
        self.show("policy", "explain", POLICY, "--what-if", what_if, "--field", "police_8_13")

    def prove(self):
        """What is shipped is proved; a trial convenant beside it is not."""
        chapter("A proof with a counterexample")
        shipped = self.json("policy", "prove", ROOT / "policy")
        kinds = [x["verdict"] for x in shipped["invariants"]]
        print("\nWhat has to hold whatever the rules say stands in policy/invariants.yaml: %d of %d are"
              "\nproved over {:,} combinations in %d ms; the others speak of who gets nothing anyway."
              .format(shipped["covered"]) % (kinds.count("proved"), len(kinds), shipped["ms"]))
        trial = self.dir / "trial"
        trial.mkdir(exist_ok=True)
        for file in [*(ROOT / "policy").glob("*.yaml"),
                     ROOT / "tests" / "policies" / "bad-health" / "pilot.yaml"]:
            if not file.name.endswith(".cases.yaml"):
                shutil.copy(file, trial)
        print("Somebody adds pilot.yaml, a trial of a joint intake, which asks for the wrong consent:")
        done = self.show("policy", "prove", trial, "--invariant", "no-health-to-police", expect=(9,))
        if "pilot-hea" not in done.stdout:
            sys.exit("story: the counterexample does not name the wrong rule")

    def send_all(self):
        chapter("The meldpunt sends what it saw")
        region = json.loads((self.dir / "region.json").read_text())
        self.names = {(p["oin"], p["desk"]): p["name"] for p in region["parties"]}
        for entry in json.loads((SIGNALS / "story.json").read_text()):
            self.send(entry)

    def send(self, entry):
        words = ["signal", "send", SIGNALS / entry["file"], "--convenant", entry["convenant"],
                 "--phase", entry["phase"], "--purpose", entry["purpose"],
                 "--to", ",".join(entry["to"])]
        done = self.run("--json", *words, party="meldpunt", expect=(0, 3, 8))
        answer = json.loads(done.stdout)
        print("\n%s under %s, phase %s" % (entry["file"], entry["convenant"], entry["phase"]))
        if done.returncode == 3:
            print("  REFUSED as a whole: %s, rule %s (%s)"
                  % (answer["code"], answer.get("rule", "-"), answer.get("article", "-")))
            self.refused = answer["code"]
            return
        outcomes = {self.names[o["oin"], o["desk"]]: o for o in answer["outcomes"]}
        for name, outcome in outcomes.items():
            print("  %-16s %s" % (name, describe(outcome)))
        copies = {name: self.collect(name) for name, o in outcomes.items() if o["code"] == "ok"}
        if (entry["file"], entry["convenant"]) in FEATURED and not self.brief:
            side_by_side(entry["file"], outcomes, copies)

    def collect(self, name):
        """What NAME finds in its inbox: shown, kept on its own disk, acknowledged."""
        waiting = [d for d in self.json("inbox", "list", party=name)["deliveries"]
                   if d.get("state", "waiting") == "waiting"]
        copy = self.json("inbox", "show", waiting[-1]["id"], party=name)
        self.run("inbox", "ack", waiting[-1]["id"], party=name)
        return copy.get("delivery", copy)

    def look_closer(self):
        chapter("Why? Ask the journal")
        sent = self.json("signal", "list", party="meldpunt")
        trace = next(e["trace_id"] for e in sent["entries"] if e.get("convenant") == "zvh")
        self.show("explain", trace, party="meldpunt", lines=40)

    def compare(self):
        """A colleague wants the labour authority to have contact data: what would that open?"""
        chapter("A change of policy, compared")
        old, new = self.dir / "broker" / "policy", self.dir / "policy-proposed"
        shutil.copytree(old, new)
        rule = new / "riec.yaml"
        text = rule.read_text("utf-8")
        before, after = text.split("  - id: riec-con\n", 1)
        rule.write_text(before + "  - id: riec-con\n" + after.replace(
            "recipients: [police, kmar]", "recipients: [police, kmar, nla]", 1), "utf-8")
        print("\nin a copy, rule riec-con names the nla as well")
        done = self.show("policy", "diff", old, new, expect=(9,))
        if "WIDER" not in done.stdout:
            sys.exit("story: naming one more recipient is not shown as wider")
        self.show("policy", "diff", old, new, "--fail-on-widening", expect=(3,), lines=1)
        journal = self.dir / "journal"
        self.run("audit", "export", journal, party="auditor")
        print("\nand which of today's decisions would have come out differently?")
        done = self.show("policy", "diff", old, new, "--widening", "--journal", journal,
                         "--key", self.key(), expect=(9,), lines=24)
        if not re.search(r"[1-9]\d* come out differently, 0 perhaps, 0 cannot be told, 0 alarms",
                         done.stdout):
            sys.exit("story: the journal does not tell what the change would have opened")

    def key(self):
        return json.loads((self.dir / "region.json").read_text())["verifier"]

    def audit(self):
        chapter("The auditor")
        self.show("audit", "list", party="auditor", lines=24)
        self.show("audit", "verify", party="auditor")
        copy = self.dir / "copy"
        self.show("audit", "export", copy, party="auditor")
        key = self.key()
        self.show("audit", "verify", "--tiles", copy, "--key", key)
        bundle = sorted((copy / "tile" / "entries").rglob("*"))[0]
        while bundle.is_dir():
            bundle = sorted(bundle.iterdir())[0]
        data = bytearray(bundle.read_bytes())
        data[10] ^= 1  # in the nonce of its first entry, wherever other fields stand
        bundle.write_bytes(bytes(data))
        print("\none bit of %s is changed" % bundle.relative_to(copy))
        done = self.show("audit", "verify", "--tiles", copy, "--key", key, expect=(6,))
        print("  exit status %d" % done.returncode)


def chapter(title):
    print("\n" + title + "\n" + "=" * len(title))


def describe(outcome):
    if outcome["code"] != "ok":
        return "not served: %s, rule %s (%s)" % (
            outcome["code"], outcome.get("rule") or "none", outcome.get("article") or "silence means no")
    n = {}
    for field in outcome["fields"]:
        n.setdefault(field["action"], set()).add(field["path"])
    return ", ".join("%d fields %s" % (len(n[a]), word) for a, word in (
        ("release", "released"), ("generalise", "generalised"),
        ("pseudonymise", "pseudonymised"), ("withhold", "withheld")) if a in n)


# --- side by side -----------------------------------------------------------------------


def leaves(value, path=""):
    """(path without positions, text) of every value in a JSON signal."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, path + ("." if path else "") + key)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, path)
    else:
        yield path, {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) \
            else str(value)


def short(text, width):
    return text if len(text) <= width else text[:width - 1] + "…"


def side_by_side(file, outcomes, copies):
    signal = json.loads((SIGNALS / file).read_text())
    paths = list(dict.fromkeys(path for path, _ in leaves(signal)))
    names = list(copies)
    rules = {}
    print("\n  %-*s %s" % (FIELD, "field", " ".join("%-*s" % (COLUMN, n) for n in names)))
    print("  " + "-" * (FIELD + (COLUMN + 1) * len(names)))
    for path in paths:
        cells = [cell(path, outcomes[n], copies[n], rules) for n in names]
        print("  %-*s %s" % (FIELD, short(path, FIELD), " ".join("%-*s" % (COLUMN, c) for c in cells)))
    print("\n  a dash and a rule: withheld by that rule; a dash alone: no rule grants it")
    print("  ~ stated by the broker: a pseudonym, or part of what one stands for, or a coarser value")
    for rule, article in sorted(rules.items()):
        print("    %-12s %s" % (rule, article))


def cell(path, outcome, copy, rules):
    got = [text for p, text in leaves(copy["signal"]) if p == path]
    got += ["~" + s["value"] for s in copy["statements"] if re.sub(r"\[\d+\]", "", s["path"]) == path]
    if not got and any(f["path"] == path and f["action"] == "pseudonymise" for f in outcome["fields"]):
        got = ["~"]  # part of an identifier that a pseudonym stands for
    withheld = [f for f in outcome["fields"] if f["path"] == path and f["action"] == "withhold"]
    for f in withheld:
        if f.get("rule"):
            rules[f["rule"]] = f.get("article", "")
    parts = ["; ".join(got)] if got else []
    parts += sorted({"- " + f["rule"] if f.get("rule") else "-" for f in withheld})
    return short(" ".join(parts), COLUMN)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--bin", type=pathlib.Path, required=True)
    arguments.add_argument("--dir", type=pathlib.Path, required=True)
    arguments.add_argument("--brief", action="store_true")
    a = arguments.parse_args()
    story = Story(a.bin, a.dir, a.brief)
    begun = time.monotonic()
    if not a.brief:
        story.look_before()
    story.send_all()
    if getattr(story, "refused", None) != "cie_information_refused":
        sys.exit("story: the signal with the CIE mark was not refused")
    if not a.brief:
        story.look_closer()
    if not a.brief:
        story.ask_what_if()
        story.prove()
        story.compare()
    story.audit()
    print("\nThe story took %.1f seconds." % (time.monotonic() - begun))


if __name__ == "__main__":
    main()
