#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""`sluis audit verify --trust`: a head counts when enough witnesses cosigned it.

Receipts and exports here are made by tests/python/log_maker.py, not by us; what our command
says of them, tests/python/verifier.py says too.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import log_maker
import verifier

ORIGIN = "sluis.example/elsewhere"


def sluis(*words):
    env = {k: v for k, v in os.environ.items() if k != "SLUIS_PARTY"}
    return subprocess.run([os.environ["SLUIS"], *map(str, words)], env=env, text=True,
                          capture_output=True, check=False, timeout=60)


class Trust(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="sluis-trust-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.log = log_maker.Log(ORIGIN, witnesses=5).grow(300)
        self.trust(3)

    def file(self, name, content):
        path = self.dir / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def trust(self, need):
        self.trust_file = self.file("trust", self.log.trust(need))

    def receipt(self, data, *how):
        """(exit status, JSON or None) of our command, the same as the other verifier's."""
        path = self.file("a.tlog-proof", data)
        how = how or ("--trust", self.trust_file)
        done = sluis("--json", "audit", "verify", path, *how)
        try:
            policy = self.trust_file.read_text("utf-8") if how[0] == "--trust" else None
            verifier.verify_receipt(data, verifier.Trust(
                how[1] if how[0] == "--key" else None, policy))
            other = 0
        except verifier.Bad:
            other = 6
        self.assertEqual(other, done.returncode, done.stderr)
        return done.returncode, json.loads(done.stdout) if done.returncode == 0 else None

    def cosigned(self, *witnesses, **more):
        return self.log.receipt(17, checkpoint=self.log.checkpoint(None, witnesses, **more))

    # --- receipts ---------------------------------------------------------------------------

    def test_enough_witnesses_are_enough(self):
        for who in ((0, 1, 2), (4, 2, 0), (0, 1, 2, 3, 4)):
            status, told = self.receipt(self.cosigned(*who))
            self.assertEqual((0, len(who), 5, True), (
                status, told["cosigned"], told["witnesses"], told["quorum"]))

    def test_too_few_are_not(self):
        for who in ((), (0,), (3, 4), (2, 2, 2)):
            self.assertEqual(6, self.receipt(self.cosigned(*who))[0], who)
        self.trust(0)
        self.assertEqual(0, self.receipt(self.cosigned())[0])
        self.assertEqual(0, self.receipt(self.cosigned(), "--key", self.log.key.vkey)[0])

    def test_strangers_do_not_count(self):
        stranger = log_maker.Log("sluis.example/stranger", witnesses=5).grow(300)
        note = self.log.checkpoint(None, (0, 1))
        text = note[:note.rindex(b"\n\n") + 1]
        for w in stranger.witnesses:
            note += w.line(text, 1800000000).encode()
        self.assertEqual(6, self.receipt(self.log.receipt(17, checkpoint=note))[0])
        note += self.log.witnesses[3].line(text, 1800000000).encode()
        self.assertEqual(0, self.receipt(self.log.receipt(17, checkpoint=note))[0])

    def test_a_witness_cannot_be_the_log_nor_the_log_a_witness(self):
        note = self.log.checkpoint(None, (0, 1, 2))
        lines = note.split(b"\n")
        without = b"\n".join(line for line in lines
                             if not line.startswith(b"\xe2\x80\x94 " + ORIGIN.encode() + b" "))
        self.assertEqual(6, self.receipt(self.log.receipt(17, checkpoint=without))[0])
        # its own note signature is no cosignature
        fake = log_maker.Signer(self.log.witnesses[2].name, verifier.ED25519)
        text = note[:note.rindex(b"\n\n") + 1]
        note = self.log.checkpoint(None, (0, 1)) + fake.line(text).encode()
        self.assertEqual(6, self.receipt(self.log.receipt(17, checkpoint=note))[0])

    def test_a_cosignature_of_another_head_is_an_alarm(self):
        other = self.log.checkpoint(299, (0, 1, 2))
        lines = [line for line in other.split(b"\n") if b"/witness/" in line]
        note = self.log.checkpoint() + b"\n".join(lines) + b"\n"
        self.assertEqual(6, self.receipt(self.log.receipt(17, checkpoint=note))[0])

    def test_every_change_of_a_cosigned_receipt_is_found_or_no_longer_counted(self):
        data = bytearray(self.cosigned(0, 1, 2))
        key = ("--key", self.log.key.vkey)
        first = data.index(b"/witness/") - len(ORIGIN) - 4   # where the witnesses' lines begin
        for at in range(0, len(data), 5):
            data[at] ^= 1 << at % 8
            self.assertEqual(6, self.receipt(bytes(data))[0], "byte %d" % at)
            if at < first:      # with the key alone nobody asks for witnesses
                self.assertEqual(6, self.receipt(bytes(data), *key)[0], "byte %d" % at)
            data[at] ^= 1 << at % 8

    # --- exports ----------------------------------------------------------------------------

    def tiles(self, *how):
        done = sluis("--json", "audit", "verify", "--tiles", self.dir / "x", *how)
        return done.returncode, json.loads(done.stdout) if done.returncode == 0 else None

    def export(self, checkpoint, witnessed=None):
        shutil.rmtree(self.dir / "x", ignore_errors=True)
        self.log.write(self.dir / "x", checkpoint)
        if witnessed:
            (self.dir / "x" / "checkpoint.witnessed").write_bytes(witnessed)

    def test_an_export_needs_the_quorum_too(self):
        self.export(self.log.checkpoint(None, (0, 1, 2)))
        self.assertEqual(3, self.tiles("--trust", self.trust_file)[1]["cosigned"])
        verifier.verify_tiles(self.dir / "x", verifier.Trust(
            policy=self.trust_file.read_text("utf-8")))
        self.export(self.log.checkpoint(None, (0, 1)))
        self.assertEqual(6, self.tiles("--trust", self.trust_file)[0])
        self.assertEqual(0, self.tiles("--key", self.log.key.vkey)[0])

    def test_an_older_witnessed_head_vouches_for_its_part(self):
        self.export(self.log.checkpoint(), self.log.checkpoint(256, (0, 1, 2)))
        status, told = self.tiles("--trust", self.trust_file)
        self.assertEqual((0, 300, 256, True), (
            status, told["size"], told["witnessed_size"], told["quorum"]))

    def test_a_witnessed_head_of_another_history_is_an_alarm(self):
        fork = log_maker.Log(ORIGIN, witnesses=5).grow(300)
        fork.leaves[7] = fork.leaves[8]
        for size in (8, 255, 256, 300):
            self.export(self.log.checkpoint(), fork.checkpoint(size, (0, 1, 2)))
            self.assertEqual(6, self.tiles("--trust", self.trust_file)[0], size)
        # a shorter journal than witnesses saw
        more = log_maker.Log(ORIGIN, witnesses=5).grow(301)
        self.export(self.log.checkpoint(), more.checkpoint(301, (0, 1, 2)))
        self.assertEqual(6, self.tiles("--trust", self.trust_file)[0])
        # and one that too few saw does not help
        self.export(self.log.checkpoint(), self.log.checkpoint(256, (0, 1)))
        self.assertEqual(6, self.tiles("--trust", self.trust_file)[0])

    def test_by_the_key_alone_it_has_to_be_of_this_history_too(self):
        key = ("--key", self.log.key.vkey)
        self.export(self.log.checkpoint(), self.log.checkpoint(200))
        status, told = self.tiles(*key)
        self.assertEqual((0, 300), (status, told["size"]))
        self.assertNotIn("quorum", told)
        wrong = self.log.checkpoint(200, root=bytes(32))
        self.export(self.log.checkpoint(), wrong)
        self.assertEqual(6, self.tiles(*key)[0])
        # one that another key signed says nothing: the former key of the log may have
        self.export(self.log.checkpoint(), wrong[:-8] + b"AAAAAA=\n")
        self.assertEqual(0, self.tiles(*key)[0])

    # --- the command line -------------------------------------------------------------------

    def test_a_malformed_trust_file_is_a_usage_error(self):
        path = self.file("a.tlog-proof", self.cosigned(0, 1, 2))
        good = self.log.trust(3)
        for text in ("", good.replace("quorum them\n", ""), good + "quorum them\n",
                     good.replace("group them 3", "group them 6"),
                     good.replace(self.log.key.vkey, self.log.key.vkey[:-4] + "AAA=")):
            self.assertEqual(2, sluis("audit", "verify", path, "--trust",
                                      self.file("bad", text)).returncode, text)
        self.assertEqual(5, sluis("audit", "verify", path, "--trust",
                                  self.dir / "none").returncode)
        self.assertEqual(2, sluis("audit", "verify", path, "--trust", self.trust_file,
                                  "--key", self.log.key.vkey).returncode)
        self.assertEqual(2, sluis("audit", "verify", "--trust", self.trust_file).returncode)


if __name__ == "__main__":
    unittest.main()
