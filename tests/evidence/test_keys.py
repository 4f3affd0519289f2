"""Rules of `evidence.keys`: who signed a seal can be shown, and nobody else can have."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scherp.evidence.hashes import canonical_json
from scherp.evidence.keys import KeyPair, check_signature, fingerprint, new_keys, sign_seal
from scherp.evidence.seal import check_seal, write_seal
from scherp.faults import Refused

SAME_FOLDER = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PEM = serialization.Encoding.PEM


@pytest.fixture
def keys(tmp_path: Path) -> KeyPair:
    return new_keys(tmp_path / "keys")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "run.json").write_bytes(b"{}")
    write_seal(folder)
    return folder


def said(folder: Path, key: Path) -> list[str]:
    return [f"{fault.where}: {fault.what}" for fault in check_signature(folder, key)]


def refusal(folder: Path, key: Path, passphrase: str | None = None) -> str:
    with pytest.raises(Refused) as refused:
        sign_seal(folder, key, passphrase)
    assert not (folder / "seal.sig").exists()
    return str(refused.value)


def raw(public: Path) -> tuple[Ed25519PublicKey, bytes]:
    key = serialization.load_pem_public_key(public.read_bytes())
    assert isinstance(key, Ed25519PublicKey)
    return key, key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def test_a_signed_seal_is_good_and_the_folder_still_is_sealed(run: Path, keys: KeyPair) -> None:
    assert sign_seal(run, keys.private) == keys.fingerprint
    assert said(run, keys.public) == []
    assert check_seal(run) == []


def test_only_the_owner_may_read_the_private_key(keys: KeyPair) -> None:
    assert keys.private.stat().st_mode & 0o777 == 0o600
    assert keys.private.name == "scherp.key"
    assert keys.public.name == "scherp.pub"


def test_the_fingerprint_is_the_hash_of_the_raw_public_key(keys: KeyPair) -> None:
    expected = hashlib.sha256(raw(keys.public)[1]).hexdigest()
    assert keys.fingerprint == fingerprint(keys.public) == expected


def test_the_signature_is_over_the_domain_and_the_hash_of_the_seal(run: Path, keys: KeyPair) -> None:
    sign_seal(run, keys.private)
    record = json.loads((run / "seal.sig").read_bytes())
    assert (record["algorithm"], record["key"]) == ("Ed25519", keys.fingerprint)
    seal = (run / "seal.json").read_bytes()
    # raises InvalidSignature where the bytes are others
    raw(keys.public)[0].verify(
        base64.b64decode(record["signature"]), b"scherp seal 1\n" + hashlib.sha256(seal).digest()
    )
    assert set(record) == {"algorithm", "key", "signature"}


def test_a_signature_over_the_bare_seal_does_not_count(run: Path, keys: KeyPair) -> None:
    sign_seal(run, keys.private)
    key = serialization.load_pem_private_key(keys.private.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    bare = base64.b64encode(key.sign((run / "seal.json").read_bytes())).decode()
    record = {"algorithm": "Ed25519", "key": keys.fingerprint, "signature": bare}
    (run / "seal.sig").write_bytes(canonical_json(record))
    assert said(run, keys.public) == ["seal.sig: the signature does not belong to this seal"]


def test_nothing_secret_lands_in_the_folder(run: Path, keys: KeyPair) -> None:
    sign_seal(run, keys.private)
    assert sorted(path.name for path in run.iterdir()) == ["run.json", "seal.json", "seal.pub", "seal.sig"]
    assert (run / "seal.pub").read_bytes() == keys.public.read_bytes()
    key = serialization.load_pem_private_key(keys.private.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    secret = key.private_bytes_raw()
    for path in run.iterdir():
        content = path.read_bytes()
        assert secret not in content
        assert b"PRIVATE" not in content


@SAME_FOLDER
@given(name=st.sampled_from(["seal.json", "seal.sig", "seal.pub"]), at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_flipped_bit_in_seal_signature_or_key_is_found(
    run: Path, keys: KeyPair, name: str, at: int, bit: int
) -> None:
    sign_seal(run, keys.private)
    good = (run / name).read_bytes()
    content = bytearray(good)
    content[at % len(content)] ^= 1 << bit
    (run / name).write_bytes(content)
    assert check_signature(run, keys.public) != []
    (run / name).write_bytes(good)
    assert check_signature(run, keys.public) == []


def test_a_folder_that_is_changed_and_sealed_anew_has_lost_its_signature(run: Path, keys: KeyPair) -> None:
    sign_seal(run, keys.private)
    (run / "run.json").write_bytes(b"[]")
    write_seal(run)
    assert check_seal(run) == []
    assert said(run, keys.public) == ["seal.sig: the signature does not belong to this seal"]


def test_a_forger_who_signs_with_an_own_key_is_found(run: Path, keys: KeyPair, tmp_path: Path) -> None:
    forger = new_keys(tmp_path / "forger")
    sign_seal(run, forger.private)
    assert said(run, keys.public) == [
        f"seal.sig: the seal is signed with key {forger.fingerprint}, not with key {keys.fingerprint}",
        "seal.pub: is not the public key of the check",
    ]


def test_a_forger_who_names_the_expected_key_is_found(run: Path, keys: KeyPair, tmp_path: Path) -> None:
    sign_seal(run, new_keys(tmp_path / "forger").private)
    record = json.loads((run / "seal.sig").read_bytes())
    (run / "seal.sig").write_bytes(canonical_json({**record, "key": keys.fingerprint}))
    (run / "seal.pub").write_bytes(keys.public.read_bytes())
    assert said(run, keys.public) == ["seal.sig: the signature does not belong to this seal"]


def test_a_missing_copy_of_the_public_key_is_no_fault(run: Path, keys: KeyPair) -> None:
    sign_seal(run, keys.private)
    (run / "seal.pub").unlink()
    assert said(run, keys.public) == []


def test_a_copy_of_the_public_key_that_is_a_link_is_a_fault(run: Path, keys: KeyPair) -> None:
    sign_seal(run, keys.private)
    (run / "seal.pub").unlink()
    (run / "seal.pub").symlink_to(keys.public)
    assert said(run, keys.public) == ["seal.pub: is not the public key of the check"]


def test_a_seal_without_a_signature_says_so(run: Path, keys: KeyPair) -> None:
    assert said(run, keys.public) == ["seal.sig: the seal is not signed"]


SIGNATURE = "A" * 86 + "=="


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"1",
        b"\xff",
        b"[" * 100_000,
        b'{"algorithm":"Ed25519"}',
        canonical_json({"algorithm": "Ed25519", "key": "ab", "signature": SIGNATURE}),
        canonical_json({"algorithm": "Ed25519", "key": None, "signature": SIGNATURE}),
        canonical_json({"algorithm": "Ed25519", "key": "ab" * 32, "signature": "not base64!"}),
        canonical_json({"algorithm": "Ed25519", "key": "ab" * 32, "signature": 1}),
        canonical_json({"algorithm": "RSA", "key": "ab" * 32, "signature": SIGNATURE}),
        canonical_json({"algorithm": "Ed25519", "key": "ab" * 32, "note": "", "signature": SIGNATURE}),
        canonical_json({"algorithm": "Ed25519", "key": "ab" * 32, "signature": SIGNATURE}) + b"\n",
        # the same 64 bytes in another base64: the last digit has spare bits
        canonical_json({"algorithm": "Ed25519", "key": "ab" * 32, "signature": "A" * 85 + "B=="}),
    ],
)
def test_a_file_that_is_not_exactly_a_signature_is_one_fault(run: Path, keys: KeyPair, content: bytes) -> None:
    (run / "seal.sig").write_bytes(content)
    assert said(run, keys.public) == ["seal.sig: the file is not a signature of Scherp"]


def test_a_signature_of_the_wrong_length_is_not_good(run: Path, keys: KeyPair) -> None:
    record = {"algorithm": "Ed25519", "key": keys.fingerprint, "signature": "QUJD"}
    (run / "seal.sig").write_bytes(canonical_json(record))
    assert said(run, keys.public) == ["seal.sig: the signature does not belong to this seal"]


def test_every_fault_of_a_check_is_named_at_once(tmp_path: Path) -> None:
    assert said(tmp_path, tmp_path / "gone.pub") == [
        "gone.pub: there is no such file",
        "seal.json: there is no seal",
        "seal.sig: the seal is not signed",
    ]


def test_keys_are_never_overwritten(keys: KeyPair) -> None:
    before = keys.private.read_bytes(), keys.public.read_bytes()
    with pytest.raises(Refused) as refused:
        new_keys(keys.private.parent, passphrase="")
    assert [fault.where for fault in refused.value.faults] == ["scherp.key", "scherp.pub", "the passphrase"]
    assert (keys.private.read_bytes(), keys.public.read_bytes()) == before


def test_one_half_of_a_pair_is_enough_to_refuse(keys: KeyPair) -> None:
    keys.private.unlink()
    with pytest.raises(Refused, match=r"^scherp\.pub: is already there"):
        new_keys(keys.public.parent)
    assert not keys.private.exists()


@pytest.mark.parametrize("passphrase", ["", "x" * 1024])
def test_a_passphrase_that_is_empty_or_too_long_is_refused(tmp_path: Path, passphrase: str) -> None:
    with pytest.raises(Refused, match="the passphrase: is empty, or longer than 1023 bytes"):
        new_keys(tmp_path, passphrase)
    assert list(tmp_path.iterdir()) == []


def test_keys_in_a_place_that_is_no_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Refused, match=r"^file: no keys can be written"):
        new_keys(tmp_path / "file")


@pytest.mark.parametrize("passphrase", ["geheim", "ÿ \udcff", "x" * 1023])
def test_an_encrypted_key_signs_with_its_passphrase_only(run: Path, tmp_path: Path, passphrase: str) -> None:
    keys = new_keys(tmp_path / "locked", passphrase)
    assert b"ENCRYPTED" in keys.private.read_bytes()
    opens_not = "scherp.key: the passphrase does not open this key. Check the passphrase, or the file."
    assert refusal(run, keys.private) == "scherp.key: the key is encrypted. Give its passphrase."
    assert refusal(run, keys.private, "other") == opens_not
    sign_seal(run, keys.private, passphrase)
    assert said(run, keys.public) == []


def test_a_passphrase_for_a_key_without_one_is_refused(run: Path, keys: KeyPair) -> None:
    assert refusal(run, keys.private, "geheim") == "scherp.key: the key is not encrypted. Leave the passphrase out."


def test_no_key_file_and_no_seal_are_named_together(tmp_path: Path) -> None:
    assert refusal(tmp_path, tmp_path / "gone.key") == (
        "gone.key: there is no such file.\nseal.json: there is no seal. Name the folder of a run that was sealed."
    )


def test_a_folder_in_place_of_a_key_is_refused(run: Path, tmp_path: Path) -> None:
    assert refusal(run, tmp_path).endswith(": cannot be read: Is a directory.")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"\xff\x00"]
)
def test_a_malformed_private_key_is_refused(run: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.key").write_bytes(content)
    assert refusal(run, tmp_path / "bad.key") == "bad.key: is not a private key in PEM."


@pytest.mark.parametrize("content", [b"", b"hello", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_malformed_public_key_is_refused(run: Path, keys: KeyPair, tmp_path: Path, content: bytes) -> None:
    sign_seal(run, keys.private)
    (tmp_path / "bad.pub").write_bytes(content)
    assert said(run, tmp_path / "bad.pub") == ["bad.pub: is not a public key in PEM"]
    with pytest.raises(Refused, match="is not a public key in PEM"):
        fingerprint(tmp_path / "bad.pub")


def test_keys_of_another_type_are_refused(run: Path, tmp_path: Path) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    private, public = tmp_path / "ec.key", tmp_path / "ec.pub"
    private.write_bytes(other.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    public.write_bytes(other.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    sentence = "is a key of another type than Ed25519"
    assert refusal(run, private) == f"ec.key: {sentence}. Give an Ed25519 key."
    assert said(run, public)[0] == f"ec.pub: {sentence}"


def test_a_private_and_a_public_key_in_each_others_place_are_told_apart(run: Path, keys: KeyPair) -> None:
    assert refusal(run, keys.public) == "scherp.pub: holds a public key. Sign with the private key, scherp.key."
    assert said(run, keys.private)[0] == "scherp.key: holds a private key"
