#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Who trusts neither us nor our programs: our evidence, checked by those of others.

An export and a receipt of a real region are verified by golang.org/x/mod/sumdb as Debian
packages it (tests/third_party/verify.go), by openssl and sha256sum alone
(tests/third_party/verify.bash) and by a verifier written from the specifications
(tests/python/verifier.py); our own command verifies a public log that others made.  What
one of them accepts, none accepts after a change.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
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
            r.command("audit", "export", cls.dir / "small", party="auditor")
            with r.client("auditor") as c:
                while c.audit_read(0, 1)[1].size < ENTRIES:
                    pass
            r.command("audit", "export", cls.dir / "export", party="auditor")
            r.command("audit", "prove", "policy", "--out", cls.dir / "policy.tlog-proof",
                      party="meldpunt")
            r.command("audit", "prove", ENTRIES - 7, "--out", cls.dir / "late.tlog-proof",
                      party="auditor")

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
        page = (rg.ROOT / "docs" / "verify.md").read_text("utf-8")
        lines = page[page.index("    # SPKI prefix"):].split("\n")
        script = "set -e\n" + "\n".join(lines[:next(
            i for i, line in enumerate(lines) if not line.startswith("    "))])
        env = dict(os.environ, VKEY=self.key, DIR=str(self.dir / "small"))
        done = run("bash", "-c", script, env=env, cwd=str(self.dir))
        self.assertEqual(0, done.returncode, done.stderr)
        for at in self.flips(self.dir / "small" / "checkpoint", 12):
            done = run("bash", "-c", script, env=env, cwd=str(self.dir))
            text = (self.dir / "small" / "checkpoint").read_bytes()
            if at < text.rindex(b"\n\n"):     # what is signed
                self.assertNotEqual(0, done.returncode, "byte %d" % at)

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
