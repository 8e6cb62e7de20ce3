# SPDX-License-Identifier: EUPL-1.2
"""The Nijmegen route as acts on the wire: who does what, in order, for each track.

    walk = Walk(region)
    for act in walk.track("zvh", "01-older-friend.json"):
        answer = act.do()

An act is one request of one desk.  What it says may depend on answers before it (a
confirmation, the keys of who judges), so it is built when its turn comes; `do()` sends it
once, and a test may send the same frame as often as it likes.
"""

import sluis_client as sc
import region as rg
import yaml
from nacl.public import PublicKey, SealedBox

W = sc.wire_pb2
CASE = sc.case_pb2

OWN = ["meldpunt", "analist", "aandacht"]
ASKED = ["politie", "nla", "zorgcoordinator"]

# the table of each track: who sits there, what is in force, which step leads to it
TABLES = {
    "zorg": {"track": "spoor_zorg", "to_table": "naar_zorg", "close": "sluit_zorg",
             "seats": ["zorgcoordinator", "veiligthuis", "opvang"], "gate": None,
             "place": ("zorg", "1", "hulpverlening"), "closes": "zorgcoordinator"},
    "zvh": {"track": "spoor_zorg_straf", "to_table": "naar_zvh", "close": "sluit_zvh",
            "seats": ["politie", "om", "zorgcoordinator", "veiligthuis"], "gate": "zvh-casus",
            "place": ("zvh", "1", "casusoverleg"), "closes": "politie"},
    "riec": {"track": "spoor_ondermijning", "to_table": "naar_riec", "close": "sluit_riec",
             "seats": ["politie", "om", "nla", "belastingdienst"], "gate": "riec-signaal",
             "place": ("riec", "1", "casusoverleg"), "closes": "politie"},
}


class Act:
    """One request of one desk, built when its turn comes."""

    def __init__(self, walk, desk, kind, build, then=None):
        self.walk, self.desk, self.kind = walk, desk, kind
        self._build, self._then = build, then
        self.frame = None

    def __repr__(self):
        return "%s: %s" % (self.desk, self.kind)

    def build(self):
        """The signed frame; the same one however often it is asked for."""
        if self.frame is None:
            client = self.walk.client(self.desk)
            message = self._build()
            message.head.CopyFrom(client.head())
            self.frame = client.build(sc.TYPE % self.kind, message)
        return self.frame

    def answered(self, answer):
        if answer.code != "ok":
            raise AssertionError("%r: %s %s %s" % (self, answer.code, answer.where, answer.change))
        if self._then:
            self._then(answer)
        return answer

    def do(self):
        return self.answered(self.walk.client(self.desk).exchange(self.build()))


class Walk:
    def __init__(self, region):
        self.region = region
        self.case = None
        self.traces = []

    def client(self, name):
        for c in self.region.clients:
            if c.party.name == name and c.socket is not None:
                return c
        return self.region.client(name)

    def recipients(self, names):
        return [W.Recipient(oin=oin, desk=desk) for oin, desk in self.region.to(*names)]

    # --- reading -----------------------------------------------------------------------

    def view(self, desk="aandacht"):
        """The case as DESK sees it."""
        answer = self.client(desk).ask(sc.TYPE % "case-read", W.CaseRead(case_id=self.case))
        return answer.cases[0]

    def gate(self, name):
        """Of the policy: its criteria, and the roles that judge them."""
        for path in (self.region.broker_dir / "policy").glob("*.yaml"):
            data = yaml.safe_load(path.read_text("utf-8"))
            for gate in data.get("gates", []):
                if gate["id"] == name:
                    groups = data.get("groups", {})
                    roles = {r for j in gate["judges"] for r in groups.get(j, [j])}
                    return [c["id"] for c in gate["criteria"]], roles
        raise KeyError(name)

    def judges(self, gate, seat):
        """Whether SEAT of the case judges this gate."""
        role = next(p["role"] for p in self.region.region.parties.values() if p["oin"] == seat.oin)
        return seat.seal_public and role in self.gate(gate)[1]

    def who_judges(self, gate):
        """Names of the desks in the case that judge it."""
        names = {(p["oin"], p["desk"]): n for n, p in self.region.region.parties.items()}
        return [names[s.oin, s.desk] for s in self.view().participants if self.judges(gate, s)]

    # --- acts --------------------------------------------------------------------------

    def open(self, desk, route):
        def opened(answer):
            self.case = bytes(answer.cases[0].case_id)
        return Act(self, desk, "case-open", lambda: W.CaseOpen(route=route), opened)

    def share(self, desk, file, to, place=None, **more):
        """The signal FILE inside the case, under what its state puts in force."""
        def build():
            seen = self.view(desk)
            convenant, phase, purpose = place or (seen.convenant, seen.phase, seen.purpose)
            return W.Submit(convenant=convenant, phase=phase, purpose=purpose, case_id=self.case,
                            recipients=self.recipients(to),
                            signal=rg.signal_from(file).SerializeToString(), **more)
        return Act(self, desk, "submit", build,
                   lambda answer: self.traces.append(bytes(answer.request_id)))

    def verdict(self, desk, strengthened):
        return Act(self, desk, "case-verdict",
                   lambda: W.CaseVerdict(case_id=self.case, strengthened=strengthened))

    def move(self, desk, step, route="nijmegen", **more):
        """The step; confirmed where it has to be."""
        name = "%s.%s" % (route, step)

        def build():
            asked = self.client(desk).ask(sc.TYPE % "case-move", W.CaseMove(
                case_id=self.case, transition=name, only_ask=True, **more))
            m = W.CaseMove(case_id=self.case, transition=name, **more)
            if asked.confirmation:
                m.confirmation = asked.confirmation
            return m
        return Act(self, desk, "case-move", build)

    def join(self, desk, names, **more):
        return Act(self, desk, "case-join", lambda: W.CaseJoin(
            case_id=self.case, who=self.recipients(names), **more))

    def align(self, desk, ask):
        return Act(self, desk, "case-align", lambda: W.CaseAlign(
            case_id=self.case, ask=self.recipients(ask)))

    def answer(self, desk, answer):
        return Act(self, desk, "case-align", lambda: W.CaseAlign(
            case_id=self.case, answer=answer))

    def claim(self, desk, gate):
        """Every criterion explained, sealed to each who judges."""
        def build():
            m = W.CaseGate(case_id=self.case, gate=gate)
            seats = [s for s in self.view(desk).participants if self.judges(gate, s)]
            for criterion in self.gate(gate)[0]:
                claim = m.claims.add(criterion=criterion)
                for seat in seats:
                    box = SealedBox(PublicKey(bytes(seat.seal_public))).encrypt(
                        ("toelichting %s" % criterion).encode())
                    claim.explanation.add(oin=seat.oin, desk=seat.desk, box=box)
            return m
        return Act(self, desk, "case-gate", build)

    def judge(self, desk, gate, met=True):
        return Act(self, desk, "case-gate", lambda: W.CaseGate(
            case_id=self.case, gate=gate,
            judgements=[CASE.CriterionJudgement(criterion=c, met=met) for c in self.gate(gate)[0]]))

    def feedback(self, desk):
        return Act(self, desk, "feedback", lambda: W.GiveFeedback(
            case_id=self.case, feedback=CASE.Feedback(
                followed_up=True, assessment=CASE.ASSESSED_RIGHT, closed=True)))

    # --- whole ways --------------------------------------------------------------------

    def begin(self, file):
        """From the first signal to the answers of those who were asked."""
        yield self.open("meldpunt", "nijmegen")
        yield self.share("meldpunt", file, ["analist", "aandacht"])
        yield self.share("analist", file, ["aandacht", "meldpunt"], enriches=True)
        yield self.verdict("analist", True)
        yield self.move("analist", "verrijkt")
        yield self.move("aandacht", "versterkt")
        yield self.align("aandacht", ASKED)
        yield self.share("meldpunt", file, ASKED)

    def track(self, name, file):
        """The whole route with this table at its end."""
        table = TABLES[name]
        yield from self.begin(file)
        yield self.answer("politie", CASE.ALIGN_YES)
        yield self.answer("nla", CASE.ALIGN_NO)
        yield self.answer("zorgcoordinator", CASE.ALIGN_YES)
        yield self.move("aandacht", "vermoeden")
        yield self.move("aandacht", table["track"])
        yield self.join("aandacht", table["seats"])
        yield self.share("meldpunt", file, table["seats"])
        if table["gate"]:
            yield self.claim("aandacht", table["gate"])
            for judge in self.who_judges(table["gate"]):
                yield self.judge(judge, table["gate"])
        yield self.move("aandacht", table["to_table"])
        yield self.move(table["closes"], table["close"])
        yield self.feedback("aandacht")

    def no(self, file):
        """The branch without a suspicion."""
        yield from self.begin(file)
        for desk in ASKED:
            yield self.answer(desk, CASE.ALIGN_NO)
        yield self.move("aandacht", "geen_vermoeden")
        yield self.feedback("aandacht")
