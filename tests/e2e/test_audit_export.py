#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""An export grows with the journal, and any static file server may publish it.

A reader that fetches nothing but files over HTTP, as C2SP tlog-tiles has it, gets what it
needs for the checkpoint that it holds, also for one from before the export grew.
"""

import contextlib
import functools
import http.server
import json
import pathlib
import shutil
import stat
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
import verifier


@contextlib.contextmanager
def served(folder):
    """The URL of FOLDER on a plain static file server."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield "http://127.0.0.1:%d" % server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fetch(url, name):
    try:
        with urllib.request.urlopen(url + "/" + name) as answer:
            return answer.read()
    except urllib.error.HTTPError:
        return None


def mirror(url, checkpoint, folder):
    """Fetch into FOLDER what a tree of CHECKPOINT needs, the full tile where the partial
    one is gone."""
    size = int(checkpoint.split(b"\n")[1])
    wanted = [("entries", size)]
    wanted += [(level, size >> 8 * level) for level in range(8) if size >> 8 * level]
    for level, n in wanted:
        for index in range((n + 255) // 256):
            width = min(256, n - 256 * index)
            for name in (verifier.tile_name(level, index, w) for w in (width, 256)):
                data = fetch(url, name)
                if data is not None:
                    break
            else:
                raise AssertionError("%s is not served" % name)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    (folder / "checkpoint").write_bytes(checkpoint)


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes()
            for p in folder.rglob("*") if p.is_file()}


class Export(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="sluis-export-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.region = rg.Region()
        self.addCleanup(self.region.__exit__)
        self.region.up()
        self.key = self.region.region.data["verifier"]
        self.trust = verifier.Trust(self.key)

    def export(self, name, *more, check=True):
        return self.region.command("--json", "audit", "export", self.dir / name, *more,
                                   party="auditor", check=check)

    def grow(self, until):
        with self.region.client("auditor") as c:
            while c.audit_read(0, 1)[1].size < until:
                pass

    def send(self):
        self.region.command("signal", "send", rg.SIGNALS / "05-niece-in-the-household.json",
                            "--convenant", "zorg", "--phase", "1", "--purpose",
                            "hulpverlening", "--to", "zorgcoordinator", "--no-preview",
                            party="meldpunt")

    def verified(self, name):
        """The size of the export, once both verifiers accept it."""
        done = self.region.command("--json", "audit", "verify", "--tiles", self.dir / name,
                                   "--key", self.key)
        head = verifier.verify_tiles(self.dir / name, self.trust)
        self.assertEqual(json.loads(done.stdout)["size"], head[1])
        return head[1]

    def test_an_export_grows_with_the_journal(self):
        sizes = []
        for until in (0, 120, 256, 257, 300):
            self.grow(until)
            self.send()
            self.export("x")
            sizes.append(self.verified("x"))
        self.assertEqual(sorted(set(sizes)), sizes)
        # what one export in one go would hold is all there, the checkpoint's head apart
        self.export("whole")
        whole, parts = files(self.dir / "whole"), files(self.dir / "x")
        last = sizes[-1]
        for name, data in parts.items():
            if name == "checkpoint" or ".p/" in name:
                continue
            self.assertEqual(whole[name], data, name)
        self.assertIn("tile/entries/000", parts)
        self.assertFalse([n for n in parts if n.startswith("tile/entries/000.p/")])
        self.assertGreater(last, 256)

    def test_nothing_new_is_nothing_done(self):
        self.export("x")
        before = files(self.dir / "x")
        self.export("x")            # the first export's own reads are new entries
        after = files(self.dir / "x")
        self.assertLess(set(before), set(after))
        for name in set(before) - {"checkpoint"}:
            self.assertEqual(before[name], after[name])

    def test_a_static_server_serves_old_and_new_readers(self):
        self.send()
        self.export("x", "--public")
        old = (self.dir / "x" / "checkpoint").read_bytes()
        self.grow(400)
        self.export("x", "--public")
        self.assertFalse((self.dir / "x" / "details").exists())
        for path in [self.dir / "x", *(self.dir / "x").rglob("*")]:
            mode = stat.S_IMODE(path.stat().st_mode)
            self.assertEqual(0o755 if path.is_dir() else 0o644, mode & ~0o022, path)
        with served(self.dir / "x") as url:
            for name, checkpoint in (("old", old), ("new", fetch(url, "checkpoint"))):
                (self.dir / name).mkdir()
                mirror(url, checkpoint, self.dir / name)
                verifier.verify_tiles(self.dir / name, self.trust)
                self.verified(name)

    def test_a_public_export_holds_no_detail(self):
        self.send()
        self.export("open", "--public")
        self.export("full")
        details = {n: d for n, d in files(self.dir / "full").items() if "details/" in n}
        self.assertTrue(details)
        everything = b"".join(files(self.dir / "open").values())
        for data in details.values():
            self.assertNotIn(data, everything)
        self.assertEqual(0o700, stat.S_IMODE((self.dir / "full" / "details").stat().st_mode))
        # one does not become the other
        self.assertNotEqual(0, self.export("full", "--public", check=False).returncode)
        self.export("open")
        self.assertFalse((self.dir / "open" / "details").exists())

    def test_a_damaged_or_foreign_export_is_not_continued(self):
        self.grow(270)              # with an edge on two levels
        self.export("x")
        before = files(self.dir / "x")
        edges = [n for n in before if ".p/" in n] + ["checkpoint"]
        for name in edges:
            path = self.dir / "x" / name
            for bad in (before[name][:-1], bytes([before[name][0] ^ 1]) + before[name][1:]):
                path.write_bytes(bad)
                done = self.export("x", check=False)
                self.assertEqual((6, ""), (done.returncode, done.stdout), name)
                self.assertRegex(done.stderr, "is damaged|not of this journal", name)
            path.unlink()
            if name != "checkpoint":
                self.assertEqual(6, self.export("x", check=False).returncode, name)
            path.write_bytes(before[name])
        self.assertEqual(before, files(self.dir / "x"))
        self.export("x")
        (self.dir / "x" / "checkpoint").unlink()    # no journal, and no new folder either
        self.assertNotEqual(0, self.export("x", check=False).returncode)

    def test_an_export_of_another_history_is_an_alarm(self):
        self.export("x")
        other = rg.Region()
        self.addCleanup(other.__exit__)
        other.up()
        done = other.command("audit", "export", self.dir / "x", party="auditor", check=False)
        self.assertEqual(6, done.returncode)

    def test_what_was_interrupted_goes_on(self):
        self.export("x")
        checkpoint = (self.dir / "x" / "checkpoint").read_bytes()
        self.grow(300)
        self.export("x")
        # as if it had ended before the last step
        (self.dir / "x" / "checkpoint").write_bytes(checkpoint)
        self.assertEqual(int(checkpoint.split(b"\n")[1]), self.verified("x"))
        self.grow(320)
        self.export("x")
        self.assertGreaterEqual(self.verified("x"), 320)


if __name__ == "__main__":
    unittest.main()
