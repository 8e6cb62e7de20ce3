# SPDX-License-Identifier: EUPL-1.2
"""Signing a policy and putting it in force at a broker that runs, or refusing to.

Every test makes its own next version of what is in force, so their order is free.  What
the broker says of itself (ready file), what it answers and what its journal says must be
the same story.
"""

import hashlib
import json
import pathlib
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import pki
import region as rg
import sluis_client as sc
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ALL = ("meldpunt", "politie", "nla", "zorgcoordinator", "veiligthuis", "om", "belastingdienst",
       "kmar")
WIDER = ("rules:\n  - {id: e2e-wide, article: Proef, recipients: [nla], "
         "fields: [persons.gender], action: release}\n")
KIND = cases.KIND


def texts(folder):
    """{name: bytes} of what a broker reads of a policy folder."""
    return {str(p.relative_to(folder)): p.read_bytes()
            for p in [*folder.glob("*.yaml"), *folder.glob("routes/*.yaml")]
            if not p.name.endswith(".cases.yaml")}


def bundle_hash(folder):
    """The bundle hash, from docs/wire.md 8.1."""
    h = hashlib.sha256()
    for name, text in sorted(texts(folder).items()):
        for part in (name.encode("utf-8"), text):
            h.update(struct.pack(">Q", len(part)) + part)
    return h.hexdigest()


class PolicyCase(cases.RegionCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)

    # --- candidates ---------------------------------------------------------------------

    @property
    def installed(self):
        return self.region.broker_dir / "policy"

    def candidate(self, *edits, version=None, name="candidate"):
        """An unsigned next version of what is in force; EDITS are (file, from, to).  Without
        its invariants: apply would prove them for every test again."""
        folder = self.tmp / name
        (folder / "routes").mkdir(parents=True)
        for file, text in texts(self.installed).items():
            if file != "invariants.yaml":
                (folder / file).write_bytes(text)
        now = self.region.ready()["policy_version"]
        edits += (("parties.yaml", "\nversion: %d\n" % now,
                   "\nversion: %d\n" % (now + 1 if version is None else version)),)
        for file, old, new in edits:
            text = (folder / file).read_text("utf-8")
            self.assertIn(old, text)
            (folder / file).write_text(text.replace(old, new, 1), "utf-8")
        return folder

    def sign(self, folder, *parties):
        for name in parties or ALL:
            self.region.command("policy", "sign", folder, party=name)
        return folder

    def signed(self, *edits, **options):
        return self.sign(self.candidate(*edits, **options))

    def next_text(self):
        """A change that says nothing: another bundle of the same rules."""
        return ("zorg.yaml", "\nend: zorg", "\n# %x\nend: zorg" % random.getrandbits(64))

    # --- the broker ---------------------------------------------------------------------

    def apply(self, folder, *options):
        return self.region.command(
            *options, "policy", "apply", folder, "--broker", self.region.dir, check=False)

    def install(self, folder):
        """Put FOLDER where the broker looks, past every check of the command."""
        shutil.rmtree(self.installed)
        shutil.copytree(folder, self.installed)

    def hang_up(self):
        """SIGHUP, until the broker has looked."""
        looks = self.region.ready()["policy_looks"]
        self.region.hang_up()
        rg.wait_for("the broker to look at its policy",
                    lambda: self.region.ready()["policy_looks"] > looks)
        return self.region.ready()

    def restart(self):
        self.region.kill_broker(signal.SIGTERM)
        self.region.start_broker()
        type(self).pid = self.region.broker_pid()
        self.sender.region = self.region.region
        self.sender.connect()
        return self.region.ready()

    def ruling(self):
        """The leaves of a new signal, verified."""
        answer = self.submit()
        self.assertEqual("ok", answer.code)
        return [sc.verify_receipt(o.receipt, self.verifier)[0] for o in answer.outcomes]

    def assert_in_force(self, hexhash):
        """Broker, answers and journal agree that this bundle is in force."""
        self.assertEqual(hexhash, self.region.ready()["policy"])
        for leaf in self.ruling():
            self.assertEqual(hexhash, leaf.bundle_hash.hex())
        took = [leaf for leaf in self.events() if leaf.kind == KIND["EVENT_POLICY"]]
        self.assertEqual(hexhash, took[-1].subject_digest.hex())

    def last_refusal(self):
        found = [leaf for leaf in self.events() if leaf.kind == KIND["EVENT_POLICY_REFUSED"]]
        self.assertTrue(found, "the journal shows no refusal")
        return found[-1]


class Applying(PolicyCase):
    def test_a_wider_rule_holds_from_the_next_signal_on(self):
        before = self.region.ready()["policy"]
        nla = self.region.to("nla")
        first = self.submit(to=nla)
        self.assertNotIn("e2e-wide", [g.rule for o in first.outcomes for g in o.groups])
        folder = self.signed(("afstemming.yaml", "rules:\n", WIDER))
        done = self.apply(folder)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn(bundle_hash(folder), done.stdout)
        self.assertEqual(before, bundle_hash(self.region.broker_dir / "policy.former"))
        second = self.submit(to=nla)
        self.assertIn("e2e-wide", [g.rule for o in second.outcomes for g in o.groups])
        self.assert_in_force(bundle_hash(folder))
        # what was delivered before stays, under the hash of its own day
        with self.region.client("nla") as c:
            leaves = [sc.journal_pb2.Leaf.FromString(d.receipt.leaf) for d in c.receive()]
            self.assertIn(before, [leaf.bundle_hash.hex() for leaf in leaves])
        self.assertEqual(0, self.apply(self.signed((
            "afstemming.yaml", WIDER, "rules:\n"), name="narrow")).returncode)

    def test_the_journal_names_who_signed(self):
        folder = self.sign(self.candidate(self.next_text()), "meldpunt", "politie", "om",
                           "zorgcoordinator")
        self.assertEqual(0, self.apply(folder).returncode)
        events = self.events()
        at = max(i for i, leaf in enumerate(events) if leaf.kind == KIND["EVENT_POLICY"])
        signers = [leaf for leaf in events[at + 1:]
                   if leaf.kind == KIND["EVENT_POLICY_SIGNED"]]
        self.assertEqual(
            {self.region.region.parties[n]["oin"]
             for n in ("meldpunt", "politie", "om", "zorgcoordinator")},
            {leaf.sender_oin for leaf in signers})
        files = {hashlib.sha256(p.read_bytes()).digest()
                 for p in (folder / "signatures").iterdir()}
        self.assertEqual(files, {leaf.subject_digest for leaf in signers})

    def test_the_journal_says_which_policy_held(self):
        folder = self.sign(self.candidate(self.next_text()), "meldpunt", "politie", "om",
                           "zorgcoordinator")
        self.assertEqual(0, self.apply(folder).returncode)
        held = bundle_hash(folder)
        self.assert_in_force(held)
        with open(self.installed / "zorg.yaml", "a", encoding="utf-8") as f:
            f.write("# not signed\n")
        refused = bundle_hash(self.installed)
        self.hang_up()
        said = json.loads(self.region.command(
            "--json", "audit", "list", "--max", "1000", party="auditor").stdout)
        last = {e["kind"]: e["index"] for e in said["entries"]}
        shown = {kind: self.region.command(
            "audit", "show", str(last[kind]), party="auditor").stdout
                 for kind in ("policy", "policy_signed", "policy_refused", "ruling")}
        self.assertRegex(shown["policy"], "bundle +" + held)
        self.assertRegex(shown["policy_signed"], "bundle +" + held)
        self.assertRegex(shown["policy_signed"], "refers to +%d\n" % last["policy"])
        self.assertRegex(shown["policy_refused"], "bundle +" + refused)
        self.assertRegex(shown["policy_refused"], "in force +" + held)
        self.assertRegex(shown["ruling"], "in force +" + held)
        listed = self.region.command("audit", "list", "--max", "1000", party="auditor").stdout
        self.assertRegex(listed, "policy in force.* %s" % held[:12])
        self.assertRegex(listed, "policy refused.* %s" % refused[:12])
        self.assertEqual(0, self.apply(self.signed(self.next_text(), name="good")).returncode)

    def test_the_same_bundle_again_does_nothing(self):
        done = self.apply(self.installed)
        self.assertEqual(0, done.returncode, done.stderr)
        ready = self.region.ready()
        self.assertEqual(ready["policy"], self.hang_up()["policy"])
        self.assertEqual("ok", self.region.ready()["policy_refused"])

    def test_only_what_counts_is_brought(self):
        folder = self.signed(self.next_text())
        secret = self.tmp / "secret.key"
        secret.write_text("secret\n", "utf-8")
        secret.chmod(0o600)
        (folder / "signatures" / "zz.sig").symlink_to(secret)
        rg.os.mkfifo(folder / "signatures" / "pipe.sig")
        (folder / "signatures" / "no.sig").write_text("no signature", "utf-8")
        good = {p.name for p in (folder / "signatures").iterdir()} - {
            "zz.sig", "pipe.sig", "no.sig"}
        done = self.apply(folder)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(good, {p.name for p in (self.installed / "signatures").iterdir()})
        self.assert_in_force(bundle_hash(folder))

    def test_every_signal_is_ruled_by_exactly_one_policy(self):
        old = self.region.ready()["policy"]
        folder = self.signed(self.next_text())
        stop, leaves, failures = threading.Event(), [], []

        def send():
            try:
                with self.region.client("meldpunt") as c:
                    while not stop.is_set():
                        answer = self.submit(c)
                        leaves.append({
                            sc.verify_receipt(o.receipt, self.verifier)[0].bundle_hash.hex()
                            for o in answer.outcomes})
            except Exception as e:  # pylint: disable=broad-except
                failures.append(e)

        sender = threading.Thread(target=send)
        sender.start()
        rg.wait_for("the first signals", lambda: len(leaves) > 5 or failures)
        self.assertEqual(0, self.apply(folder).returncode)
        n = len(leaves)
        rg.wait_for("signals after it", lambda: len(leaves) > n + 5 or failures)
        stop.set()
        sender.join()
        self.assertFalse(failures)
        self.assertEqual({1}, {len(seen) for seen in leaves})
        order = [seen.pop() for seen in leaves]
        switch = order.index(bundle_hash(folder))
        self.assertEqual({old}, set(order[:switch]))
        self.assertEqual({bundle_hash(folder)}, set(order[switch:]))

    def test_who_is_no_party_any_more_is_served_no_more(self):
        oin = self.region.region.parties["kmar"]["oin"]
        text = (self.installed / "parties.yaml").read_text("utf-8")
        start = text.index('  - oin: "%s"' % oin)
        block = text[start:text.index("\n\n", start)]
        folder = self.signed(("parties.yaml", block, block.replace(
            "desks: [opsporing]", "desks: [opsporing2]")))
        self.assertEqual("ok", self.region.client("kmar").ask(
            sc.SENT, sc.wire_pb2.Sent(max=1)).code)
        with self.region.client("kmar") as c:
            done = self.apply(folder)
            self.assertEqual(0, done.returncode, done.stderr)
            with self.assertRaises(sc.Refused) as refused:
                c.ask(sc.SENT, sc.wire_pb2.Sent(max=1))
            self.assertEqual("not_enrolled", refused.exception.answer.code)
        self.assertEqual(0, self.apply(self.signed(
            ("parties.yaml", "opsporing2", "opsporing"), name="back")).returncode)
        with self.region.client("kmar") as c:
            self.assertEqual("ok", c.ask(sc.SENT, sc.wire_pb2.Sent(max=1)).code)


class Refusing(PolicyCase):
    def assert_kept(self, code, candidate=None):
        """Past the command and straight at the broker: it keeps what it has."""
        before = self.region.ready()["policy"]
        ready = self.hang_up()
        self.assertEqual(code, ready["policy_refused"])
        leaf = self.last_refusal()
        self.assertEqual(code, leaf.code)
        self.assertEqual(before, leaf.bundle_hash.hex())
        if candidate:
            self.assertEqual(candidate, leaf.subject_digest.hex())
        self.assert_in_force(before)
        # and it is what the broker begins with again
        self.assertEqual(code, self.restart()["policy_refused"])
        self.assert_in_force(before)

    def tearDown(self):
        super().tearDown()
        self.assertEqual(0, self.apply(self.signed(self.next_text(), name="good")).returncode)

    def test_a_stripped_signature_leaves_the_old_policy_in_force(self):
        folder = self.sign(self.candidate(("afstemming.yaml", "rules:\n", WIDER)),
                           "meldpunt", "politie", "om", "zorgcoordinator")
        (folder / "signatures" / (self.region.region.parties["zorgcoordinator"]["oin"] + ".sig")
         ).unlink()
        done = self.apply(folder)
        self.assertEqual(3, done.returncode)
        self.assertIn("policy_not_approved", done.stderr)
        self.assertNotEqual(bundle_hash(folder), bundle_hash(self.installed))
        good = self.tmp / "good-before"
        shutil.copytree(self.installed, good)
        self.install(folder)
        self.assert_kept("policy_not_approved", bundle_hash(folder))
        self.install(good)

    def test_a_bundle_that_asks_less_of_itself_is_not_enough(self):
        text = (self.installed / "parties.yaml").read_text("utf-8")
        head, lists = text.split("\napproval:\n")
        low = "\n".join("    needed: 1" if line.strip().startswith("needed:") else line
                        for line in lists.split("\n"))
        folder = self.sign(self.candidate(("parties.yaml", lists, low)), "meldpunt", "politie")
        self.assertNotEqual("", head)
        done = self.apply(folder)
        self.assertEqual(3, done.returncode)
        self.assertIn("the policy in force", done.stdout)
        good = self.tmp / "good-before"
        shutil.copytree(self.installed, good)
        self.install(folder)
        self.assert_kept("policy_not_approved", bundle_hash(folder))
        self.install(good)

    def test_an_older_version_is_refused(self):
        version = self.region.ready()["policy_version"]
        older = self.tmp / "older"
        shutil.copytree(self.installed, older)
        self.assertEqual(0, self.apply(self.signed(self.next_text())).returncode)
        done = self.apply(older)
        self.assertEqual(3, done.returncode)
        self.assertIn("policy_not_newer", done.stderr)
        good = self.tmp / "good-before"
        shutil.copytree(self.installed, good)
        self.install(older)
        self.assert_kept("policy_not_newer", bundle_hash(older))
        self.install(good)
        self.hang_up()
        same = self.signed(self.next_text(), version=version + 1, name="same")
        self.assertIn("policy_not_newer", self.apply(same).stderr)

    def test_a_route_that_changed_after_signing_is_not_approved(self):
        """Who may step where is part of what the parties signed."""
        good = self.tmp / "good-before"
        shutil.copytree(self.installed, good)
        folder = self.signed(self.next_text())
        route = folder / "routes" / "nijmegen.yaml"
        text = route.read_text("utf-8")
        route.write_text(text.replace("by: [municipality/analist]\n    needs",
                                      "by: [municipality/meldpunt]\n    needs", 1), "utf-8")
        self.assertNotEqual(text, route.read_text("utf-8"))
        self.assertIn("policy_not_approved", self.apply(folder).stderr)
        self.install(folder)
        self.assert_kept("policy_not_approved", bundle_hash(folder))
        route.unlink()
        self.install(folder)
        self.assert_kept("policy_not_approved", bundle_hash(folder))
        self.install(good)
        self.hang_up()
        route.write_text(text, "utf-8")
        self.assertEqual(0, self.apply(folder).returncode)
        self.assert_in_force(bundle_hash(folder))
        self.assertEqual(bundle_hash(folder), self.restart()["policy"])

    def test_a_broken_file_changes_nothing(self):
        good = self.tmp / "good-before"
        shutil.copytree(self.installed, good)
        next_one = self.signed(self.next_text())
        with open(self.installed / "riec.yaml", "a", encoding="utf-8") as f:
            f.write("]: [\n")
        done = self.region.command(
            "policy", "signatures", next_one, "--broker", self.region.dir, check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assert_kept("policy_not_approved", bundle_hash(self.installed))
        self.assertEqual(2, self.apply(self.installed).returncode)
        shutil.rmtree(self.installed)
        self.assert_kept("storage_failed")
        shutil.copytree(good, self.installed)

    def test_a_broken_revocation_list_lets_no_revoked_party_sign(self):
        good = self.tmp / "good-before"
        shutil.copytree(self.installed, good)
        crl = self.region.dir / "ca" / "crl.pem"
        list_before = crl.read_bytes()
        folder = self.sign(self.candidate(("afstemming.yaml", "rules:\n", WIDER)),
                           "meldpunt", "politie", "om", "zorgcoordinator")
        before = self.region.ready()["policy"]
        crl.write_bytes(b"garbage")
        self.install(folder)
        ready = self.hang_up()
        self.assertEqual(before, ready["policy"])
        self.assertNotIn(ready["policy_refused"], ("ok", "policy_not_approved"))
        self.assertEqual(ready["policy_refused"], self.last_refusal().code)
        crl.write_bytes(list_before)
        self.install(good)
        self.assertEqual("ok", self.hang_up()["policy_refused"])

    def test_what_breaks_its_own_invariants_or_cases_is_not_brought(self):
        folder = self.candidate(self.next_text())
        (folder / "invariants.yaml").write_text(
            "invariants:\n  - id: nothing-ever\n    text: {nl: niets, en: nothing}\n"
            "    never: given\nend: invariants\n", "utf-8")
        done = self.apply(self.sign(folder))
        self.assertEqual(9, done.returncode, done.stderr)
        self.assertIn("nothing-ever", done.stderr)
        self.assertIn("sluis policy prove DIR", done.stderr)
        self.assertNotIn("sluis policy check", done.stderr)
        wrong = self.candidate(self.next_text(), name="wrong")
        (wrong / "zorg.cases.yaml").write_text(
            "cases:\n  - id: e2e-wrong\n    covers: [8A.1]\n    says: Dit klopt niet.\n"
            "    facts: {convenant: zorg, phase: '1', purpose: hulpverlening, "
            "from: municipality, to: zorgcoordinator}\n"
            "    expect: {code: barred}\nend: zorg.cases\n", "utf-8")
        done = self.apply(self.sign(wrong))
        self.assertEqual(9, done.returncode, done.stderr)
        self.assertIn("e2e-wrong", done.stderr)
        self.assertIn("sluis policy test DIR", done.stderr)

    def test_what_the_broker_refuses_goes_out_of_its_folder_again(self):
        """The command believes an authority that the broker does not."""
        folder = self.signed(self.next_text())
        before = bundle_hash(self.installed)
        crl = self.region.dir / "ca" / "crl.pem"
        good = crl.read_bytes()
        config = self.region.broker_dir / "other.yaml"
        text = (self.region.broker_dir / "sluisd.yaml").read_text("utf-8")
        (self.region.dir / "ca" / "old.pem").write_bytes(good)
        config.write_text(text.replace("../ca/crl.pem", "../ca/old.pem"), "utf-8")
        for name in ("politie", "om"):
            self.region.command("party", "revoke", self.region.party_dir(name), "--ca",
                                self.region.dir / "ca")
        done = self.region.command("policy", "apply", folder, "--broker", config, check=False)
        self.assertEqual(3, done.returncode, done.stdout)
        self.assertIn("policy_not_approved", done.stderr)
        self.assertEqual(before, bundle_hash(self.installed))
        self.assertEqual(bundle_hash(folder),
                         bundle_hash(self.region.broker_dir / "policy.refused"))
        # the police and OM come back: it was a test
        newest = x509.load_pem_x509_crl(crl.read_bytes()).extensions.get_extension_for_class(
            x509.CRLNumber).value.crl_number
        crl.write_bytes(pki.Authority.read(self.region.dir / "ca").revocation_list(
            number=newest + 1))
        config.unlink()
        self.hang_up()
        self.assert_in_force(before)


class Beginning(PolicyCase):
    still_serves = False

    def other_state(self):
        config = self.region.broker_dir / "fresh.yaml"
        text = (self.region.broker_dir / "sluisd.yaml").read_text("utf-8")
        config.write_text(
            text.replace("state_dir: state", "state_dir: %s" % (self.tmp / "state"))
            .replace("policy_dir: policy", "policy_dir: %s" % (self.tmp / "policy"))
            .replace("ready_file: ready.json\n", "published_file: %s\n" % (
                self.tmp / "published-head")), "utf-8")
        self.addCleanup(config.unlink)
        return config

    def sluisd(self, config, *options):
        return subprocess.run(
            [rg.binary("sluisd"), "-c", str(config), *options], capture_output=True, text=True,
            timeout=rg.LIMIT_S, check=False, stdin=subprocess.DEVNULL)

    def test_a_broker_without_a_policy_does_not_begin_with_an_unsigned_one(self):
        config = self.other_state()
        shutil.copytree(self.installed, self.tmp / "policy")
        self.assertEqual(0, self.sluisd(config, "-t").returncode)
        shutil.rmtree(self.tmp / "policy" / "signatures")
        for options in ((), ("-t",)):
            done = self.sluisd(config, *options)
            self.assertNotEqual(0, done.returncode)
            self.assertIn("policy_not_approved", done.stderr)


class Trusting(PolicyCase):
    def anchors(self):
        return [leaf.subject_digest for leaf in self.events()
                if leaf.kind == KIND["EVENT_ANCHORS"]]

    def test_the_journal_shows_which_authorities_were_trusted(self):
        file = self.region.dir / "ca" / "ca.pem"
        before = file.read_bytes()
        self.assertEqual(hashlib.sha256(before).digest(), self.anchors()[-1])
        n = len(self.anchors())
        self.hang_up()
        self.assertEqual(n, len(self.anchors()))
        other = self.tmp / "other"
        self.region.command("party", "ca", other, "--name", "Andere CA")
        crl = self.region.dir / "ca" / "crl.pem"
        lists = crl.read_bytes()
        file.write_bytes(before + (other / "ca.pem").read_bytes())
        crl.write_bytes(lists + (other / "crl.pem").read_bytes())
        changed = file.read_bytes()
        self.hang_up()
        file.write_bytes(before)
        crl.write_bytes(lists)
        self.hang_up()
        self.assertEqual([hashlib.sha256(x).digest() for x in (changed, before)],
                         self.anchors()[n:])


class Rollback(PolicyCase):
    """Who can write the state cannot choose another policy."""

    still_serves = False

    def spoil(self, *statements):
        self.region.kill_broker(signal.SIGTERM)
        db = sqlite3.connect(self.region.broker_dir / "state" / "sluis.db")
        for sql in statements:
            db.execute(sql)
        db.commit()
        db.close()

    def test_no_older_policy_rules_again(self):
        old = self.tmp / "old"
        shutil.copytree(self.installed, old)
        self.assertEqual(0, self.apply(self.signed(self.next_text())).returncode)
        self.spoil("DELETE FROM policy_file WHERE policy = (SELECT max(seq) FROM policy)",
                   "DELETE FROM policy WHERE seq = (SELECT max(seq) FROM policy)")
        self.install(old)
        done = subprocess.run([rg.binary("sluisd"), "-c",
                               self.region.broker_dir / "sluisd.yaml"],
                              capture_output=True, text=True, timeout=rg.LIMIT_S, check=False)
        self.assertEqual(6, done.returncode, done.stderr)
        self.assertIn("POLICY-STATE-CHANGED", done.stderr)


class Crashing(PolicyCase):
    """The broker is killed at every point of an apply: it has the old policy or the new
    one, whole, and never neither."""

    def applying(self, folder):
        return subprocess.Popen(
            [rg.binary("sluis"), "--timeout", "30000", "policy", "apply", str(folder),
             "--broker", str(self.region.dir)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def after_the_crash(self, old, folder):
        self.region.start_broker()
        type(self).pid = self.region.broker_pid()
        self.sender.region = self.region.region
        self.sender.connect()
        now = self.region.ready()["policy"]
        self.assertIn(now, (old, bundle_hash(folder)))
        self.assert_in_force(now)

    def test_killed_before_it_could_look(self):
        old = self.region.ready()["policy"]
        folder = self.signed(self.next_text())
        pid = self.region.broker_pid()
        rg.os.kill(pid, signal.SIGSTOP)
        p = self.applying(folder)
        rg.wait_for("the folder to be swapped", lambda: self.installed.exists() and
                    bundle_hash(self.installed) == bundle_hash(folder))
        self.region.kill_broker()
        _, err = p.communicate(timeout=rg.LIMIT_S)
        self.assertEqual(7, p.returncode, err)
        self.after_the_crash(old, folder)
        self.assertEqual(bundle_hash(folder), self.region.ready()["policy"])

    def test_killed_at_any_moment(self):
        for round_ in range(6):
            old = self.region.ready()["policy"]
            folder = self.signed(self.next_text(), name="round%d" % round_)
            p = self.applying(folder)
            threading.Event().wait(random.uniform(0, 0.03))
            self.region.kill_broker()
            p.communicate(timeout=rg.LIMIT_S)
            self.after_the_crash(old, folder)
            self.apply(folder)


class Signing(PolicyCase):
    def test_a_signature_is_what_the_document_says(self):
        folder = self.sign(self.candidate(self.next_text()), "politie")
        oin = self.region.region.parties["politie"]["oin"]
        (path,) = (folder / "signatures").iterdir()
        self.assertEqual(oin + ".sig", path.name)
        file = sc.wire_pb2.PolicySignature.FromString(path.read_bytes())
        envelope = sc.wire_pb2.Envelope.FromString(file.endorsement)
        self.assertEqual("application/vnd.sluis.endorsement.v1", envelope.payload_type)
        certificate = x509.load_pem_x509_certificate(file.chain_pem)
        certificate.public_key().verify(
            envelope.signatures[0].sig, sc.pae(envelope.payload_type, envelope.payload),
            ec.ECDSA(hashes.SHA256()))
        m = sc.wire_pb2.Endorsement.FromString(envelope.payload)
        self.assertEqual(bundle_hash(folder), m.bundle_hash.hex())
        self.assertEqual(self.region.ready()["policy_version"] + 1, m.version)
        self.assertEqual((oin, "avim"), (m.oin, m.desk))

    def test_who_is_missing_is_said(self):
        folder = self.sign(self.candidate(self.next_text()), "politie")
        words = ("policy", "signatures", folder, "--broker", self.region.dir)
        done = self.region.command("--json", *words, check=False)
        self.assertEqual(3, done.returncode)
        said = json.loads(done.stdout)
        self.assertEqual((False, "policy_not_approved"), (said["approved"], said["code"]))
        riec = next(x for x in said["lists"] if x["convenant"] == "riec")
        self.assertEqual((1, 2), (riec["signed"], riec["needed"]))
        self.assertEqual([True], [p["signed"] for p in riec["parties"]
                                  if p["oin"] == self.region.region.parties["politie"]["oin"]])
        short = self.region.command(*words, check=False).stdout
        self.assertRegex(short, r"riec +this policy +2 +1 +1 more needed")
        self.assertNotIn("missing", short)
        dutch = self.region.command("--lang", "nl", *words, "--all", check=False)
        self.assertIn("nog 1 nodig", dutch.stdout)
        self.assertIn("ontbreekt", dutch.stdout)
        self.assertIn("policy_not_approved", dutch.stderr)
        self.sign(folder, "meldpunt", "om", "zorgcoordinator")
        done = self.region.command(*words, check=False)
        self.assertEqual(0, done.returncode)
        self.assertIn("enough", done.stdout)
        self.assertNotIn("more needed", done.stdout)

    def test_a_signature_under_another_text_is_not_called_missing(self):
        version = self.region.ready()["policy_version"]
        folder = self.signed(self.next_text(), version=version)
        oin = self.region.region.parties["politie"]["oin"]
        with open(folder / "zorg.yaml", "a", encoding="utf-8") as f:
            f.write("# after signing\n")
        words = ("policy", "signatures", folder, "--broker", self.region.dir)
        done = self.region.command(*words, "--all", check=False)
        self.assertIn("policy_not_approved", done.stderr)
        self.assertRegex(done.stdout, oin + " +does not count: .*another text")
        self.assertIn("version is not higher", done.stdout)
        said = json.loads(self.region.command("--json", *words, check=False).stdout)
        self.assertEqual({"digest_does_not_match"}, {
            p["code"] for x in said["lists"] for p in x["parties"] if p["oin"] == oin})
        self.assertNotIn("missing", "".join(
            line for line in done.stdout.splitlines() if oin in line))

    def test_who_has_only_the_authoritys_certificate_can_count_too(self):
        folder = self.sign(self.candidate(self.next_text()), "meldpunt", "politie", "om",
                           "zorgcoordinator")
        ca = self.region.dir / "ca" / "ca.pem"
        words = ("policy", "signatures", folder, "--anchors")
        self.assertEqual(0, self.region.command(*words, ca, check=False).returncode)
        missing = self.region.command(*words, ca, "--crl", self.tmp / "none.pem", check=False)
        self.assertEqual(5, missing.returncode)
        foreign = self.tmp / "foreign"
        self.region.command("party", "ca", foreign, "--name", "Vreemde CA")
        done = self.region.command(*words, foreign / "ca.pem", check=False)
        self.assertEqual(3, done.returncode)
        self.assertIn("does not count", done.stdout)

    def test_a_party_signs_for_another_that_lets_it(self):
        police, om = (self.region.region.parties[n]["oin"] for n in ("politie", "om"))
        text = (self.installed / "parties.yaml").read_text("utf-8")
        block = text[text.index('  - oin: "%s"' % police):]
        line = next(x for x in block.splitlines() if "convenant: riec," in x)
        self.assertTrue(line.endswith("}"))
        self.assertEqual(0, self.apply(self.signed(
            ("parties.yaml", block, block.replace(
                line, line.replace("}", ', on_behalf_of: ["%s"]}' % om), 1)))).returncode)
        folder = self.candidate(self.next_text(), name="next")
        first = self.region.command("policy", "sign", folder, party="politie")
        self.assertNotIn("replaces", first.stdout)
        done = self.region.command(
            "policy", "sign", folder, "--on-behalf-of", om, party="politie")
        self.assertIn("replaces the signature of desk avim of 20", done.stdout)
        self.assertIn(", on behalf of ", done.stdout)
        self.assertIn("not let you sign for it under zvh: it will not count", done.stderr)
        self.assertNotIn("under riec", done.stderr)
        again = self.region.command("policy", "sign", folder, party="politie")
        self.assertRegex(again.stdout, "replaces the signature of desk avim.*on behalf of")
        self.region.command("policy", "sign", folder, "--on-behalf-of", om, party="politie")
        said = json.loads(self.region.command(
            "--json", "policy", "signatures", folder, "--broker", self.region.dir,
            check=False).stdout)
        for convenant, by in (("riec", police), ("zvh", None)):
            (riec,) = [x for x in said["lists"]
                       if x["convenant"] == convenant and not x["in_force"]]
            self.assertEqual(
                [by], [p.get("by") for p in riec["parties"] if p["oin"] == om], convenant)
        for wrong in (police, "everybody", om + "," + om):
            done = self.region.command("policy", "sign", folder, "--on-behalf-of", wrong,
                                       party="politie", check=False)
            self.assertEqual(2, done.returncode, wrong)

    def test_a_folder_that_is_no_policy_is_not_signed(self):
        folder = self.candidate(self.next_text())
        (folder / "zorg.yaml").write_text("convenant: zorg\n", "utf-8")
        done = self.region.command("policy", "sign", folder, party="politie", check=False)
        self.assertEqual(2, done.returncode)
        self.assertFalse((folder / "signatures").exists())

    def test_another_partys_key_signs_nothing(self):
        folder = self.candidate(self.next_text())
        done = self.region.command(
            "policy", "sign", folder, "--certificate",
            self.region.party_dir("politie") / "chain.pem", "--key",
            self.region.party_dir("om") / "private-key.pem", check=False)
        self.assertEqual(2, done.returncode)
        self.assertFalse((folder / "signatures").exists())

    def test_a_party_that_nobody_asks_is_told_so(self):
        folder = self.candidate(self.next_text())
        done = self.region.command("policy", "sign", folder, party="auditor")
        self.assertIn("approval list", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
