"""Planters, one function for each violation, by who commits it."""
