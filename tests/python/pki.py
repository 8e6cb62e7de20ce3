# SPDX-License-Identifier: EUPL-1.2
"""Certificates, revocation lists and key bindings made by hand, also wrong ones.

The region's test CA lies in D/ca (ca.pem, ca-key.pem); with it this module issues what the
`sluis` command would never issue: certificates that ended yesterday, without a desk,
for another purpose, and bindings for other keys.
"""

import binascii
import datetime
import hashlib
import os
import time

import nacl.public
import nacl.signing
import sluis_client as sc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY_MS = 24 * 3600 * 1000


def now_ms():
    return int(time.time() * 1000)


def utc(seconds_from_now):
    return datetime.datetime.utcnow().replace(microsecond=0) + datetime.timedelta(
        seconds=seconds_from_now)


def new_keys():
    """A fresh sluis_client.Keys."""
    sign = nacl.signing.SigningKey.generate()
    curve, seal = nacl.public.PrivateKey.generate(), nacl.public.PrivateKey.generate()
    raw = {
        "ed25519_seed": bytes(sign), "ed25519_public": bytes(sign.verify_key),
        "curve_secret": bytes(curve), "curve_public": bytes(curve.public_key),
        "x25519_secret": bytes(seal), "x25519_public": bytes(seal.public_key)}
    return sc.Keys({name: binascii.hexlify(value).decode() for name, value in raw.items()})


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


class Authority:
    """A CA: the region's own, from its folder, or a foreign one."""

    def __init__(self, certificate, key):
        self.certificate, self.key = certificate, key

    @classmethod
    def read(cls, folder):
        certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
        key = serialization.load_pem_private_key((folder / "ca-key.pem").read_bytes(), None)
        return cls(certificate, key)

    @classmethod
    def foreign(cls):
        """An authority that nobody trusts."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Vreemde CA")])
        certificate = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(utc(-3600)).not_valid_after(utc(86400 * 365))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage(key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256()))
        return cls(certificate, key)

    def issue(self, oin, desk, organisation="Testorganisatie", start_s=-3600, end_s=86400 * 30,
              purpose=ExtendedKeyUsageOID.CLIENT_AUTH):
        """(certificate, private key) of the shape that sluis expects, unless told otherwise."""
        key = ec.generate_private_key(ec.SECP256R1())
        attributes = [(NameOID.COMMON_NAME, organisation), (NameOID.ORGANIZATION_NAME, organisation),
                      (NameOID.ORGANIZATIONAL_UNIT_NAME, desk), (NameOID.SERIAL_NUMBER, oin)]
        subject = x509.Name([x509.NameAttribute(o, v) for o, v in attributes if v])
        certificate = (
            x509.CertificateBuilder().subject_name(subject)
            .issuer_name(self.certificate.subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(utc(start_s)).not_valid_after(utc(end_s))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(self.key_identifier(), critical=False)
            .sign(self.key, hashes.SHA256()))
        return certificate, key

    def key_identifier(self):
        try:
            own = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
            return x509.AuthorityKeyIdentifier(own.value.digest, None, None)
        except x509.ExtensionNotFound:
            return x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())

    def revocation_list(self, certificates=(), start_s=-60, end_s=86400 * 7, number=None):
        """A CRL in PEM that names CERTIFICATES; its NUMBER rises with the clock."""
        builder = (
            x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
            .last_update(utc(start_s)).next_update(utc(end_s))
            .add_extension(x509.CRLNumber(number or now_ms()), critical=False)
            .add_extension(self.key_identifier(), critical=False))
        for c in certificates:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(c.serial_number)
                .revocation_date(utc(min(start_s, -60))).build())
        return pem(builder.sign(self.key, hashes.SHA256()))


def usage(**true):
    names = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
             "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{name: true.get(name, False) for name in names})


def make_binding(certificate, key, keys, oin, desk, origin, sequence, start_ms=None, end_ms=None):
    """A KeyBinding envelope signed with the certificate's KEY."""
    start = now_ms() - 60000 if start_ms is None else start_ms
    binding = sc.wire_pb2.KeyBinding(
        oin=oin, desk=desk, ed25519_public=keys.ed25519_public, curve_public=keys.curve_public,
        x25519_public=keys.x25519_public, not_before_ms=start,
        not_after_ms=start + 7 * DAY_MS if end_ms is None else end_ms,
        sequence=sequence, broker_origin=origin)
    payload = binding.SerializeToString()
    envelope = sc.wire_pb2.Envelope(payload=payload, payload_type=sc.KEYBINDING)
    envelope.signatures.add(
        sig=key.sign(sc.pae(sc.KEYBINDING, payload), ec.ECDSA(hashes.SHA256())),
        keyid=hashlib.sha256(der(certificate)).hexdigest())
    return envelope.SerializeToString()


class Newcomer:
    """A party with fresh keys that wants to enrol, shaped like sluis_client.Party."""

    def __init__(self, oin, desk, role=""):
        self.name, self.oin, self.desk, self.role = "newcomer", oin, desk, role
        self.keys = new_keys()


def enrol(region, newcomer, binding, chain, timeout_ms=15000):
    """Send Enrol through the enrolment door; the Answer."""
    with sc.Client(region, newcomer, door="enrol", timeout_ms=timeout_ms) as c:
        frame = c.build(sc.ENROL, sc.wire_pb2.Enrol(binding=binding, chain_pem=chain))
        return c.exchange(frame)


def random_id():
    return os.urandom(16)
