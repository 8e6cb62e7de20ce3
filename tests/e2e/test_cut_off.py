# SPDX-License-Identifier: EUPL-1.2
"""A desk whose certificate is revoked, or whose authority goes, is cut off while it is connected:
within one reload, in the middle of its work, and nobody else notices."""

import hashlib
import pathlib
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import load
import pki
import region as rg
import sluis_client as sc
from cryptography import x509

EVENT = e2e_case.EVENT


class CutOff(e2e_case.RegionCase):
    def setUp(self):
        super().setUp()
        self.ca = pki.Authority.read(self.region.dir / "ca")
        self.list = self.region.dir / "ca" / "crl.pem"
        self.anchors = self.region.dir / "ca" / "ca.pem"
        self.first = self.list.read_bytes()

    def revoke(self, *names):
        for name in names:
            self.region.command("party", "revoke", self.region.party_dir(name), "--ca",
                                self.region.dir / "ca")

    def log(self):
        return (self.region.broker_dir / "sluisd.log").read_bytes()

    def reload(self, kept=False):
        """SIGHUP, and the journal says that the lists were read; or KEPT."""
        mark = b"TRUST-KEPT" if kept else b"TRUST-RELOADED"
        before = self.log().count(mark)
        self.region.hang_up()
        rg.wait_for(mark.decode(), lambda: self.log().count(mark) > before)

    def park(self, name):
        """A Receive of NAME that waits for a minute: (Client, its request id)."""
        c = self.region.client(name)
        frame = c.build(sc.RECEIVE, sc.wire_pb2.Receive(wait_ms=60000))
        c.sent(1)       # the connection stands
        c.socket.send(frame)
        return c, sc.request_id_of(frame)

    def standing_lost(self, name):
        """The index of the entry that says that NAME lost its standing."""
        oin, desk = self.region.to(name)[0]
        at = [i for i, leaf in enumerate(self.journal())
              if leaf.kind == EVENT.Value("EVENT_REVOKED")
              and (leaf.sender_oin, leaf.sender_desk) == (oin, desk)]
        self.assertEqual(1, len(at), "once")
        return at[0]

    def acts_after(self, name, index):
        """Entries after INDEX that say that NAME did something."""
        oin, desk = self.region.to(name)[0]
        return [leaf for leaf in self.journal()[index:]
                if leaf.kind not in (EVENT.Value("EVENT_REFUSED"), EVENT.Value("EVENT_REVOKED"))
                and ((leaf.sender_oin, leaf.sender_desk) == (oin, desk)
                     or leaf.kind == EVENT.Value("EVENT_ACKNOWLEDGED")
                     and (leaf.recipient_oin, leaf.recipient_desk) == (oin, desk))]

    def test_a_parked_receive_ends_with_the_reload_and_brings_nothing(self):
        waiting = [self.park("politie") for _ in range(3)]
        other = self.park("zorgcoordinator")
        self.revoke("politie")
        self.reload()
        for c, request in waiting:
            answer = c.wait(request)
            self.assertEqual("revoked", answer.code)
            self.assertFalse(answer.deliveries)
        self.share("meldpunt", ["zorgcoordinator"])
        self.assertEqual(1, len(other[0].wait(other[1]).deliveries), "who was not meant waits on")

    def test_nothing_of_a_revoked_desk_passes_after_the_reload_under_load(self):
        work = load.Load(self.region, ["meldpunt"], ["zorgcoordinator"])
        cut = load.Load(self.region, ["analist"], ["politie"], stop_at_refusal=False)
        with work, cut:
            work.until(10)
            cut.until(10)
            self.revoke("analist", "politie")
            self.reload()
            before = {d: d.codes["revoked"] for d in cut.desks()}
            rg.wait_for("refusals", lambda: all(
                d.codes["revoked"] > before[d] for d in cut.desks()))
            work.until(10)
            cut.end(cut.desks())
            self.assertEqual(work.settle(), work.done)
        for d in cut.desks():
            self.assertIsNone(d.error)
            self.assertEqual(1, d.connections, "it was told, on the connection that it had")
            self.assertLessEqual(set(d.codes), {"ok", "revoked"})
            self.assertFalse(self.acts_after(d.name, self.standing_lost(d.name)))

    def test_its_way_back_is_closed_at_every_door(self):
        self.desk("politie").sent(1)
        self.revoke("politie")
        self.reload()
        self.ask("politie", "sent", sc.wire_pb2.Sent(max=1), "revoked")
        with sc.Client(self.region.region, self.region.party("politie"), timeout_ms=1000) as c:
            with self.assertRaises(sc.NoAnswer):
                c.sent(1)
        done = self.region.command("key", "rotate", party="politie", check=False)
        self.assertNotEqual(0, done.returncode, "nor does a new key help")
        self.assertIn("revoked", done.stderr)

    def test_an_older_list_brings_nobody_back(self):
        c = self.desk("politie")
        self.revoke("politie")
        self.reload()
        newest = self.list.read_bytes()
        for content in (self.first, self.first + self.first):
            self.list.write_bytes(content)
            self.reload(kept=True)
            self.ask("politie", "sent", sc.wire_pb2.Sent(max=1), "revoked")
        self.assertIn("revocation_list_expired", [leaf.code for leaf in self.journal()])
        self.list.write_bytes(newest)
        self.reload()
        self.assertEqual("revoked", c.exchange(
            c.build(sc.SENT, sc.wire_pb2.Sent(max=1))).code)
        self.share("meldpunt", ["zorgcoordinator"])

    def start_refused(self, *options):
        """The broker does not start, for good, and says why."""
        before = len(self.log())
        self.region.spawn_broker(*options)
        self.assertEqual(2, self.region.broker.wait(rg.LIMIT_S), "and is not tried again")
        self.region.broker = None
        return self.log()[before:].decode()

    def revoked_and_down(self, how=signal.SIGTERM):
        """The newest list, which names a desk that had been let in; the broker is down."""
        self.desk("politie").sent(1)
        self.revoke("politie")
        self.reload()
        self.region.kill_broker(how)
        return self.list.read_bytes()

    def crl_entries(self):
        return [(leaf.code, leaf.subject_digest) for leaf in self.journal()
                if leaf.kind == EVENT.Value("EVENT_CRL")]

    def test_an_older_list_brings_nobody_back_after_a_restart_either(self):
        newest, other = self.revoked_and_down(), pki.Authority.foreign()
        for how in (signal.SIGKILL, signal.SIGTERM):
            for content in (self.first, self.first + self.first,
                            self.ca.revocation_list(number=1)):
                self.list.write_bytes(content)
                said = self.start_refused()
                self.assertIn("revocation_list_expired", said)
                self.assertIn("put that back", said)
                self.assertIn("--accept-lists", said)
                self.assertRegex(said, r"BROKER-FATAL [^\n]*detail=[^ ]*/ca/crl\.pem")
            self.list.write_bytes(newest)       # the same one is good
            self.region.start_broker()
            self.desk("zorgcoordinator").connect()
            self.share("meldpunt", ["zorgcoordinator"])
            done = self.region.command("inbox", "list", party="politie", check=False)
            self.assertNotEqual(0, done.returncode)
            self.away("meldpunt")
            told = self.crl_entries()
            self.region.kill_broker(how)
        self.assertEqual(6, told.count(("revocation_list_expired", b"")))
        # neither does another authority's list in between
        mine = self.anchors.read_bytes()
        self.anchors.write_bytes(mine + pki.pem(other.certificate))
        self.list.write_bytes(newest + other.revocation_list())
        self.region.start_broker()
        self.region.kill_broker()
        self.list.write_bytes(self.first + other.revocation_list())
        self.start_refused()
        self.list.write_bytes(self.ca.revocation_list() + other.revocation_list())
        self.region.start_broker()

    def check(self):
        """sluisd -t: its exit status and what it says; the state stays as it is."""
        def state():
            return {p: p.read_bytes() for p in (self.region.broker_dir / "state").iterdir()}

        before = state()
        done = subprocess.run(
            [rg.binary("sluisd"), "-c", str(self.region.broker_dir / "sluisd.yaml"), "-t"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=rg.LIMIT_S)
        if self.region.broker is None:
            self.assertEqual(before, state())
        return done.returncode, done.stderr

    def test_an_older_list_is_said_before_a_start(self):
        newest = self.revoked_and_down()
        for _ in range(2):                      # with the broker down, and beside it
            self.assertEqual((0, ""), self.check())
            self.list.write_bytes(self.first)
            status, said = self.check()
            self.assertEqual(2, status, said)
            self.assertRegex(said, "CONFIG-REFUSED code=revocation_list_expired detail=[^ ]*/ca/crl.pem: "
                                   "a list in it is older")
            self.list.write_bytes(newest)
            if self.region.broker is None:
                self.region.start_broker()

    def test_an_authority_that_counts_anew_is_the_operators_word(self):
        newest = self.revoked_and_down()
        self.assertIn("not older", self.start_refused("--accept-lists"))
        anew = self.ca.revocation_list(
            [x509.load_pem_x509_certificate(
                (self.region.party_dir("nla") / "certificate.pem").read_bytes())], number=1)
        self.list.write_bytes(anew)
        self.start_refused()
        self.region.start_broker("--accept-lists")
        self.assertIn(b"OLDER-LISTS-ACCEPTED", self.log())
        self.assertEqual(("revocation_list_expired", hashlib.sha256(anew).digest()),
                         self.crl_entries()[-1])
        self.region.kill_broker()
        self.region.start_broker()              # once is enough
        self.assertEqual(("", hashlib.sha256(anew).digest()), self.crl_entries()[-1])
        self.list.write_bytes(newest)           # which has a higher number
        self.reload()
        self.list.write_bytes(anew)
        self.reload(kept=True)
        words = {(False, True): "revocation list in force",
                 (True, True): "older revocation list accepted",
                 (True, False): "authorities or revocation list refused"}
        entries = [(bool(code), bool(digest)) for code, digest in self.crl_entries()]
        self.assertEqual(set(words), set(entries))
        shown = self.region.command("audit", "list", "--kind", "crl", party="auditor").stdout
        for entry, line in zip(entries, shown.splitlines()[1:], strict=True):
            self.assertIn(words[entry], line)

    def test_who_is_on_a_newer_list_no_more_is_served_again(self):
        """A hold that was lifted: the list says so itself."""
        self.desk("politie").sent(1)
        self.revoke("politie")
        self.reload()
        self.ask("politie", "sent", sc.wire_pb2.Sent(max=1), "revoked")
        self.list.write_bytes(self.ca.revocation_list())
        self.reload()
        self.ask("politie", "sent", sc.wire_pb2.Sent(max=1))

    def test_another_authority_cuts_everybody_off_and_its_return_lets_them_in(self):
        waiting = self.park("politie")
        auditor = self.region.client("auditor")
        auditor.audit_read()
        mine, crl = self.anchors.read_bytes(), self.list.read_bytes()
        other = pki.Authority.foreign()
        self.anchors.write_bytes(pki.pem(other.certificate))
        self.list.write_bytes(other.revocation_list())
        self.reload()
        self.assertEqual("certificate_refused", waiting[0].wait(waiting[1]).code)
        answer = auditor.exchange(auditor.build(sc.AUDIT_READ, sc.wire_pb2.AuditRead()))
        self.assertEqual("certificate_refused", answer.code)
        self.anchors.write_bytes(mine + pki.pem(other.certificate))
        self.list.write_bytes(crl + other.revocation_list())
        self.reload()
        self.share("meldpunt", ["zorgcoordinator"])

    def test_lists_come_and_go_while_everybody_works(self):
        with load.Load(self.region, ["meldpunt", "analist"], ["politie", "zorgcoordinator"]) as w:
            for _ in range(10):
                w.until(3)
                self.list.write_bytes(self.ca.revocation_list())
                self.reload()
            self.assertEqual(w.settle(), 2 * w.done)
        self.assertEqual({1}, {d.connections for d in w.desks()})


if __name__ == "__main__":
    unittest.main(verbosity=2)
