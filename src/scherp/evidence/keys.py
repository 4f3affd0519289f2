"""Signatures under a seal, with Ed25519.

Rule: what is signed is not the bare seal but `SIGNED_AS` followed by the 32 bytes of its SHA-256, so that a signature
under a seal never counts as a signature under anything else that such a key may sign. The signature names its key by a
fingerprint, the SHA-256 of the key's 32 raw bytes. `seal.sig` is canonical JSON with exactly the keys algorithm, key
and signature (base64), so that every byte of it counts. `seal.pub` lies beside it for convenience and proves nothing:
a check is made with a public key that the checker got elsewhere. A valid signature says that the seal is the one that
was signed; `seal.check_seal` says that the files are the sealed ones; a proof needs both. Source: RFC 8032 (Ed25519),
RFC 8410 (its keys in PEM), the engine's decision 9.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from scherp.evidence.durable import sync, write_new, write_whole
from scherp.evidence.hashes import canonical_json, sha256_bytes
from scherp.evidence.seal import PUBLIC_KEY, SIGNATURE, read_seal
from scherp.faults import Fault, Refused

PRIVATE_FILE, PUBLIC_FILE = "scherp.key", "scherp.pub"
SIGNED_AS = b"scherp seal 1\n"
ALGORITHM = "Ed25519"

_Read = TypeVar("_Read")
_LONGEST = 1023  # bytes of a passphrase that PKCS #8 encryption takes here
_FINGERPRINT = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class KeyPair:
    """The files of a new pair of keys. fingerprint: SHA-256 of the raw public key, 64 hexadecimal digits."""

    private: Path
    public: Path
    fingerprint: str


def new_keys(folder: Path, passphrase: str | None = None) -> KeyPair:
    """Make a pair of keys in `folder`: `scherp.key` (PKCS #8 PEM, mode 0600) and `scherp.pub` (PEM).

    passphrase: encrypts the private key; None leaves it readable for whoever can read the file. Refused: a key that is
    already there (never overwritten), a passphrase that is empty or too long, a folder that cannot be written to.
    """
    private, public = folder / PRIVATE_FILE, folder / PUBLIC_FILE
    faults = [
        Fault(path.name, "is already there and is not overwritten", "Choose another folder.")
        for path in (private, public)
        if path.exists() or path.is_symlink()
    ]
    if passphrase is not None and not 0 < len(_secret(passphrase)) <= _LONGEST:
        faults.append(Fault("the passphrase", f"is empty, or longer than {_LONGEST} bytes", "Give another, or none."))
    if faults:
        raise Refused(faults)
    key = Ed25519PrivateKey.generate()
    _write_pair(private, _private_pem(key, passphrase), public, _public_pem(key.public_key()))
    return KeyPair(private, public, _fingerprint(key.public_key()))


def sign_seal(folder: Path, key_path: Path, passphrase: str | None = None) -> str:
    """Sign the seal of `folder`: writes `seal.sig` and `seal.pub` in it and returns the key's fingerprint.

    A signature that was there is replaced. That the files still are the sealed ones is not looked at here: write the
    seal, then sign. Refused: no seal or a malformed one, and every way in which the key cannot be opened.
    """
    faults: list[Fault] = []
    key = _gather(faults, lambda: _private_key(key_path, passphrase))
    seal = _gather(faults, lambda: read_seal(folder))
    if key is None or seal is None:
        raise Refused(faults)
    by = _fingerprint(key.public_key())
    write_whole(folder, PUBLIC_KEY, _public_pem(key.public_key()))
    write_whole(folder, SIGNATURE, _signature_bytes(by, key.sign(_signed(seal))))
    return by


def check_signature(folder: Path, public_key_path: Path) -> list[Fault]:
    """What is wrong with the signature under the seal of `folder`; empty where it is good.

    public_key_path: the key that the signature has to be of, from a source that the checker trusts (not the folder).
    """
    faults: list[Fault] = []
    key = _gather(faults, lambda: _public_key(public_key_path))
    seal = _gather(faults, lambda: read_seal(folder))
    signed = _gather(faults, lambda: _read_signature(folder))
    if key is None or seal is None or signed is None:
        return faults
    by, signature = signed
    if by != _fingerprint(key):
        faults.append(Fault(SIGNATURE, f"the seal is signed with key {by}, not with key {_fingerprint(key)}"))
    elif not _verifies(key, signature, seal):
        faults.append(Fault(SIGNATURE, "the signature does not belong to this seal"))
    beside = folder / PUBLIC_KEY
    if beside.is_symlink() or (beside.exists() and _gather(faults, lambda: _read(beside)) != _public_pem(key)):
        faults.append(Fault(PUBLIC_KEY, "is not the public key of the check"))
    return faults


def fingerprint(public_key_path: Path) -> str:
    """The fingerprint of a public key file: SHA-256 of the 32 raw bytes. Refused where it is not such a key."""
    return _fingerprint(_public_key(public_key_path))


def _signed(seal: bytes) -> bytes:
    return SIGNED_AS + hashlib.sha256(seal).digest()


def _verifies(key: Ed25519PublicKey, signature: bytes, seal: bytes) -> bool:
    try:
        key.verify(signature, _signed(seal))
    except InvalidSignature:
        return False
    return True


def _gather(faults: list[Fault], read: Callable[[], _Read]) -> _Read | None:
    try:
        return read()
    except Refused as refused:
        faults.extend(refused.faults)
        return None


def _signature_bytes(key: str, signature: bytes) -> bytes:
    text = base64.b64encode(signature).decode()
    return canonical_json({"algorithm": ALGORITHM, "key": key, "signature": text})


def _read_signature(folder: Path) -> tuple[str, bytes]:
    path = folder / SIGNATURE
    if not path.exists() and not path.is_symlink():
        raise Refused(Fault(SIGNATURE, "the seal is not signed"))
    content = _read(path)
    malformed = Refused(Fault(SIGNATURE, "the file is not a signature of Scherp"))
    try:
        record = json.loads(content)
        key, signature = record["key"], base64.b64decode(record["signature"], validate=True)
    except (ValueError, RecursionError, KeyError, TypeError, binascii.Error):
        raise malformed from None
    if not isinstance(key, str) or not _FINGERPRINT.match(key) or _signature_bytes(key, signature) != content:
        raise malformed
    return key, signature


def _private_key(path: Path, passphrase: str | None) -> Ed25519PrivateKey:
    content = _read(path)
    encrypted = b"ENCRYPTED" in content
    if b"BEGIN PUBLIC KEY" in content:
        raise Refused(Fault(path.name, "holds a public key", f"Sign with the private key, {PRIVATE_FILE}."))
    if encrypted and not passphrase:
        raise Refused(Fault(path.name, "the key is encrypted", "Give its passphrase."))
    if passphrase is not None and not encrypted and b"PRIVATE KEY" in content:
        raise Refused(Fault(path.name, "the key is not encrypted", "Leave the passphrase out."))
    try:
        key = serialization.load_pem_private_key(content, _secret(passphrase) if passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        if encrypted:
            wrong = Fault(path.name, "the passphrase does not open this key", "Check the passphrase, or the file.")
        else:
            wrong = Fault(path.name, "is not a private key in PEM")
        raise Refused(wrong) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise Refused(_other_type(path))
    return key


def _public_key(path: Path) -> Ed25519PublicKey:
    content = _read(path)
    if b"PRIVATE KEY" in content:
        raise Refused(Fault(path.name, "holds a private key", f"Check with the public key, {PUBLIC_FILE}."))
    try:
        key = serialization.load_pem_public_key(content)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Refused(Fault(path.name, "is not a public key in PEM")) from None
    if not isinstance(key, Ed25519PublicKey):
        raise Refused(_other_type(path))
    return key


def _other_type(path: Path) -> Fault:
    return Fault(path.name, "is a key of another type than Ed25519", "Give an Ed25519 key.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Refused(Fault(path.name, "there is no such file")) from None
    except OSError as wrong:
        raise Refused(Fault(path.name, f"cannot be read: {wrong.strerror or 'it fails'}")) from None


def _write_pair(private: Path, private_pem: bytes, public: Path, public_pem: bytes) -> None:
    try:
        private.parent.mkdir(parents=True, exist_ok=True)
        write_new(private, private_pem, mode=0o600)
        try:
            write_new(public, public_pem, mode=0o644)
        except OSError:
            private.unlink()  # half a pair would stand in the way of the next attempt
            raise
        sync(private.parent)
    except OSError as wrong:
        raise Refused(Fault(private.parent.name, f"no keys can be written: {wrong.strerror or 'it fails'}")) from None


def _secret(passphrase: str) -> bytes:
    # surrogateescape: bytes of an argument or a variable that are not UTF-8 count as the bytes that they are
    return passphrase.encode("utf-8", "surrogateescape")


def _private_pem(key: Ed25519PrivateKey, passphrase: str | None) -> bytes:
    locked: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        locked = serialization.BestAvailableEncryption(_secret(passphrase))
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


def _public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _fingerprint(key: Ed25519PublicKey) -> str:
    return sha256_bytes(key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))
