"""Readers of EPCIS 2.0, JSON and XML: both give the same records for one event."""

from scherp.events.epcis.json_reader import read_epcis_json
from scherp.events.epcis.xml_reader import read_epcis_xml

__all__ = ["read_epcis_json", "read_epcis_xml"]
