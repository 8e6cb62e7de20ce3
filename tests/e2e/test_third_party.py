#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Who trusts neither us nor our programs: our evidence, checked by those of others.

An export and a receipt of a real region are verified by golang.org/x/mod/sumdb as Debian
packages it (tests/third_party/verify.go), by openssl and sha256sum alone
(tests/third_party/verify.bash) and by a verifier written from the specifications
(tests/python/verifier.py), a copy by another (tests/third_party/verify_copy.py) and by the
lines that docs/verify.md gives; our own command verifies a public log that others made.  What
one of them accepts, none accepts after a change.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import nacl.signing
import region as rg
import sluis_client as sc
import verifier

HERE = rg.ROOT / "tests" / "third_party"
VECTORS = rg.ROOT / "tests" / "vectors" / "tlog-tiles"
VECTOR_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
GOPATH = pathlib.Path("/usr/share/gocode")
SUMDB = GOPATH / "src" / "golang.org" / "x" / "mod" / "sumdb" / "note" / "note.go"
ENTRIES = 300       # more than one tile


def run(*words, **more):
    return subprocess.run([str(w) for w in words], capture_output=True, text=True,
                          errors="replace", check=False, timeout=300, **more)


def build_go(folder):
    """The Go program, from Debian's packages alone; its path."""
    env = dict(os.environ, GO111MODULE="off", GOFLAGS="", GOPATH=str(GOPATH),
               GOCACHE=str(folder / "go-cache"), GOPROXY="off", HOME=str(folder))
    done = run("go", "build", "-o", folder / "verify", HERE / "verify.go", env=env)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return folder / "verify"


class ThirdParty(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="sluis-third-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.go = None
        if shutil.which("go") and SUMDB.is_file():
            cls.go = build_go(cls.dir)
        with rg.Region() as r:
            cls.key = r.region.data["verifier"]
            r.command("signal", "send", rg.SIGNALS / "05-niece-in-the-household.json",
                      "--convenant", "zorg", "--phase", "1", "--purpose", "hulpverlening",
                      "--to", "zorgcoordinator", "--no-preview", party="meldpunt")
            cls.keep_copy(r)
            r.command("audit", "export", cls.dir / "small", party="auditor")
            with r.client("auditor") as c:
                while c.audit_read(0, 1)[1].size < ENTRIES:
                    pass
            r.command("audit", "export", cls.dir / "export", party="auditor")
            r.command("audit", "prove", "policy", "--out", cls.dir / "policy.tlog-proof",
                      party="meldpunt")
            r.command("audit", "prove", ENTRIES - 7, "--out", cls.dir / "late.tlog-proof",
                      party="auditor")

    @classmethod
    def keep_copy(cls, r):
        """What was sent, as its recipient can show it, and what it takes to forge that."""
        waiting = json.loads(r.command(
            "--json", "inbox", "list", party="zorgcoordinator").stdout)["deliveries"]
        show = ["inbox", "show", waiting[0]["id"], "--evidence", cls.dir / "copy"]
        try:
            cls.not_kept = r.command(*show, party="zorgcoordinator").stdout
        except RuntimeError as e:
            cls.not_kept = str(e)
        r.command(*show, "--save", party="zorgcoordinator")
        shutil.copy(r.dir / "anchors.pem", cls.dir)
        cls.sender_seed = sc.Party.read(r.party_dir("meldpunt")).keys.ed25519_seed

    def need_go(self):
        if self.go is None:
            self.skipTest("no golang-go or golang-golang-x-mod-dev here (debian-packages.txt)")

    def verify_go(self, *words):
        return run(self.go, *words)

    def verify_shell(self, *words):
        return run(HERE / "verify.bash", *words)

    def flips(self, path, n):
        """Yields while one bit of PATH is changed, N times all over it."""
        good = path.read_bytes()
        try:
            for i in range(n):
                at = i * (len(good) - 1) // (n - 1)
                path.write_bytes(good[:at] + bytes([good[at] ^ 1 << i % 8]) + good[at + 1:])
                yield at
        finally:
            path.write_bytes(good)

    # --- ours, by others -------------------------------------------------------------------

    def test_go_accepts_exports_and_receipts(self):
        self.need_go()
        for name in ("small", "export"):
            done = self.verify_go(self.key, "tiles", self.dir / name,
                                  self.dir / "small" / "checkpoint")
            self.assertEqual(0, done.returncode, done.stderr)
        for name in ("policy", "late"):
            done = self.verify_go(self.key, "receipt", self.dir / (name + ".tlog-proof"))
            self.assertEqual(0, done.returncode, done.stderr)

    def test_go_accepts_no_changed_file(self):
        self.need_go()
        export = self.dir / "export"
        for name in ("checkpoint", "tile/entries/000", "tile/0/000"):
            for at in self.flips(export / name, 24):
                done = self.verify_go(self.key, "tiles", export)
                self.assertEqual(6, done.returncode, "%s, byte %d" % (name, at))
        receipt = self.dir / "late.tlog-proof"
        for at in self.flips(receipt, 40):
            self.assertEqual(6, self.verify_go(self.key, "receipt", receipt).returncode, at)

    def test_go_refuses_another_key_and_another_history(self):
        self.need_go()
        export, old = self.dir / "export", self.dir / "small" / "checkpoint"
        self.assertEqual(6, self.verify_go(VECTOR_KEY, "tiles", export).returncode)
        self.assertEqual(6, self.verify_go(
            self.key, "tiles", export, VECTORS / "checkpoint.3").returncode)
        self.assertEqual(0, self.verify_go(self.key, "tiles", export, old).returncode)

    def test_openssl_and_sha256sum_accept_them(self):
        for name in ("policy", "late"):
            done = self.verify_shell(self.key, "receipt", self.dir / (name + ".tlog-proof"))
            self.assertEqual(0, done.returncode, done.stderr)
        done = self.verify_shell(self.key, "tiles", self.dir / "small")
        self.assertEqual(0, done.returncode, done.stderr)

    def test_openssl_and_sha256sum_accept_no_changed_file(self):
        receipt, small = self.dir / "policy.tlog-proof", self.dir / "small"
        for at in self.flips(receipt, 16):
            done = self.verify_shell(self.key, "receipt", receipt)
            self.assertEqual(6, done.returncode, "byte %d" % at)
        for path in sorted(p for p in small.rglob("*")
                           if p.is_file() and p.parent.name != "details"):
            for at in self.flips(path, 3):
                done = self.verify_shell(self.key, "tiles", small)
                self.assertEqual(6, done.returncode, "%s, byte %d" % (path, at))

    def test_what_the_page_says_about_openssl_is_so(self):
        script = self.page_script("# SPKI prefix")
        env = dict(os.environ, VKEY=self.key, DIR=str(self.dir / "small"))
        done = run("bash", "-c", script, env=env, cwd=str(self.dir))
        self.assertEqual(0, done.returncode, done.stderr)
        for at in self.flips(self.dir / "small" / "checkpoint", 12):
            done = run("bash", "-c", script, env=env, cwd=str(self.dir))
            text = (self.dir / "small" / "checkpoint").read_bytes()
            if at < text.rindex(b"\n\n"):     # what is signed
                self.assertNotEqual(0, done.returncode, "byte %d" % at)

    # --- a copy, by hand -------------------------------------------------------------------

    def page_script(self, begin):
        """The lines of docs/verify.md from BEGIN to the end of their block."""
        page = (rg.ROOT / "docs" / "verify.md").read_text("utf-8")
        lines = page[page.index("    " + begin):].split("\n")
        end = next(i for i, line in enumerate(lines) if line and not line.startswith("    "))
        return "set -e\n" + "\n".join(line[4:] for line in lines[:end])

    def judges(self, folder):
        """Exit statuses of the page's own lines and of verify_copy.py for FOLDER."""
        env = dict(os.environ, WORK=str(self.dir), DIR=str(folder),
                   PATH="/usr/bin:" + os.environ["PATH"])     # Debian's python3
        return (run("bash", "-c", self.page_script("protoc "), env=env,
                    cwd=str(rg.ROOT)).returncode,
                run(HERE / "verify_copy.py", folder, self.key,
                    self.dir / "anchors.pem").returncode)

    @staticmethod
    def bent(raw):
        return raw[:-1] + bytes([raw[-1] ^ 1])

    def forged(self, change):
        """A folder whose copy was changed by CHANGE, and whose entry fits it all the same."""
        folder = self.dir / "forged"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.dir / "copy", folder)
        delivery = sc.wire_pb2.Delivery.FromString((folder / "delivery").read_bytes())
        copy = sc.wire_pb2.Copy.FromString(delivery.copy)
        change(copy)
        delivery.copy = copy.SerializeToString()
        leaf = sc.journal_pb2.Leaf.FromString(delivery.receipt.leaf)
        leaf.copy_digest = hashlib.sha256(delivery.salt + delivery.copy).digest()
        delivery.receipt.leaf = leaf.SerializeToString()
        (folder / "delivery").write_bytes(delivery.SerializeToString())
        binding = sc.wire_pb2.Envelope.FromString((folder / "binding").read_bytes())
        return folder, (copy, sc.signal_pb2.Signal.FromString(copy.signal), leaf,
                        sc.wire_pb2.KeyBinding.FromString(binding.payload))

    def test_a_copy_is_checked_by_hand_and_by_an_independent_program(self):
        self.assertEqual((0, 0), self.judges(self.dir / "copy"))
        for path in [self.dir / "copy", *(self.dir / "copy").iterdir()]:
            self.assertEqual(0, path.stat().st_mode & 0o077, path)

    def test_what_is_not_kept_is_no_evidence_yet(self):
        self.assertRegex(self.not_kept, "exit 5")
        self.assertRegex(self.not_kept, "--save")

    def test_no_changed_binding_or_chain_is_good_for_a_copy(self):
        for at in self.flips(self.dir / "copy" / "binding", 5):
            self.assertEqual((1, 6), self.judges(self.dir / "copy"), at)
        with (self.dir / "copy" / "chain.pem").open("r+") as f:
            text = f.read()
            f.seek(0)
            f.write(text.replace("BEGIN", "BEGUN"))
        self.assertEqual(6, self.judges(self.dir / "copy")[1])
        (self.dir / "copy" / "chain.pem").write_text(text)

    def test_what_leads_to_the_signature_is_not_to_be_changed(self):
        def other_sig(copy):
            copy.evidence.sig = self.bent(copy.evidence.sig)

        def other_path(copy):
            copy.evidence.path = self.bent(copy.evidence.path)

        def other_place(copy):
            copy.evidence.place ^= 8

        def shorter_path(copy):
            copy.evidence.path = copy.evidence.path[:-24]

        def other_word(copy):
            said = sc.wire_pb2.Disclosure.FromString(copy.evidence.disclosure)
            said.created_ms += 1
            copy.evidence.disclosure = said.SerializeToString(deterministic=True)

        for change in (other_sig, other_path, other_place, shorter_path, other_word):
            with self.subTest(change.__name__):
                folder, parts = self.forged(change)
                self.assertEqual(1, self.judges(folder)[0])
                with self.assertRaises(sc.BadProof):
                    sc.verify_evidence(*parts)

    def test_a_copy_kept_from_before_is_signed_by_itself(self):
        def sign_alone(copy):
            evidence = copy.evidence
            said = sc.wire_pb2.Disclosure.FromString(evidence.disclosure)
            said.version = 1
            for name in ("said", "corrects", "enriches"):
                said.ClearField(name)
            evidence.ClearField("path")
            evidence.ClearField("place")
            evidence.disclosure = said.SerializeToString(deterministic=True)
            evidence.sig = nacl.signing.SigningKey(self.sender_seed).sign(
                sc.pae(sc.DISCLOSURE_ALONE, evidence.disclosure)).signature

        folder, parts = self.forged(sign_alone)
        self.assertEqual(0, self.judges(folder)[0])
        sc.verify_evidence(*parts, versions=(1, 2))
        with self.assertRaises(sc.BadProof):
            sc.verify_evidence(*parts)
        parts[0].evidence.path = bytes(96)
        with self.assertRaises(sc.BadProof):
            sc.verify_evidence(*parts, versions=(1, 2))

    def test_the_independent_verifier_accepts_them(self):
        trust = verifier.Trust(self.key)
        for name in ("small", "export"):
            head = verifier.verify_tiles(self.dir / name, trust)
            self.assertEqual(self.key.split("+")[0], head[0])
        for name in ("policy", "late"):
            verifier.verify_receipt((self.dir / (name + ".tlog-proof")).read_bytes(), trust)

    def test_the_independent_verifier_accepts_no_changed_or_missing_file(self):
        trust, small = verifier.Trust(self.key), self.dir / "small"
        paths = sorted(p for p in small.rglob("*") if p.is_file())
        self.assertLessEqual({"checkpoint", "details"},
                             {p.name for p in paths} | {p.parent.name for p in paths})
        for path in paths:
            for at in self.flips(path, 60):
                with self.assertRaises(verifier.Bad, msg="%s, byte %d" % (path, at)):
                    verifier.verify_tiles(small, trust)
            good = path.read_bytes()
            for n in {0, 1, len(good) // 2, len(good) - 1}:
                path.write_bytes(good[:n])
                with self.assertRaises(verifier.Bad, msg="%s, cut at %d" % (path, n)):
                    verifier.verify_tiles(small, trust)
            path.unlink()
            with self.assertRaises((verifier.Bad, OSError)):
                verifier.verify_tiles(small, trust)
            path.write_bytes(good)
        verifier.verify_tiles(small, trust)

    # --- others', by us --------------------------------------------------------------------

    def test_we_accept_a_public_log_as_it_is(self):
        for checkpoint in sorted(VECTORS.glob("checkpoint*")):
            done = run(rg.binary("sluis"), "audit", "verify", "--tiles", VECTORS, "--key",
                       VECTOR_KEY, "--checkpoint", checkpoint)
            self.assertEqual(0, done.returncode, done.stderr)
            verifier.verify_tiles(VECTORS, verifier.Trust(VECTOR_KEY), checkpoint)
        done = self.verify_shell(VECTOR_KEY, "tiles", VECTORS)
        self.assertEqual(0, done.returncode, done.stderr)
        if self.go:
            done = self.verify_go(VECTOR_KEY, "tiles", VECTORS, *VECTORS.glob("checkpoint.*"))
            self.assertEqual(0, done.returncode, done.stderr)


if __name__ == "__main__":
    unittest.main()
