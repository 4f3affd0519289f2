"""OCEL 2.0 in its three spellings: JSON, XML and SQLite. Each yields the same records for the same log.

Source: the OCEL 2.0 specification and the format pages of the OCEL standard.
"""
