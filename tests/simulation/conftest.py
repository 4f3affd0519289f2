"""Chains that several tests read: simulated once."""

from __future__ import annotations

from pathlib import Path

import pytest
from simulated_chain import SMALL, Chain, read_chain

from scherp.simulation.chain import Simulated, simulate_chain


@pytest.fixture(scope="session")
def honest_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small chain with honest noise; ten weeks, so that every kind of it occurs."""
    out = tmp_path_factory.mktemp("honest") / "out"
    simulate_chain(out, 11, weeks=10, scale=0.1, volume=60)
    return out


@pytest.fixture(scope="session")
def honest(honest_out: Path) -> Chain:
    return read_chain(honest_out)


@pytest.fixture(scope="session")
def planted_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Simulated]:
    """A small chain with every violation once."""
    out = tmp_path_factory.mktemp("planted") / "out"
    return out, simulate_chain(out, 5, violations=["all"], **SMALL)
