"""Chains with a known truth: invented parties, honest noise, and violations that are planted and written down."""
