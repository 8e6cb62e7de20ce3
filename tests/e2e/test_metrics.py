# SPDX-License-Identifier: EUPL-1.2
"""What a running broker tells of itself at its Unix socket: numbers, and nobody's name."""

import os
import pathlib
import socket
import stat
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import region as rg
import yaml

SIGNAL = rg.signal_from("02-barn-at-the-nursery.json").SerializeToString()


class Metrics(e2e_case.RegionCase):
    def setUp(self):
        super().setUp()
        self.path = self.region.dir / "m"
        self.restart_with(self.path)

    def restart_with(self, path):
        config = self.region.broker_dir / "sluisd.yaml"
        settings = yaml.safe_load(config.read_text("utf-8"))
        settings["metrics_socket"] = str(path)
        config.write_text(yaml.safe_dump(settings), "utf-8")
        self.restart()

    def text(self):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(rg.LIMIT_S)
            s.connect(str(self.path))
            parts = []
            while part := s.recv(65536):
                parts.append(part)
        return b"".join(parts).decode()

    def numbers(self):
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
                for line in self.text().splitlines() if not line.startswith("#")}

    def test_it_tells_what_happened_and_that_all_is_well(self):
        before = self.numbers()
        sender = self.desk("meldpunt")
        sender.submit(SIGNAL, "riec", "1", "casusoverleg", self.region.to("om", "politie"))
        sender.exchange(sender.build_submit(SIGNAL, "nowhere", "1", "x", self.region.to("om")))
        after = self.numbers()
        self.assertEqual(before["sluis_waiting_copies"] + 2, after["sluis_waiting_copies"])
        self.assertEqual(before["sluis_messages_total"] + 2, after["sluis_messages_total"])
        self.assertEqual(1, after['sluis_refusals_total{code="no_such_convenant"}'])
        self.assertGreater(after["sluis_journal_entries"], before["sluis_journal_entries"])
        for level in ("alive", "can_journal", "trust_valid", "policy_valid"):
            self.assertEqual(1, after['sluis_health{level="%s"}' % level], level)

    def test_no_party_desk_or_kind_of_request_is_named(self):
        self.desk("meldpunt").submit(SIGNAL, "riec", "1", "casusoverleg", self.region.to("om"))
        text = self.text()
        for name, party in self.region.region.parties.items():
            self.assertNotIn(party["oin"], text)
            self.assertNotIn('"%s"' % name, text)
        self.assertNotIn("submit", text)

    def test_strangers_are_counted(self):
        import zmq                      # pylint: disable=import-outside-toplevel
        context = zmq.Context()
        s = context.socket(zmq.DEALER)
        s.linger = 0
        s.curve_serverkey = self.region.region.curve_public
        s.curve_publickey, s.curve_secretkey = zmq.curve_keypair()
        s.connect(self.region.region.endpoint)
        rg.wait_for("the stranger", lambda: self.numbers().get(
            'sluis_handshakes_refused_total{code="not_enrolled"}', 0) >= 1)
        s.close()
        context.term()

    def test_who_connects_and_does_not_read_holds_up_nobody(self):
        held = []
        for _ in range(20):
            s = socket.socket(socket.AF_UNIX)
            s.setblocking(False)
            try:
                s.connect(str(self.path))
            except BlockingIOError:
                pass
            held.append(s)
        self.desk("meldpunt").submit(SIGNAL, "riec", "1", "casusoverleg", self.region.to("om"))
        threads = [threading.Thread(target=self.text) for _ in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(rg.LIMIT_S)
            self.assertFalse(t.is_alive())
        for s in held:
            s.close()

    def test_it_is_for_owner_and_group_and_a_left_over_one_is_replaced(self):
        self.assertEqual(0o660, stat.S_IMODE(os.stat(self.path).st_mode))
        self.restart()                  # killed: its socket is still there
        self.assertEqual(1, self.numbers()['sluis_health{level="alive"}'])

    def test_a_file_that_is_no_socket_is_not_touched(self):
        self.region.kill_broker()
        self.path.unlink(missing_ok=True)
        self.path.write_text("mine")
        self.region.spawn_broker()
        self.assertNotEqual(0, self.region.broker.wait(rg.LIMIT_S))
        self.assertEqual("mine", self.path.read_text())
        self.path.unlink()


if __name__ == "__main__":
    unittest.main()
