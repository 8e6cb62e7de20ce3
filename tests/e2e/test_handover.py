#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""A person moves: handover to another region, under the signatories of that region.

The shipped region knows its neighbour by name only.  Here Veilig Thuis belongs to it and signed
there, and the shelter signed at home only: the same handover is then ruled by the list of the
region where the matter lies.
"""

import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
import sluis_client as sc
import yaml
import walk as wk

W, CASE, S = sc.wire_pb2, sc.case_pb2, sc.signal_pb2
VEILIG_THUIS, SHELTER = "00000099000000050000", "00000099000000110000"


def policy_with_a_neighbour(folder):
    """The shipped policy, in which Veilig Thuis belongs to hoogland and signed zorg there only."""
    shutil.copytree(sc.ROOT / "policy", folder, dirs_exist_ok=True)
    path = folder / "parties.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    for party in data["parties"]:
        home = ["hoogland"] if party["oin"] == VEILIG_THUIS else ["rivierenland"]
        if party["oin"] == VEILIG_THUIS:
            party["region"] = "hoogland"
        for signature in party.get("signed", []):
            if signature["convenant"] == "zorg":
                # who hands over has signed where it hands over to, too
                both = party["role"] == "zorgcoordinator"
                signature["regions"] = ["rivierenland", "hoogland"] if both else home
    data["end"] = data.pop("end")
    path.write_text("# SPDX-License-Identifier: EUPL-1.2\n"
                    + yaml.safe_dump(data, sort_keys=False, allow_unicode=True), "utf-8")
    return folder


class Handover(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="sluis-hoogland-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.region = rg.Region(policy=policy_with_a_neighbour(folder))
        cls.addClassCleanup(cls.region.__exit__)
        cls.region.up()
        cls.care = cls.region.client("zorgcoordinator")
        cls.received = cls.receive_something()

    @classmethod
    def receive_something(cls):
        """A delivery to the zorgcoordinator, which it may hand over."""
        with cls.region.client("meldpunt") as c:
            signal = rg.signal_from("05-niece-in-the-household.json").SerializeToString()
            answer = c.submit(signal, "zorg", "1", "hulpverlening", cls.region.to("zorgcoordinator"))
            assert answer.code == "ok"
        delivery = cls.care.receive(wait_ms=5000)[0]
        cls.care.acknowledge([delivery.delivery_id])
        return bytes(delivery.delivery_id)

    def hand_over(self, to, region, delivery=None):
        signal = rg.signal_from("systems/handover.json")
        m = W.Submit(convenant="zorg", phase="1", purpose="hulpverlening", region=region,
                     signal=signal.SerializeToString(),
                     hands_over=self.received if delivery is None else delivery)
        for oin, desk in self.region.to(*to):
            m.recipients.add(oin=oin, desk=desk)
        return self.care.exchange(self.care.build(sc.SUBMIT, m))

    def codes(self, answer):
        names = {p["oin"]: n for n, p in self.region.region.parties.items()}
        return {names[o.oin]: o.code for o in answer.outcomes}

    def test_where_the_person_goes_decides_who_counts_as_signatory(self):
        there = self.hand_over(["veiligthuis", "opvang"], "hoogland")
        here = self.hand_over(["veiligthuis", "opvang"], "rivierenland")
        self.assertEqual("ok", self.codes(there)["veiligthuis"])
        self.assertEqual("ok", self.codes(here)["opvang"])
        released = {o.oin: {g.rule for g in o.groups if g.action == sc.ACTION["ACTION_RELEASE"]}
                    for o in there.outcomes}
        at_home = {o.oin: {g.rule for g in o.groups if g.action == sc.ACTION["ACTION_RELEASE"]}
                   for o in here.outcomes}
        self.assertGreater(len(released[VEILIG_THUIS]), len(released.get(SHELTER, ())))
        self.assertGreater(len(at_home[SHELTER]), len(at_home.get(VEILIG_THUIS, ())))

    def test_who_takes_over_says_so_and_the_giver_hears(self):
        self.assertEqual("ok", self.hand_over(["veiligthuis"], "hoogland").code)
        with self.region.client("veiligthuis") as c:
            copies = [d for d in c.receive(max_deliveries=50) if wk.notice_of(d) is None]
            c.acknowledge([d.delivery_id for d in copies])
            answer = c.exchange(c.build(sc.TYPE % "respond", W.Respond(
                delivery_id=copies[-1].delivery_id, response=CASE.Response(taken_over=True))))
            self.assertEqual("ok", answer.code)
        notices = [wk.notice_of(d) for d in self.care.receive(max_deliveries=50)]
        self.assertIn(True, [n.response.taken_over for n in notices
                             if n is not None and n.kind == CASE.NOTICE_RESPONSE])

    def test_nothing_is_handed_over_that_was_never_received(self):
        for stranger in (b"\1" * 16, b"", b"\1" * 15, b"\1" * 17):
            answer = self.hand_over(["veiligthuis"], "hoogland", stranger)
            self.assertNotEqual("ok", answer.code, stranger)
            self.assertFalse(answer.outcomes)

    def test_a_region_that_the_policy_does_not_know_takes_nobody(self):
        answer = self.hand_over(["veiligthuis", "opvang"], "elders")
        self.assertNotEqual("ok", answer.code)


if __name__ == "__main__":
    unittest.main(verbosity=2)
