"""What `xml_stream` hands out, what it refuses, and that it reads nothing but the document."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scherp.events.xml_stream import MAX_DEPTH, local_name, root_name, stream_elements
from scherp.faults import Refused

SECRET = "geheim-van-een-ander-bestand"


def write(folder: Path, text: str | bytes, name: str = "doc.xml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def texts(path: Path, *tags: str) -> list[str]:
    return ["".join(map(str, element.itertext())) for element in stream_elements(path, "doc.xml", frozenset(tags))]


def refusal(path: Path, *tags: str) -> str:
    with pytest.raises(Refused) as refused:
        texts(path, *(tags or ("e",)))
    return str(refused.value)


def test_elements_come_by_local_name_in_order_whatever_their_namespace(tmp_path: Path) -> None:
    doc = '<r xmlns="urn:one" xmlns:p="urn:two"><e>1</e><x><p:f>2</p:f></x><g/><e>3</e></r>'
    assert texts(write(tmp_path, doc), "e", "f") == ["1", "2", "3"]


def test_of_nested_elements_only_the_outermost_comes_whole(tmp_path: Path) -> None:
    path = write(tmp_path, "<r><e>a<e>b</e><f>c</f></e><f>d</f></r>")
    found = [
        (local_name(element), "".join(map(str, element.itertext())))
        for element in stream_elements(path, "doc.xml", frozenset({"e", "f"}))
    ]
    assert found == [("e", "abc"), ("f", "d")]


def test_the_document_element_itself_may_be_asked_for(tmp_path: Path) -> None:
    assert texts(write(tmp_path, "<e>all</e>"), "e") == ["all"]


def test_gzip_is_read_alike(tmp_path: Path) -> None:
    assert texts(write(tmp_path, gzip.compress(b"<r><e>1</e></r>")), "e") == ["1"]


def test_comments_and_instructions_are_left_out_of_the_text(tmp_path: Path) -> None:
    assert texts(write(tmp_path, "<r><!-- x --><e>a<!-- b --><?c d?>e</e></r>"), "e") == ["ae"]


def test_the_five_built_in_entities_and_character_references_are_text(tmp_path: Path) -> None:
    doc = "<!DOCTYPE r><r><e>&lt;&gt;&amp;&quot;&apos;&#233;</e></r>"
    assert texts(write(tmp_path, doc), "e") == ["<>&\"'é"]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), max_size=6))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    escaped = [part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for part in parts]
    doc = "<r>" + "".join(f"<e>{part}</e>\n" for part in escaped) + "</r>"
    assert texts(write(tmp_path_factory.mktemp("xml"), doc), "e") == parts


def test_elements_across_the_border_of_chunks_are_whole(tmp_path: Path) -> None:
    numbers = [str(n) * 40 for n in range(10_000)]
    doc = "<r>" + "".join(f"\n  <e a='1'><f>{number}</f></e>" for number in numbers) + "</r>"
    assert texts(write(tmp_path, doc), "e") == numbers


def test_what_was_handed_out_and_what_stands_between_is_freed(tmp_path: Path) -> None:
    doc = "<r><m>" + "<e><f/></e> <other><f/></other> " * 20_000 + "<e/></m></r>"
    sizes = [
        len(list(element.getroottree().getroot().iter())) if number == 20_000 else 0
        for number, element in enumerate(stream_elements(write(tmp_path, doc), "doc.xml", frozenset({"e"})))
    ]
    assert len(sizes) == 20_001
    assert 1 < sizes[-1] <= 4  # what is open, the last one, and the one before it that the parser held on to


def test_root_name_tells_name_and_namespace(tmp_path: Path) -> None:
    assert root_name(write(tmp_path, '<p:log xmlns:p="urn:x"/>'), "doc.xml") == ("log", "urn:x")
    assert root_name(write(tmp_path, "<log/>"), "doc.xml") == ("log", "")


def test_root_name_needs_no_more_than_the_beginning(tmp_path: Path) -> None:
    assert root_name(write(tmp_path, "<log><e>" + " " * 200_000), "doc.xml") == ("log", "")


@pytest.mark.parametrize(
    ("doc", "place"),
    [
        ("<r>\n<e></f></r>", "line 2, column"),
        ("<r><e>", "line 1, column"),
        ("<r>&unknown;</r>", "line 1, column"),
        ("<r/>more", "line 1, column"),
        ("<r><e a='1' a='2'/></r>", "line 1, column"),
        ("", "line"),
        ("no xml", "line 1, column"),
        (b"<r>\xff\xfe</r>", "line 1, column"),
        (b"<r><e>\x00</e></r>", "line 1, column"),
        ("<r><x:e/></r>", "line 1, column"),
    ],
)
def test_malformed_xml_is_refused_with_its_place(tmp_path: Path, doc: str | bytes, place: str) -> None:
    said = refusal(write(tmp_path, doc))
    assert said.startswith("doc.xml: ")
    assert place in said


def test_elements_before_a_break_are_handed_out_first(tmp_path: Path) -> None:
    stream = stream_elements(write(tmp_path, "<r><e>1</e><e>2</e><e>"), "doc.xml", frozenset({"e"}))
    assert [next(stream).text, next(stream).text] == ["1", "2"]
    with pytest.raises(Refused):
        next(stream)


def test_a_gzip_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(b"<r>" + b"<e>1</e>" * 1000 + b"</r>")
    assert "doc.xml" in refusal(write(tmp_path, packed[:-20]))


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 5000])
def test_deeper_nesting_than_the_limit_is_refused(tmp_path: Path, depth: int) -> None:
    assert f"more than {MAX_DEPTH} deep" in refusal(write(tmp_path, "<e>" * depth + "</e>" * depth))


def test_nesting_up_to_the_limit_is_read(tmp_path: Path) -> None:
    assert texts(write(tmp_path, "<e>" * MAX_DEPTH + "x" + "</e>" * MAX_DEPTH), "e") == ["x"]


def test_a_text_beyond_the_parsers_own_bound_is_refused(tmp_path: Path) -> None:
    assert "line 1" in refusal(write(tmp_path, "<r><e>" + "x" * 10_100_000 + "</e></r>"))


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "declared": '<!DOCTYPE r [<!ENTITY a "b">]><r><e>x</e></r>',
    "used": '<!DOCTYPE r [<!ENTITY a "b">]><r><e>&a;</e></r>',
    "in-attribute": '<!DOCTYPE r [<!ENTITY a "b">]><r><e x="&a;"/></r>',
    "external": '<!DOCTYPE r [<!ENTITY a SYSTEM "file://SECRET">]><r><e>&a;</e></r>',
    "external-in-attribute": '<!DOCTYPE r [<!ENTITY a SYSTEM "file://SECRET">]><r><e x="&a;"/></r>',
    "external-subset": '<!DOCTYPE r SYSTEM "file://SECRET"><r><e>x</e></r>',
    "public-subset": '<!DOCTYPE r PUBLIC "-//x" "http://example.invalid/x.dtd"><r><e>x</e></r>',
    "parameter": '<!DOCTYPE r [<!ENTITY % p SYSTEM "file://SECRET"> %p;]><r><e>x</e></r>',
    "parameter-builds-entity": "<!DOCTYPE r [<!ENTITY % p \"<!ENTITY a 'b'>\"> %p;]><r><e>&a;</e></r>",
    "undeclared-parameter": "<!DOCTYPE r [ %p; ]><r><e>x&a;</e></r>",
    "undeclared-parameter-in-attribute": '<!DOCTYPE r [ %p; ]><r><e x="&a;"/></r>',
    "billion-laughs": f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]><r><e>&l9;</e></r>',
    "billion-laughs-in-attribute": f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]><r x="&l9;"><e/></r>',
    "quadratic": f'<!DOCTYPE r [<!ENTITY a "{"a" * 50_000}">]><r><e>{"&a;" * 5_000}</e></r>',
    "redefined-built-in": '<!DOCTYPE r [<!ENTITY lt "&#38;#60;">]><r><e>&lt;</e></r>',
    "notation": '<!DOCTYPE r [<!ENTITY a SYSTEM "file://SECRET" NDATA n><!NOTATION n SYSTEM "n">]><r><e/></r>',
}


@pytest.mark.parametrize("attack", HOSTILE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_external_subsets_are_refused_and_never_read(tmp_path: Path, attack: str, encoding: str) -> None:
    secret = write(tmp_path, SECRET, "secret.txt")
    said = refusal(write(tmp_path, HOSTILE[attack].replace("SECRET", str(secret)).encode(encoding)))
    assert said.startswith("doc.xml: ")
    assert SECRET not in said
    assert str(secret) not in said


def test_nothing_is_handed_out_of_a_document_with_entities(tmp_path: Path) -> None:
    path = write(tmp_path, HOSTILE["declared"])
    with pytest.raises(Refused):
        next(stream_elements(path, "doc.xml", frozenset({"e"})))
    with pytest.raises(Refused):
        root_name(path, "doc.xml")


def test_a_bare_document_type_is_harmless(tmp_path: Path) -> None:
    assert texts(write(tmp_path, "<!DOCTYPE r><r><e>1</e></r>"), "e") == ["1"]
    assert texts(write(tmp_path, "<!DOCTYPE r [<!ELEMENT r ANY>]><r><e>1</e></r>"), "e") == ["1"]


def test_inclusions_are_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path, SECRET, "secret.txt")
    doc = f'<r xmlns:i="http://www.w3.org/2001/XInclude"><e><i:include href="{secret}" parse="text"/></e></r>'
    assert texts(write(tmp_path, doc), "e") == [""]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "doc.xml" in refusal(tmp_path / "absent.xml")
