#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""One copy checked without any of our programs (docs/verify.md):

    verify_copy.py DIR VKEY ANCHORS

DIR is what `sluis inbox show ID --evidence DIR` wrote, VKEY and ANCHORS (PEM) are the
region's.  Ends with 0 and whose word each field is, or with 6 and why.
"""

import hashlib
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import sluis_client as sc
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509.oid import NameOID
from google.protobuf.message import DecodeError

KEYBINDING = "application/vnd.sluis.keybinding.v1"


def check_chain(folder, anchors, at_s):
    """The certificate in chain.pem, which an anchor vouched for at AT_S."""
    done = subprocess.run(
        ["openssl", "verify", "-attime", str(at_s), "-purpose", "sslclient",
         "-CAfile", anchors, "-untrusted", folder / "chain.pem", folder / "chain.pem"],
        capture_output=True, check=False)
    if done.returncode != 0:
        raise sc.BadProof("no anchor vouches for the certificate")
    return x509.load_pem_x509_certificate((folder / "chain.pem").read_bytes())


def check_signed(envelope, certificate):
    """That the key of CERTIFICATE signed ENVELOPE."""
    signature, = envelope.signatures
    text = sc.pae(KEYBINDING, envelope.payload)
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature.sig, text, ec.ECDSA(hashes.SHA256()))
    else:
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
        key.verify(signature.sig, text, pss, hashes.SHA256())
    if envelope.payload_type != KEYBINDING:
        raise sc.BadProof("no key binding")


def check_binding(folder, anchors, leaf, made_ms):
    """The key binding that LEAF names, good when the signature was MADE_MS."""
    raw = (folder / "binding").read_bytes()
    if hashlib.sha256(raw).digest() != leaf.binding_id:
        raise sc.BadProof("another binding than the entry names")
    envelope = sc.wire_pb2.Envelope.FromString(raw)
    certificate = check_chain(folder, anchors, made_ms // 1000)
    check_signed(envelope, certificate)
    binding = sc.wire_pb2.KeyBinding.FromString(envelope.payload)
    if not binding.not_before_ms <= made_ms <= binding.not_after_ms:
        raise sc.BadProof("the binding was not valid then")
    for oid, text in ((NameOID.SERIAL_NUMBER, binding.oin),
                      (NameOID.ORGANIZATIONAL_UNIT_NAME, binding.desk)):
        if [a.value for a in certificate.subject.get_attributes_for_oid(oid)] != [text]:
            raise sc.BadProof("the certificate is another desk's")
    return binding


def check(folder, vkey, anchors):
    delivery = sc.wire_pb2.Delivery.FromString((folder / "delivery").read_bytes())
    copy, signal, leaf = sc.verify_delivery(delivery, sc.Verifier(vkey))
    said = sc.wire_pb2.Disclosure.FromString(copy.evidence.disclosure)
    binding = check_binding(folder, anchors, leaf, said.created_ms)
    sc.verify_evidence(copy, signal, leaf, binding, versions=(1, 2))
    if {said.broker_origin, binding.broker_origin} != {vkey.split("+")[0]}:
        raise sc.BadProof("signed for another region")
    return copy, leaf


def main(folder, vkey, anchors):
    try:
        copy, leaf = check(pathlib.Path(folder), vkey, anchors)
    except (sc.BadProof, InvalidSignature, DecodeError, ValueError, OSError) as e:
        print("verify_copy.py: %s" % (e or type(e).__name__), file=sys.stderr)
        return 6
    print("%s %s said it to %s, entry of %d; the broker states:" % (
        copy.sender_oin, copy.sender_desk, leaf.recipient_oin, leaf.time_ms))
    for statement in copy.statements:
        print("  " + statement.path)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
