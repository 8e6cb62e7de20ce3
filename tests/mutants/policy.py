#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Break the policy engine on purpose, one line at a time, and see that a test notices.

    tests/mutants/policy.py [--build DIR] [NAME...]

Works in a copy of the tree (a git worktree under DIR, which is made and removed), builds the
tests there and runs them after each change.  A mutant that survives is a missing test; a change
that no longer fits the source stops the run.  Takes some ten minutes, and is run by hand before an issue
that touches policy/ is closed.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# fast first: a mutant is dead at the first test that fails
TESTS = ["test_policy_rule", "test_policy_language", "test_policy_order", "test_facts", "test_nearest",
         "test_lint", "test_scenario", "test_cases", "test_prove", "test_policy_load", "test_matrix", "test_grid",
         "test_redact", "policy_cases", "policy_invariants"]

# name: file, text, instead
MUTANTS = {
    "ignore the phase": ("table.c", "if ((rule->phases >> phase & 1) == 0) return false;", ""),
    "ignore the source": ("cells.c", "return source && (c->not_source_desks", "return (c->not_source_desks"),
    "ignore excepted desks": ("cells.c", "(c->not_source_desks & who.desks) == 0", "true"),
    "ignore the purpose of a rule": ("cells.c", "(c->purposes >> who.purpose & 1) != 0", "true"),
    "ignore the audience": ("cells.c", "(c->audience & who.audience) != 0", "true"),
    "ignore `when`": ("cells.c", "((c->when & known) & ~facts) != 0", "false"),
    "ignore `unless`": ("cells.c", "(c->unless & facts) != 0", "false"),
    "ignore `when_any`": ("cells.c", "return any == 0 || (any & facts) != 0 || (any & ~known) != 0;", "return true;"),
    "`when_any` means all": ("cells.c", "(any & facts) != 0 ||", "(any & facts) == any ||"),
    "who declared counts as signatory": ("cells.c", "return AUDIENCE_INCIDENTAL | AUDIENCE_NON_SIGNATORY;",
                                         "return AUDIENCE_SIGNATORY;"),
    "an ended convenant serves signatories": ("cells.c", "return AUDIENCE_EXPIRED;\n	if", "return AUDIENCE_SIGNATORY;\n	if"),
    "forget what the supplier refuses": ("cells.c", "withhold_held_back(row, facts, held_back, cells);", "(void)0;"),
    "ignore the last day of a convenant": ("rule.c", "bool    ended = q->today > c->info.until;",
                                           "bool    ended = false;"),
    "a convenant ends a day late": ("rule.c", "q->today > c->info.until", "q->today > c->info.until + 1"),
    "ignore the first day of a convenant": ("rule.c", "q->today >= c->info.from", "true"),
    "ignore registration": ("rule.c", "c->info.registration != NULL && q->today", "q->today"),
    "ignore the region of a convenant": ("rule.c", "(!ended || c->info.after_end) && covers(c, region)",
                                         "(!ended || c->info.after_end)"),
    "an unknown region will do": ("rule.c", "return false;\n}\n\nstatic bool\ncovers", "return true;\n}\n\nstatic bool\ncovers"),
    "a caller may claim to have signed": ("rule.c", ".message                 = message & FACTS_MESSAGE & ~derived",
                                          ".message                 = message & FACTS_MESSAGE"),
    "ignore the sender's desk": ("rule.c", "(s->desk == NULL || (desk != NULL && strcmp(s->desk, desk) == 0))", "true"),
    "the sender need not sign": ("rule.c", "if ((a->ret->message & fact_bit(FACT_SENDER_SIGNED)) == 0)", "if (false)"),
    "no bar refuses": ("rule.c", "if (bar == NULL) return RC_OK;\n	a->ret->refused = true;", "return RC_OK;\n	a->ret->refused = true;"),
    "no bar excludes": ("rule.c", "if (bar != NULL) return deny_by_bar(a, bar);", ""),
    "the seat of a role serves its desk": ("rule.c", "if (row == NULL || s->desk != NULL)", "if (row == NULL)"),
    "whoever gets nothing is served": ("rule.c", "if (row == NULL || !grants_something(a, row)) return deny_recipient(a, row);",
                                       "if (row == NULL) return deny_recipient(a, row);"),
    "obligations are forgotten": ("rule.c", "ret->obligations[ret->n_obligations++] = &o->info;", "(void)o;"),
    "an obligation binds everybody": ("rule.c", "return o->n_recipients == 0;", "return true;"),
    "a signature never begins": ("parties.c", "today < s->from || s->until < today", "s->until < today"),
    "a signature never ends": ("parties.c", "today < s->from || s->until < today", "today < s->from"),
    "a signature counts everywhere": ("parties.c", "if (s->regions == NULL) return true;", "return true;"),
    "nobody signs for another": ("parties.c", "for (size_t i = 0; i < m->n_by_others; i++)", "for (size_t i = 0; i < 0; i++)"),
    "bars come last": ("table.c", "if (x_bar != y_bar) return x_bar ? -1 : 1;", "if (x_bar != y_bar) return x_bar ? 1 : -1;"),
    "category beats field": ("table.c", "return x->rule->by_field ? -1 : 1;", "return x->rule->by_field ? 1 : -1;"),
    "role beats desk": ("table.c", "return x->by_desk ? -1 : 1;", "return x->by_desk ? 1 : -1;"),
    "the more open of equals wins": ("table.c", "return tells(x) < tells(y) ? -1 : 1;", "return tells(x) < tells(y) ? 1 : -1;"),
    "`except_recipients` is for them": ("table.c", "(names_seat(rule, seat) > 0) != rule->all_but", "(names_seat(rule, seat) > 0)"),
    "an embargo needs no contact": ("facts.c", "!dated || !named", "!dated"),
    "an embargo is never overdue": ("facts.c", "dated && review < today", "false"),
    "unknown age is adult": ("facts.c", "fact_if(adult && !minor, FACT_ADULT)", "fact_if(!minor, FACT_ADULT)"),
    "withdrawn consent counts": ("facts.c", "if (c->withdrawn_on != NULL) return false;", ""),
    "consent from tomorrow counts": ("facts.c", "|| given > today) return false;", ") return false;"),
    "a refusal reaches only whom it names not": ("policy.c", "return r->n_recipients == 0;", "return r->n_recipients != 0;"),
    "an anchor may stand": ("read/yaml_parse.c", "if (anchor != NULL)", "if (false)"),
    "a key may stand twice": ("read/yaml_parse.c", "if (strcmp(map->items[i]->text, map->items[j]->text) == 0)", "if (false)"),
    "a cut file loads": ("read/read.c", "if (text == NULL || strcmp(text, name) != 0 || yaml_value(root, n - 1) != end)", "if (false)"),
    "a rule id may stand twice": ("read/compile.c", "if (strcmp(sorted[i]->info.id, sorted[i - 1]->info.id) == 0)", "if (false)"),
    "the fewest steps do not count": ("study/nearest.c", "for (size_t n = 1; n <= STEPS_MAX; n++)", "for (size_t n = STEPS_MAX; n > 0; n--)"),
    "only the first facts are walked": ("study/space.c", "if (w->value[i] != 0) return true;", "return false;"),
    "equals never conflict": ("study/lint.c", "first->rank == c->rank &&", "first->rank != c->rank &&"),
}


def run(*words, cwd):
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)


def killed_by(tree, build):
    built = run("ninja", "-C", str(build), "all", cwd=tree)
    if built.returncode != 0:
        return "the compiler"
    done = run("ctest", "--test-dir", str(build), "--stop-on-failure", "-j2", "-R",
               "^(%s)$" % "|".join(TESTS), cwd=tree)
    failed = [line.split("-", 1)[1].split("(")[0].strip() for line in done.stdout.splitlines()
              if "(Failed)" in line or "(SEGFAULT)" in line or "(Timeout)" in line]
    return ", ".join(failed) if done.returncode != 0 else None


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--build", help="where to work (default: a temporary folder)")
    arguments.add_argument("names", nargs="*", help="only these mutants")
    a = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        tree = pathlib.Path(a.build or temporary) / "mutants"
        run("git", "worktree", "add", "--detach", str(tree), "HEAD", cwd=ROOT)
        try:
            return try_all(tree, a.names or MUTANTS)
        finally:
            run("git", "worktree", "remove", "--force", str(tree), cwd=ROOT)


def try_all(tree, names):
    build = tree / "build" / "dev"
    made = run("cmake", "-S", ".", "-B", str(build), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
               "-DCMAKE_C_COMPILER_LAUNCHER=" + (shutil.which("ccache") or "env"), cwd=tree)
    if made.returncode != 0 or killed_by(tree, build) is not None:
        sys.exit("mutants: the tests fail before anything is broken")
    survivors = 0
    for name in names:
        file, text, instead = MUTANTS[name]
        path = tree / "policy" / file
        source = path.read_text()
        if source.count(text) < 1:
            sys.exit("mutants: '%s' does not fit %s" % (name, file))
        path.write_text(source.replace(text, instead, 1))
        killer = killed_by(tree, build)
        path.write_text(source)
        survivors += killer is None
        print("%-45s %s" % (name, killer or "SURVIVES"), flush=True)
    print("%d mutants, %d survive" % (len(names), survivors))
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
