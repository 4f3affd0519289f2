"""The shape of EPCIS events: which fields each class has, and what each class demands.

Rule: a field that the class does not have is a fault, unless its name carries a prefix (then it is an extension), so
that a misspelled field is not dropped in silence. Words of vocabularies are not checked: users may extend them. Source:
the JSON schema of EPCIS 2.0 (definitions ObjectEvent to AssociationEvent).
"""

from __future__ import annotations

from typing import Any

from scherp.events.epcis.faults import Found

ACTIONS = ("ADD", "OBSERVE", "DELETE")
_COMMON = {
    "@context", "type", "eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "certificationInfo",
    "errorDeclaration", "bizStep", "disposition", "persistentDisposition", "readPoint", "bizLocation",
    "bizTransactionList", "sourceList", "destinationList", "sensorElementList",
}  # fmt: skip
FIELDS = {
    "ObjectEvent": _COMMON | {"epcList", "quantityList", "action", "ilmd"},
    "AggregationEvent": _COMMON | {"parentID", "childEPCs", "childQuantityList", "action"},
    "AssociationEvent": _COMMON | {"parentID", "childEPCs", "childQuantityList", "action"},
    "TransactionEvent": _COMMON | {"parentID", "epcList", "quantityList", "action"},
    "TransformationEvent": _COMMON
    | {"inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", "ilmd"},
}
"""Event class -> its fields."""
_TEXTS = ("eventID", "action", "bizStep", "disposition", "parentID", "transformationID")
_MAPS = ("readPoint", "bizLocation", "persistentDisposition", "errorDeclaration", "ilmd")
_LISTS = (
    "epcList", "childEPCs", "inputEPCList", "outputEPCList", "quantityList", "childQuantityList", "inputQuantityList",
    "outputQuantityList", "bizTransactionList", "sourceList", "destinationList", "sensorElementList",
)  # fmt: skip
_TYPED: dict[str, type] = dict.fromkeys(_TEXTS, str) | dict.fromkeys(_MAPS, dict) | dict.fromkeys(_LISTS, list)
_CALLED: dict[type, str] = {str: "a text", dict: "a map", list: "a list"}


def check_shape(event: dict[str, Any], found: Found) -> bool:
    """Is the event one of the five classes, with fields of the right kind? Adds the faults to `found`."""
    before = len(found.faults) + found.more
    written = event.get("type")
    name = written if isinstance(written, str) else ""
    fields = FIELDS.get(name)
    if fields is None:
        what = "the event has no type" if written is None else f"{_short(written)} is not one of the event classes"
        found.add("type", what, f"Write one of {', '.join(FIELDS)}.")
        return False
    for key, value in event.items():
        wanted = _TYPED.get(key)
        if key not in fields:
            if ":" not in key:
                found.add(key, f"{_short(key)} is not a field of {_article(name)}", "Give an extension a prefix.")
        elif wanted is not None and (type(value) is not wanted or not (value or wanted is not str)):
            found.add(key, "the text is empty" if value == "" else f"it is not {_CALLED[wanted]}")
    if len(found.faults) + found.more == before:
        _demands(event, name, found)
    return len(found.faults) + found.more == before


def _demands(event: dict[str, Any], name: str, found: Found) -> None:
    if name == "TransformationEvent":
        return _transformation(event, found)
    action = event.get("action")
    if action not in ACTIONS:
        what = "it is missing" if action is None else f"{_short(action)} is not an action"
        found.add("action", what, f"Write one of {', '.join(ACTIONS)}.")
    if name == "AssociationEvent" and "parentID" not in event:
        found.add("parentID", "it is missing")
    if name == "TransactionEvent" and not event.get("bizTransactionList"):
        found.add("bizTransactionList", "it is missing or empty")
    if name == "ObjectEvent":
        given = "epcList" in event or event.get("quantityList") or event.get("sensorElementList")
        wanted = "epcList, quantityList or sensorElementList"
    elif name == "TransactionEvent":
        given = "epcList" in event or event.get("quantityList") or action == "DELETE"
        wanted = "epcList or quantityList"
    else:
        given = event.get("childEPCs") or event.get("childQuantityList") or action == "DELETE"
        wanted = "childEPCs or childQuantityList"
    if not given:
        found.add("", f"{_article(name)} needs {wanted}")
    return None


def _transformation(event: dict[str, Any], found: Found) -> None:
    into = event.get("inputEPCList") or event.get("inputQuantityList")
    out = event.get("outputEPCList") or event.get("outputQuantityList")
    if event.get("transformationID"):
        if not (into or out):
            found.add("", "a TransformationEvent needs an input or an output")
    elif not (into and out):
        found.add("", "a TransformationEvent without transformationID needs inputs and outputs")


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AO' else 'a'} {name}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
