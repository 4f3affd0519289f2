"""Proof: hashes, the seal of a run's folder, and the signature under it. Imports nothing of Scherp but its faults."""
