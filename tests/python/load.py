# SPDX-License-Identifier: EUPL-1.2
"""Desks at work while a test does something to the broker, and the account of it afterwards.

    with load.Load(region, ["meldpunt"], ["politie", "zorgcoordinator"]) as work:
        work.until(50)          # so many signals more are answered
        ...                     # restart, rotate, revoke
        work.until(50)
    work.settle()               # what was accepted is with every recipient, once

A sender repeats the very same frame on a new connection until it has its answer; a recipient
verifies, acknowledges and remembers what it gets.  Nothing here waits for a length of time but
a desk for its answer.
"""

import collections
import threading

import region as rg
import sluis_client as sc

WORDS = ("afstemming", "1", "duiding")
ANSWER_MS = 3000


class Desk(threading.Thread):
    """One desk with its own connection, which it makes anew whenever it gets no answer."""

    def __init__(self, work, name):
        super().__init__(daemon=True)
        self.work, self.name, self.error = work, name, None
        self.stopping = threading.Event()
        self.client = sc.Client(work.region.region, work.region.party(name),
                                timeout_ms=ANSWER_MS)       # of this thread alone
        self.client.clock = work.region.clock
        self.connections, self.move = 1, threading.Event()

    def run(self):
        try:
            while not self.stopping.is_set():
                if self.move.is_set():
                    self.move.clear()
                    self.connect()
                self.turn()
        except Exception as e:                      # pylint: disable=broad-except
            self.error = e
        finally:
            self.client.close()

    def connect(self):
        self.client.region = self.work.where(self)
        self.client.connect()
        self.connections += 1

    def exchange(self, frame):
        """The answer to FRAME, which is sent until there is one."""
        while not self.work.given_up.is_set():
            try:
                answer = self.client.exchange(frame)
                if answer.code != "stopping":
                    return answer
            except sc.NoAnswer:
                pass
            self.connect()
        raise sc.NoAnswer()


class Sender(Desk):
    def __init__(self, work, name, to):
        super().__init__(work, name)
        self.to = work.region.to(*to)
        self.signal = rg.signal_from("10-truant-girl.json").SerializeToString()
        self.codes = collections.Counter()
        self.entries = {}       # trace: {(oin, desk): entry of its copy}

    def turn(self):
        frame = self.client.build_submit(self.signal, *WORDS, self.to)
        answer = self.exchange(frame)
        self.codes[answer.code] += 1
        if answer.code == "ok":
            self.entries[sc.request_id_of(frame)] = {
                to: o.receipt.index for to, o in zip(self.to, answer.outcomes) if o.code == "ok"}
        elif self.work.stop_at_refusal:
            raise sc.Refused(answer)
        self.work.step()


class Recipient(Desk):
    def __init__(self, work, name):
        super().__init__(work, name)
        (self.seat,) = work.region.to(name)
        self.got = {}           # entry of a copy: [(Delivery, Copy)]
        self.codes = collections.Counter()

    def turn(self):
        answer = self.exchange(self.client.build(
            sc.RECEIVE, sc.wire_pb2.Receive(wait_ms=200, max_deliveries=32)))
        self.codes[answer.code] += 1
        if answer.code != "ok":
            if self.work.stop_at_refusal:
                raise sc.Refused(answer)
            return
        for d in answer.deliveries:
            copy = self.work.verified(self, d)
            self.got.setdefault(d.receipt.index, []).append((d, copy))
        if answer.deliveries:
            done = self.exchange(self.client.build(sc.ACKNOWLEDGE, sc.wire_pb2.Acknowledge(
                delivery_ids=[d.delivery_id for d in answer.deliveries])))
            self.codes[done.code] += 1


class Load:
    def __init__(self, region, senders, recipients, stop_at_refusal=True):
        self.region, self.stop_at_refusal = region, stop_at_refusal
        self.given_up = threading.Event()
        self.done, self.moved = 0, threading.Condition()
        self.recipients = {n: Recipient(self, n) for n in recipients}
        self.senders = {n: Sender(self, n, recipients) for n in senders}

    # --- what a test may replace -----------------------------------------------------------

    def where(self, desk):          # pylint: disable=unused-argument
        """The region as DESK knows it, when it connects again."""
        return self.region.region

    def verified(self, desk, delivery):
        """The Copy in DELIVERY, which DESK has from the broker."""
        return sc.verify_delivery(delivery, desk.client.region.verifier)[0]

    # --- the course of it --------------------------------------------------------------------

    def desks(self):
        return [*self.senders.values(), *self.recipients.values()]

    def __enter__(self):
        for d in self.desks():
            d.start()
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.given_up.set()
            self.end(self.desks())

    def step(self):
        with self.moved:
            self.done += 1
            self.moved.notify_all()

    def check(self):
        for d in self.desks():
            if d.error is not None:
                raise AssertionError("%s: %r" % (d.name, d.error)) from d.error

    def until(self, more):
        """Wait until MORE signals are answered."""
        want = self.done + more

        def there():
            self.check()
            return self.done >= want

        rg.wait_for("%d answers" % more, there)

    def end(self, desks):
        for d in desks:
            d.stopping.set()
        for d in desks:
            d.join(rg.LIMIT_S)
        if any(d.is_alive() for d in desks):
            self.given_up.set()
            raise AssertionError("a desk does not come to an end")

    def settle(self):
        """End the senders; wait until every copy that was promised is there; the number of them.
        None came as two: what came again is the same delivery."""
        self.end(self.senders.values())
        wanted = {r.seat: set() for r in self.recipients.values()}
        for s in self.senders.values():
            for entries in s.entries.values():
                for seat, entry in entries.items():
                    wanted[seat].add(entry)

        def there():
            self.check()
            return all(wanted[r.seat] <= set(r.got) for r in self.recipients.values())

        rg.wait_for("every copy", there)
        self.end(self.recipients.values())
        self.check()
        for r in self.recipients.values():
            if set(r.got) != wanted[r.seat]:
                raise AssertionError("%s got what nobody was told of" % r.name)
            for copies in r.got.values():
                if len({d.delivery_id for d, _ in copies}) != 1:
                    raise AssertionError("%s got two copies of one entry" % r.name)
        return sum(map(len, wanted.values()))
