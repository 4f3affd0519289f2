"""Scherp: supervision software that anyone can retrace, from a published judgement back to the raw event."""

__version__ = "0.1.0"
