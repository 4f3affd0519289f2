"""OCEL 2.0 in XML: its own ways to be wrong, and what it leaves open."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from scherp.events.model import Event, Object, Reading, Record, Taking
from scherp.events.ocel.xml import read_ocel_xml
from scherp.faults import Refused

TYPES = """<event-types><event-type name="pay"><attributes><attribute name="a" type="integer"/></attributes>
  </event-type></event-types><object-types><object-type name="order"/></object-types>"""
ORDER = '<objects><object id="o1" type="order"/></objects>'


def read(folder: Path, inside: str, root: str = "log") -> list[Record]:
    path = folder / "log.xml"
    path.write_text(f"<{root}>{inside}</{root}>", encoding="utf-8")
    return list(read_ocel_xml(path, Reading("log.xml")))


def faults(folder: Path, inside: str, root: str = "log") -> list[str]:
    with pytest.raises(Refused) as refused:
        read(folder, inside, root)
    return [str(fault) for fault in refused.value.faults]


def event(inside: str = "", attributes: str = 'id="e1" type="pay" time="2024-01-01T00:00:00Z"') -> str:
    return f"<events><event {attributes}>{inside}</event></events>"


@pytest.mark.parametrize("word", ["qualifier", "relationship"])
def test_the_role_is_the_qualifier_or_the_relationship_of_the_standards_example(tmp_path: Path, word: str) -> None:
    inside = event(f'<objects><relationship object-id="o1" {word}="paid"/></objects>')
    first, second = read(tmp_path, inside + TYPES + ORDER)
    assert isinstance(first, Event)
    assert first.takes_part == [Taking("o1", "order", "paid")]
    assert second == Object("o1", "order", {})


def test_an_empty_value_of_another_type_than_string_is_no_value(tmp_path: Path) -> None:
    (found,) = read(tmp_path, TYPES + event('<attributes><attribute name="a"/></attributes>'))
    assert isinstance(found, Event)
    assert found.attributes == {}


def test_a_value_that_is_not_declared_stays_text(tmp_path: Path) -> None:
    (found,) = read(tmp_path, TYPES + event('<attributes><attribute name="b">1</attribute></attributes>'))
    assert isinstance(found, Event)
    assert found.attributes == {"b": "1"}


def test_a_namespace_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.xml"
    path.write_text(f'<log xmlns="urn:x">{TYPES}{ORDER}</log>')
    assert list(read_ocel_xml(path, Reading("log.xml"))) == [Object("o1", "order", {})]


def test_spaces_around_a_number_do_not_matter(tmp_path: Path) -> None:
    types = TYPES.replace("integer", "float")
    (found,) = read(tmp_path, types + event('<attributes><attribute name="a">\n 1.5 </attribute></attributes>'))
    assert isinstance(found, Event)
    assert found.attributes == {"a": Decimal("1.5")}


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (event(attributes='type="pay" time=""'), "event 1, line 2: the attribute 'id' is missing"),
        (event(attributes='id="e1" time=""'), "the attribute 'type' is missing"),
        (event(attributes='id="e1" type="pay"'), "the attribute 'time' is missing"),
        ('<objects><object type="order"/></objects>', "object 1, line 2: the attribute 'id' is missing"),
        ('<objects><object id="o1"/></objects>', "the attribute 'type' is missing"),
        (event("<attributes><attribute>1</attribute></attributes>"), "an attribute lacks its 'name'"),
        (event('<attributes><attribute name="a"><b/></attribute></attributes>'), "'a' has elements inside"),
        (event('<objects><relationship qualifier="x"/></objects>'), "a relationship lacks its 'object-id'"),
        ("<event-types><event-type/></event-types>", "event-type 2, line 2: the attribute 'name' is missing"),
        (
            '<object-types><object-type name="x"><attributes><attribute name="a"/></attributes></object-type>'
            "</object-types>",
            "object-type 2, line 2: an attribute lacks its 'name' or its 'type'",
        ),
        (
            '<object-types><object-type name="x"><attributes><attribute name="a" type="money"/></attributes>'
            "</object-type></object-types>",
            "'money' is not a type of attribute ('a')",
        ),
    ],
)
def test_each_way_to_be_wrong_has_its_sentence(tmp_path: Path, inside: str, said: str) -> None:
    found = faults(tmp_path, TYPES + inside)
    assert len(found) == 1
    assert said in found[0]


def test_a_log_of_another_kind_is_refused(tmp_path: Path) -> None:
    assert "the document element is 'html'" in faults(tmp_path, "", "html")[0]


def test_a_log_without_types_is_refused_with_one_sentence(tmp_path: Path) -> None:
    (said,) = faults(tmp_path, ORDER)
    assert "it declares no types" in said


def test_faults_before_a_break_are_told_with_it(tmp_path: Path) -> None:
    path = tmp_path / "log.xml"
    path.write_text('<log><event-types><event-type name="a"><attributes><attribute/></attributes></event-type>')
    with pytest.raises(Refused) as refused:
        list(read_ocel_xml(path, Reading("log.xml")))
    assert ["lacks its" in str(f) or "not well-formed" in str(f) for f in refused.value.faults] == [True, True]
