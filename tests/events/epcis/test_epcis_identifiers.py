"""URN and Digital Link name the same thing, and each can be had from the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scherp.events.epcis.identifiers import canonical_link, digital_link, object_type, urn_forms
from scherp.events.epcis.links import check_digit

HOST = "https://id.gs1.org"
PAIRS = [
    ("sgtin", "urn:epc:id:sgtin:9521321.012346.6789", "/01/09521321123465/21/6789"),
    ("lgtin", "urn:epc:class:lgtin:952132112.3456.A1-7", "/01/39521321124562/10/A1-7"),
    ("gtin", "urn:epc:idpat:sgtin:9521321.012346.*", "/01/09521321123465"),
    ("upui", "urn:epc:id:upui:9521321.012346.a%26b", "/01/09521321123465/235/a%26b"),
    ("sscc", "urn:epc:id:sscc:952132.01234567890", "/00/095213212345678907"),
    ("sgln", "urn:epc:id:sgln:9521321.01234.0", "/414/9521321012349"),
    ("sgln", "urn:epc:id:sgln:9521321.01234.9.1", "/414/9521321012349/254/9.1"),
    ("sgln", "urn:epc:id:sgln:952132101234..0", "/414/9521321012349"),
    ("pgln", "urn:epc:id:pgln:9521321.01234", "/417/9521321012349"),
    ("grai", "urn:epc:id:grai:9521321.01234.5.6", "/8003/095213210123495.6"),
    ("grai", "urn:epc:idpat:grai:9521321.01234.*", "/8003/09521321012349"),
    ("giai", "urn:epc:id:giai:9521321.a.b%2Fc", "/8004/9521321a.b%2Fc"),
    ("gsrn", "urn:epc:id:gsrn:9521321.0123456789", "/8018/952132101234567892"),
    ("gsrnp", "urn:epc:id:gsrnp:9521321.0123456789", "/8017/952132101234567892"),
    ("gdti", "urn:epc:id:gdti:9521321.01234.X9", "/253/9521321012349X9"),
    ("gcn", "urn:epc:id:sgcn:9521321.01234.0047", "/255/95213210123490047"),
    ("cpi", "urn:epc:id:cpi:9521321.5PQ7%2FZ43.12345", "/8010/95213215PQ7%2FZ43/8011/12345"),
    ("cpi", "urn:epc:idpat:cpi:9521321.5PQ7.*", "/8010/95213215PQ7"),
    ("itip", "urn:epc:id:itip:9521321.012346.01.02.S1", "/8006/095213211234650102/21/S1"),
    ("ginc", "urn:epc:id:ginc:9521321.ref", "/401/9521321ref"),
    ("gsin", "urn:epc:id:gsin:9521321.012345678", "/402/95213210123456785"),
]


@pytest.mark.parametrize(("kind", "urn", "link"), PAIRS)
def test_both_spellings_name_one_thing(kind: str, urn: str, link: str) -> None:
    assert digital_link(urn) == HOST + link
    assert urn in urn_forms(HOST + link)
    assert object_type(urn) == object_type(HOST + link) == kind


DIGITS = st.text("0123456789", min_size=30, max_size=30)
FREE = st.text("abcXYZ019!\"%&'()*+,-./:;<=>?_", min_size=1, max_size=12).filter(lambda text: text not in ("*", "0"))


def _escaped(text: str) -> str:
    """Percent-encoded as the canonical form has it."""
    return "".join(char if char.isalnum() or char in "-._'=;" else f"%{ord(char):02X}" for char in text)


def _checked(digits: str) -> str:
    return digits + check_digit(digits)


@given(DIGITS, FREE)
def test_every_urn_of_a_link_leads_back_to_it(digits: str, free: str) -> None:
    tail, gtin = _escaped(free), _checked(digits[:13])
    links = [f"/01/{gtin}/{name}/{tail}" for name in ("21", "10", "235")]
    links += [f"/01/{gtin}", f"/00/{_checked(digits[:17])}", f"/414/{_checked(digits[:12])}"]
    links += [f"/414/{_checked(digits[:12])}/254/{tail}", f"/417/{_checked(digits[:12])}"]
    links += [f"/8003/0{_checked(digits[:12])}", f"/8003/0{_checked(digits[:12])}{tail}"]
    links += [f"/8004/{digits[:14]}", f"/8018/{_checked(digits[:17])}", f"/8017/{_checked(digits[:17])}"]
    links += [f"/253/{_checked(digits[:12])}{tail}", f"/255/{_checked(digits[:12])}{digits[:5]}"]
    links += [f"/402/{_checked(digits[:16])}", f"/401/{digits[:14]}", f"/8006/{gtin}0102/21/{tail}"]
    for link in links:
        forms = urn_forms(HOST + link)
        assert len(forms) >= 7, link
        assert {digital_link(urn) for urn in forms} == {HOST + link}


@given(st.sampled_from(PAIRS), st.sampled_from(["http://shop.example/a/b", "https://x.example:8443"]))
def test_domain_and_query_do_not_matter(pair: tuple[str, str, str], host: str) -> None:
    kind, urn, link = pair
    assert canonical_link(f"{host}{link}?linkType=all#top") == digital_link(urn)
    assert object_type(host + link) == kind


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("https://x.example/gtin/9521321123465/ser/5", "/01/09521321123465/21/5"),
        ("https://x.example/01/09521321123465/22/2A/10/LOT/21/5", "/01/09521321123465/21/5"),
        ("https://x.example/01/09521321123465/22/2A", "/01/09521321123465"),
        ("https://x.example/party/9521321012344/", "/417/9521321012344"),
        ("https://x.example/01/09521321123465/21/a%2fb", "/01/09521321123465/21/a%2Fb"),
    ],
)
def test_only_the_finest_level_is_kept(link: str, canonical: str) -> None:
    assert canonical_link(link) == HOST + canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
        "urn:epcglobal:cbv:bt:9521321000005:A1",
        "https://example.com/",
        "https://example.com/01",
        "https://example.com/01/123",
        "http://transaction.example.com/po/12345678",
    ],
)
def test_other_names_are_just_uris(text: str) -> None:
    assert object_type(text) == "uri"
    assert canonical_link(text) is None
    assert digital_link(text) is None
    assert urn_forms(text) == ()


@pytest.mark.parametrize(
    "urn",
    [
        "urn:epc:id:sgtin:9521321.012346",
        "urn:epc:id:sgtin:9521321.012346.",
        "urn:epc:id:sgtin:9521321.0123.1",
        "urn:epc:id:sgtin:95213.01234678.1",
        "urn:epc:id:sgtin:9521321.01234x.1",
        "urn:epc:id:sgtin",
        "urn:epc:idpat:sgtin:9521321.*.*",
        "urn:epc:id:gid:952056.2718.1414",
        "urn:epc:id:sscc:952132.0123",
        "urn:epc:id:grai:9521321.01234.*",
        "urn:epc:id:cpi:9521321.1",
        "urn:epc:id:itip:9521321.012346.01.S1",
    ],
)
def test_an_ill_formed_urn_has_no_link(urn: str) -> None:
    assert digital_link(urn) is None


def test_a_wrong_check_digit_is_no_urn() -> None:
    assert urn_forms(f"{HOST}/01/09521321123466/21/1") == ()


@given(st.text(max_size=40))
def test_no_text_breaks_them(text: str) -> None:
    for written in (text, f"urn:epc:id:{text}", f"urn:epc:id:sgtin:{text}", f"https://x.example/01/{text}"):
        assert object_type(written)
        assert all(form.startswith("urn:epc:") for form in urn_forms(written))
        assert digital_link(written) is None or canonical_link(str(digital_link(written)))
