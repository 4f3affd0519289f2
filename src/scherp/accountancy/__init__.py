"""Does a closed chain close: every item followed one by one, and what goes in against what goes out.

Rule: this room counts and follows, it does not judge; item checks are norms and live in `judging`. It reads a store and
nothing else, in exact decimals. Source: the engine's decision 14.
"""
