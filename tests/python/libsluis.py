# SPDX-License-Identifier: EUPL-1.2
"""libsluis.so as another language meets it: sluis.h through ctypes, nothing else of ours.

    libsluis.py PARTY-FOLDER METHOD [JSON]...

calls one method in a process of its own, so that it can live by another clock.
"""

import ctypes as c
import json
import os
import sys

OK, TIMEOUT_MS = 0, 20000


class Recipient(c.Structure):
    _fields_ = [("oin", c.c_char_p), ("desk", c.c_char_p)]


class Submission(c.Structure):
    _fields_ = [
        ("convenant", c.c_char_p), ("phase", c.c_char_p), ("purpose", c.c_char_p),
        ("recipients", c.POINTER(Recipient)), ("n_recipients", c.c_size_t),
        ("signal_json", c.c_char_p), ("signal_json_n", c.c_size_t), ("region", c.c_char_p),
        ("case_id", c.c_char_p), ("enriches", c.c_int), ("corrects", c.c_char_p),
        ("exchange_id", c.c_char_p), ("hands_over", c.c_char_p)]


class Receive(c.Structure):
    _fields_ = [("wait_ms", c.c_uint), ("max", c.c_uint), ("lease_ms", c.c_uint),
                ("id", c.c_char_p), ("flags", c.c_uint)]


class Release(c.Structure):
    _fields_ = [("to", c.POINTER(Recipient)), ("n_to", c.c_size_t), ("trace_id", c.c_char_p),
                ("only_preview", c.c_int)]


class Error(c.Structure):
    _fields_ = [("code", c.c_int), ("where", c.c_char * 160), ("reason", c.c_char * 240),
                ("rule", c.c_char * 40), ("article", c.c_char * 160)]


class Failed(Exception):
    """A call that came to nothing."""

    def __init__(self, code, where):
        super().__init__("%s %s" % (code, where))
        self.code, self.where = code, where


def _load():
    lib = c.CDLL(os.environ["SLUIS_LIB"])
    lib.sluis_code_name.restype = c.c_char_p
    lib.sluis_result_json.restype = c.c_char_p
    lib.sluis_last_error.restype = c.POINTER(Error)
    lib.sluis_last_trace_id.restype = c.POINTER(c.c_uint8 * 16)
    return lib


LIB = _load() if "SLUIS_LIB" in os.environ else None


def recipients(pairs):
    """(array, n) of [(oin, desk)]."""
    array = (Recipient * max(len(pairs), 1))()
    for i, (oin, desk) in enumerate(pairs):
        array[i] = Recipient(oin.encode(), desk.encode() if desk else None)
    return array, len(pairs)


class Desk:
    """A handle; every call gives the result's JSON as a dict, with its `code`."""

    def __init__(self, party_dir, timeout_ms=TIMEOUT_MS):
        self.timeout_ms = timeout_ms
        self.handle = c.c_void_p()
        error = Error()
        code = LIB.sluis_open(c.byref(self.handle), str(party_dir).encode(), c.byref(error))
        if code != OK:
            raise Failed(self.name(code), error.where.decode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        LIB.sluis_close(c.byref(self.handle))

    @staticmethod
    def name(code):
        return LIB.sluis_code_name(code).decode()

    def _take(self, code, result):
        """The JSON of RESULT; Failed when there is none."""
        if not result:
            e = LIB.sluis_last_error(self.handle).contents
            raise Failed(self.name(code), e.where.decode())
        text = json.loads(LIB.sluis_result_json(result))
        LIB.sluis_result_destroy(c.byref(result))
        text.setdefault("code", self.name(code))
        return text

    def _call(self, function, *arguments):
        result = c.c_void_p()
        code = function(self.handle, *arguments, c.byref(result))
        return self._take(code, result)

    def act(self, kind, **body):
        text = json.dumps(body).encode()
        return self._call(LIB.sluis_act, kind.encode(), text, c.c_size_t(len(text)), self.timeout_ms)

    @staticmethod
    def submission(signal, words, to, **more):
        """SIGNAL is a dict, WORDS (convenant, phase, purpose), TO [(oin, desk)]."""
        text = json.dumps(signal).encode()
        array, n = recipients(to)
        what = Submission(*[w.encode() for w in words], array, n, text, len(text))
        for key, value in more.items():
            setattr(what, key, value)
        return what

    def send(self, signal, words, to, **more):
        what = self.submission(signal, words, to, **more)
        return self._call(LIB.sluis_send, c.byref(what), self.timeout_ms)

    def send_many(self, signals, words, to):
        """What send() gives for each of SIGNALS, or a Failed, from as few requests as go."""
        whats = [self.submission(signal, words, to) for signal in signals]
        n = len(whats)
        results, codes = (c.c_void_p * n)(), (c.c_int * n)()
        LIB.sluis_send_many(self.handle, (Submission * n)(*whats), c.c_size_t(n),
                            self.timeout_ms, results, codes)
        out = []
        for code, result in zip(codes, results):
            try:
                out.append(self._take(code, c.c_void_p(result)))
            except Failed as e:
                out.append(e)
        return out

    def resend(self, trace):
        return self._call(LIB.sluis_resend, bytes.fromhex(trace), self.timeout_ms)

    def last_trace(self):
        return bytes(LIB.sluis_last_trace_id(self.handle).contents).hex()

    def receive(self, keep=True):
        how = Receive(0, 64, 0, None, 1 if keep else 0)
        return self._call(LIB.sluis_receive, c.byref(how), self.timeout_ms)["deliveries"]

    def acknowledge(self, ids):
        joined = b"".join(bytes.fromhex(i) for i in ids)
        return self._call(LIB.sluis_acknowledge, joined, c.c_size_t(len(ids)), 0, self.timeout_ms)

    def take(self):
        """Everything that waits: kept, acknowledged, given."""
        got = self.receive()
        if got:
            self.acknowledge([d["id"] for d in got])
        return got

    def kept(self, delivery):
        return self._call(LIB.sluis_kept, bytes.fromhex(delivery))["deliveries"][0]

    def destroy(self, ids):
        joined = b"".join(bytes.fromhex(i) for i in ids)
        return self._call(LIB.sluis_destroy, joined, c.c_size_t(len(ids)), self.timeout_ms)

    def dossier(self, case):
        return self._call(LIB.sluis_dossier, bytes.fromhex(case))

    # --- the queue -----------------------------------------------------------------------

    def _must(self, code):
        if code != OK:
            e = LIB.sluis_last_error(self.handle).contents
            raise Failed(self.name(code), e.where.decode())

    def queue_add(self, trace):
        self._must(LIB.sluis_queue_add(self.handle, bytes.fromhex(trace)))

    def queue_send(self, *what):
        self._must(LIB.sluis_queue_send(self.handle, c.byref(self.submission(*what))))

    def queue_act(self, kind, **body):
        text = json.dumps(body).encode()
        self._must(LIB.sluis_queue_act(self.handle, kind.encode(), text, c.c_size_t(len(text))))

    def queue_drop(self, trace):
        self._must(LIB.sluis_queue_drop(self.handle, bytes.fromhex(trace)))

    def queue(self):
        """The trace ids that wait, oldest first."""
        return [w["trace_id"] for w in self._call(LIB.sluis_queue_list)["waiting"]]

    def flush(self):
        return self._call(LIB.sluis_queue_flush, self.timeout_ms)

    def release(self, case, **how):
        return self._call(LIB.sluis_release, bytes.fromhex(case),
                          c.byref(Release(**how)) if how else None, self.timeout_ms)


def main(folder, method, *arguments):
    with Desk(folder) as desk:
        print(json.dumps(getattr(desk, method)(*map(json.loads, arguments))))


if __name__ == "__main__":
    main(*sys.argv[1:])
