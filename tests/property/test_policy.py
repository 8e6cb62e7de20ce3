#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""What holds of every policy, tried on policies that nobody thought of.

Hypothesis makes a convenant of random rules and bars and random questions to it; the real
command rules them (`sluis --json policy explain`).  The first test compares every field with
the order of precedence written down a second time, here, in a page of Python; the others
state what adding a rule or a bar, and shuffling them, may never do.  The last ones damage
files: what is cut, repeated, referred to, too large or unknown is refused, with its place.

The examples are the same on every run; SLUIS_PROPERTY_EXAMPLES=2000 tries that many, and new
ones (SLUIS_PROPERTY_RANDOM=1).
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "policy"
SLUIS = os.environ.get("SLUIS", str(ROOT / "build/dev/client/sluis"))
EXAMPLES = int(os.environ.get("SLUIS_PROPERTY_EXAMPLES", "60"))
PROPERTY = settings(max_examples=EXAMPLES, deadline=None, database=None,
                    derandomize="SLUIS_PROPERTY_RANDOM" not in os.environ,
                    suppress_health_check=list(HealthCheck))

# --- the small world -----------------------------------------------------------------------

ROLES = {"city": ["front", "back"], "cops": ["vice", "traffic"], "care": ["help"]}
PHASES = ["1", "2", "3"]
PURPOSES = ["help", "hunt"]
AUDIENCES = ["signatory", "incidental", "non_signatory"]
MESSAGE = ["embargo", "emergency", "trafficking", "urgent", "layer_2"]
PERSON = ["victim", "suspect", "minor", "adult", "consent_care"]
# category -> fields that the questions look at
CATEGORIES = {"form": ["exploitation.types"], "sector": ["exploitation.sector"],
              "bsn": ["persons.bsn"], "role": ["persons.role"],
              "profile": ["persons.minor", "persons.age_band", "persons.gender"],
              "observation": ["meta.observed_on", "meta.origin"]}
FIELDS = {f: c for c, fields in CATEGORIES.items() for f in fields}
DATES = {"meta.observed_on"}
OPENNESS = {"withhold": 0, "pseudonymise": 1, "generalise": 2, "release": 3}

PARTIES = """region: here
roles:
  - {id: city, title: {nl: Stad, en: City}}
  - {id: cops, title: {nl: Politie, en: Police}}
  - {id: care, title: {nl: Zorg, en: Care}}
parties:
  - {oin: '00000099000000000010', name: City, role: city, desks: [front, back]}
  - {oin: '00000099000000000020', name: Cops, role: cops, desks: [vice, traffic]}
  - {oin: '00000099000000000030', name: Care, role: care, desks: [help]}
end: parties
"""

HEAD = """convenant: t
title: {nl: Proef, en: Test}
article: Art. 1
registration: REG-1
from: 2025-01-01
until: 2030-12-31
deliver_days: 14
phases: ['1', '2', '3']
purposes: [help, hunt]
senders: [city, cops, care]
"""

seats = st.sampled_from([r for r in ROLES] + ["%s/%s" % (r, d) for r, ds in ROLES.items() for d in ds])


def some(values, **kwargs):
    return st.lists(st.sampled_from(values), unique=True, **kwargs)


def facts(message_only=False):
    return some(MESSAGE if message_only else MESSAGE + PERSON, max_size=2)


conditions = st.fixed_dictionaries({}, optional={
    "phases": some(PHASES, min_size=1), "when": facts(), "when_any": facts(), "unless": facts()})


@st.composite
def rules(draw, by=("categories", "fields"), desks=True):
    """A rule that can be carried out: dates generalise, identifiers are pseudonymised."""
    rule = draw(conditions)
    rule["recipients"] = draw(st.lists(seats if desks else st.sampled_from(list(ROLES)),
                                       unique=True, min_size=1, max_size=3))
    kind = draw(st.sampled_from(by))
    rule[kind] = draw(some(list(CATEGORIES if kind == "categories" else FIELDS), min_size=1, max_size=3))
    fields = named_fields(rule)
    actions = ["withhold", "release"] + (["generalise"] if fields else [])
    if fields == {"persons.bsn"}:
        actions.append("pseudonymise")
    rule["action"] = draw(st.sampled_from(actions))
    if rule["action"] == "generalise":
        rule["to"] = draw(st.sampled_from(["present", "year"] if fields <= DATES else ["present"]))
    rule.update(draw(st.fixed_dictionaries({}, optional={
        "sources": st.lists(seats, unique=True, min_size=1, max_size=2),
        "purposes": some(PURPOSES, min_size=1), "for": some(AUDIENCES, min_size=1)})))
    return tidy(rule)


@st.composite
def bars(draw):
    bar = draw(conditions)
    bar["action"] = "withhold"
    if draw(st.booleans()):
        bar["recipients"] = draw(st.lists(seats, unique=True, min_size=1, max_size=2))
    bar["categories"] = draw(some(list(CATEGORIES), min_size=1, max_size=3))
    return tidy(bar)


def tidy(rule):
    return {k: v for k, v in rule.items() if v != []}


def named_fields(rule):
    return set(rule.get("fields", [])) | {f for c in rule.get("categories", []) for f in CATEGORIES[c]}


@st.composite
def questions(draw):
    person = draw(st.sampled_from([["victim"], ["suspect"], ["victim", "adult"], ["victim", "minor"],
                                   ["suspect", "adult", "consent_care"], ["victim", "minor", "consent_care"]]))
    return {"convenant": "t", "phase": draw(st.sampled_from(PHASES)), "purpose": draw(st.sampled_from(PURPOSES)),
            "from": draw(seats), "to": draw(seats), "as": draw(st.sampled_from(AUDIENCES)),
            "message": draw(some(MESSAGE, max_size=3)), "person": person}


some_rules = st.lists(rules(), min_size=1, max_size=8)
some_bars = st.lists(bars(), max_size=3)
some_questions = st.lists(questions(), min_size=4, max_size=10)


# --- asking the command ----------------------------------------------------------------------


def numbered(items, prefix):
    return [dict(item, id="%s%d" % (prefix, i), article="A") for i, item in enumerate(items)]


def write_policy(folder, rule_list, bar_list):
    never = {"id": "never", "article": "A", "action": "withhold", "when": ["cie"]}
    body = HEAD + "bars: %s\n" % json.dumps(bar_list + [never])
    body += "rules: %s\nend: t\n" % json.dumps(rule_list)
    (folder / "t.yaml").write_text(body)
    (folder / "parties.yaml").write_text(PARTIES)
    shutil.copy(SHIPPED / "categories.yaml", folder)


def sluis(*words):
    return subprocess.run([SLUIS, "--lang", "en", *map(str, words)], capture_output=True, text=True,
                          check=False, timeout=60)


def answers(rule_list, bar_list, question_list):
    """Per question: None if the recipient is not served, else {field: (action, rule)}."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "p").mkdir()
        write_policy(folder / "p", rule_list, bar_list)
        asked = [{k: v for k, v in q.items() if v != []} for q in question_list]
        (folder / "w.yaml").write_text("what_if: %s\nend: what-if\n" % json.dumps(asked))
        done = sluis("--json", "policy", "explain", folder / "p", "--what-if", folder / "w.yaml")
        if done.returncode != 0:
            raise AssertionError("exit %d\n%s%s\n%s" % (done.returncode, done.stdout, done.stderr,
                                                       (folder / "p" / "t.yaml").read_text()))
    out = []
    for answer in json.loads(done.stdout)["what_if"]:
        to = answer["recipients"][0]
        out.append(None if to["code"] != "ok" else
                   {f["path"]: (f["action"], f.get("rule")) for f in to["fields"] if f["path"] in FIELDS})
    return out


def openness(answer, field):
    return 0 if answer is None else OPENNESS[answer[field][0]]


# --- the order of precedence, a second time ----------------------------------------------------


def matches(seat_list, seat):
    role = seat.split("/")[0]
    return role in seat_list or seat in seat_list


def facts_hold(rule, true, known=None):
    when, any_of, unless = (set(rule.get(k, [])) for k in ("when", "when_any", "unless"))
    if known is not None:  # facts of the person are still open
        when &= known
        if any_of - known:
            any_of = set()
    return when <= true and not unless & true and (not any_of or bool(any_of & true))


def speaks(rule, q):
    return q["phase"] in rule.get("phases", PHASES) and \
        ("recipients" not in rule or matches(rule["recipients"], q["to"]))


def asker_fits(rule, q):
    return matches(rule.get("sources", list(ROLES)), q["from"]) and \
        q["purpose"] in rule.get("purposes", PURPOSES) and \
        (q["as"] in rule.get("for", ["signatory"]) or
         (q["as"] == "incidental" and "non_signatory" in rule.get("for", ["signatory"])))


def expected(rule_list, bar_list, q):
    message = set(q["message"])
    grants = [r for r in rule_list if r["action"] != "withhold" and speaks(r, q) and asker_fits(r, q)
              and facts_hold(r, message, set(MESSAGE))]
    if not grants:
        return None
    out = {}
    for field in FIELDS:
        true = message | (set(q["person"]) if field.startswith("persons.") else set())
        bar = next((b for b in bar_list if speaks(b, q) and field in named_fields(b) and facts_hold(b, true)), None)
        holding = [(("fields" not in r), q["to"] not in r["recipients"] or "/" not in q["to"],
                    strictness(r), i, r) for i, r in enumerate(rule_list)
                   if speaks(r, q) and asker_fits(r, q) and field in named_fields(r) and facts_hold(r, true)]
        if bar is not None:
            out[field] = ("withhold", bar["id"])
        elif holding:
            first = min(holding, key=lambda h: h[:4])[4]
            out[field] = (first["action"], first["id"])
        else:
            out[field] = ("withhold", None)
    return out


def strictness(rule):
    return OPENNESS[rule["action"]] * 2 + (1 if rule.get("to") == "year" else 0)


# --- properties ------------------------------------------------------------------------------


class Precedence(unittest.TestCase):
    @PROPERTY
    @given(some_rules, some_bars, some_questions)
    def test_every_field_is_ruled_as_the_order_of_precedence_says(self, r, b, q):
        r, b = numbered(r, "r"), numbered(b, "b")
        got = answers(r, b, q)
        for question, answer in zip(q, got):
            self.assertEqual(answer, expected(r, b, question), (question, r, b))

    @PROPERTY
    @given(some_rules, some_bars, some_questions)
    def test_what_no_rule_names_is_withheld_by_silence(self, r, b, q):
        r, b = numbered(r, "r"), numbered(b, "b")
        named = {f for rule in r + b for f in named_fields(rule)}
        for answer in answers(r, b, q):
            for field in FIELDS.keys() - named if answer else ():
                self.assertEqual(answer[field], ("withhold", None))

    @PROPERTY
    @given(some_rules, some_bars, bars(), some_questions)
    def test_adding_a_bar_never_widens(self, r, b, more, q):
        r, b, more = numbered(r, "r"), numbered(b, "b"), numbered([more], "x")
        for before, after in zip(answers(r, b, q), answers(r, b + more, q)):
            for field in FIELDS:
                self.assertLessEqual(openness(after, field), openness(before, field))

    @PROPERTY
    @given(st.lists(rules(by=("categories",), desks=False), min_size=1, max_size=6), some_bars,
           rules(by=("categories",), desks=False), some_questions)
    def test_adding_a_rule_never_widens_what_one_of_equal_rank_denies(self, r, b, more, q):
        r, b, more = numbered(r, "r"), numbered(b, "b"), numbered([more], "x")
        for before, after in zip(answers(r, b, q), answers(r + more, b, q)):
            for field in FIELDS if before and after else ():
                action, rule = before[field]
                if rule is not None and rule.startswith("r"):
                    self.assertLessEqual(OPENNESS[after[field][0]], OPENNESS[action], field)

    @PROPERTY
    @given(some_rules, some_bars, some_questions, st.data())
    def test_the_order_of_rules_and_bars_changes_no_action(self, r, b, q, data):
        r, b = numbered(r, "r"), numbered(b, "b")
        shuffled_r, shuffled_b = data.draw(st.permutations(r)), data.draw(st.permutations(b))
        for one, two in zip(answers(r, b, q), answers(shuffled_r, shuffled_b, q)):
            self.assertEqual({f: a for f, (a, _) in (one or {}).items()},
                             {f: a for f, (a, _) in (two or {}).items()})

    @PROPERTY
    @given(some_rules, some_bars, some_questions)
    def test_a_doubled_condition_never_widens(self, r, b, q):
        """One more fact to hold: nothing that was withheld opens."""
        narrower = [dict(rule, when=sorted(set(rule.get("when", [])) | {"urgent"}))
                    if rule["action"] != "withhold" else rule for rule in r]
        r, narrower, b = numbered(r, "r"), numbered(narrower, "r"), numbered(b, "b")
        assume(all("urgent" not in rule.get("unless", []) for rule in narrower))
        strictest = all(rule["action"] in ("release", "withhold") for rule in r)
        assume(strictest and all("fields" not in rule for rule in r))
        for before, after in zip(answers(r, b, q), answers(narrower, b, q)):
            for field in FIELDS:
                self.assertLessEqual(openness(after, field), openness(before, field))


# --- damaged files -----------------------------------------------------------------------------

FILES = sorted(p.name for p in SHIPPED.glob("*.yaml") if not p.name.endswith(".cases.yaml"))


class Damage(unittest.TestCase):
    def check(self, name, text):
        """Exit status and findings of the shipped policy with NAME replaced by TEXT."""
        with tempfile.TemporaryDirectory() as folder:
            for file in FILES:
                shutil.copy(SHIPPED / file, folder)
            (pathlib.Path(folder) / name).write_bytes(text)
            done = sluis("--json", "policy", "check", folder)
        self.assertIn(done.returncode, (0, 2), done.stderr)
        return done.returncode, json.loads(done.stdout)["findings"]

    def refused(self, name, text, what=""):
        status, findings = self.check(name, text)
        self.assertEqual(status, 2, "%s loads" % name)
        fatal = [f for f in findings if f["fatal"]]
        self.assertTrue(fatal)
        self.assertTrue(any(what in f["text"] for f in fatal), fatal)
        self.assertTrue(all(f["text"] for f in fatal))

    @PROPERTY
    @given(st.sampled_from(FILES), st.floats(0, 0.999))
    def test_a_file_cut_short_anywhere_is_refused(self, name, part):
        text = (SHIPPED / name).read_bytes()
        kept = text[:int(len(text) * part)].rstrip()
        assume(kept != text.rstrip())
        self.refused(name, kept)

    @PROPERTY
    @given(st.sampled_from(FILES), st.integers(0, 10 ** 6), st.binary(min_size=1, max_size=6))
    def test_a_file_with_a_smudge_never_breaks_the_check(self, name, at, smudge):
        text = bytearray((SHIPPED / name).read_bytes())
        at %= len(text)
        text[at:at + len(smudge)] = smudge
        self.check(name, bytes(text))

    @PROPERTY
    @given(st.sampled_from(FILES), st.data())
    def test_an_unknown_key_is_refused_wherever_it_stands(self, name, data):
        text = (SHIPPED / name).read_text()
        lines = text.split("\n")
        places = [i for i, line in enumerate(lines) if re.match(r" *(- )?[a-z_]+: ", line)]
        i = data.draw(st.sampled_from(places))
        indent = re.match(r" *(- )?", lines[i]).end()
        lines.insert(i + (1 if "- " in lines[i][:indent] else 0), " " * indent + "surprise: 1")
        try:
            yaml.safe_load("\n".join(lines))
        except yaml.YAMLError:
            assume(False)
        self.refused(name, "\n".join(lines).encode())

    @PROPERTY
    @given(st.sampled_from([f for f in FILES if f not in ("categories.yaml", "parties.yaml", "invariants.yaml")]),
           st.data())
    def test_an_id_that_stands_twice_is_refused(self, name, data):
        text = (SHIPPED / name).read_text()
        ids = re.findall(r"^  - id: (\S+)$", text, re.M)
        one, two = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
        assume(one != two)
        rules_of = text.split("\nbars:")[-1]
        assume("id: %s\n" % one in rules_of and "id: %s\n" % two in rules_of)
        self.refused(name, text.replace("id: %s\n" % one, "id: %s\n" % two).encode(), "already")

    def test_anchors_aliases_tags_and_merges_are_refused(self):
        for file in FILES:
            text = (SHIPPED / file).read_text()
            for wrong, what in (("surprise: &a 1\n", "anchor"), ("surprise: *a\n", ""),
                                ("surprise: !!str 1\n", "tag"), ("<<: {a: 1}\n", "merge"),
                                ("--- {}\n", ""), ("%YAML 1.2\n---\n", "")):
                self.refused(file, (wrong + text).encode(), what)

    def test_what_is_enormous_is_refused(self):
        for file in FILES:
            text = (SHIPPED / file).read_bytes()
            self.refused(file, text + b"# " + b"x" * (1 << 20), "1 MiB")
            self.refused(file, b"surprise: " + b"[" * 100 + b"]" * 100 + b"\n" + text)
            self.refused(file, b"surprise: [" + b"1," * 200000 + b"1]\n" + text)
            self.refused(file, b"surprise: " + b"y" * 5000 + b"\n" + text)

    def test_a_bomb_of_references_is_refused_at_once(self):
        bomb = "a0: &a0 [x]\n" + "".join("a%d: &a%d [*a%d,*a%d]\n" % (i, i, i - 1, i - 1) for i in range(1, 40))
        for file in FILES:
            self.refused(file, (bomb + (SHIPPED / file).read_text()).encode())

    def test_a_missing_file_is_refused(self):
        for file in ("categories.yaml", "parties.yaml"):
            with tempfile.TemporaryDirectory() as folder:
                for name in FILES:
                    if name != file:
                        shutil.copy(SHIPPED / name, folder)
                self.assertEqual(sluis("policy", "check", folder).returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
