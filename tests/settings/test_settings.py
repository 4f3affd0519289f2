"""Settings come from the environment, else from scherp.toml, and a wrong one is a sentence."""

from pathlib import Path

import pytest

from scherp.faults import Refused
from scherp.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("SCHERP_MEMORY", "SCHERP_THREADS"):
        monkeypatch.delenv(variable, raising=False)


def test_without_any_setting_the_machine_decides(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings(None, None)


def test_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "scherp.toml").write_text('[engine]\nmemory = "2GB"\nthreads = 2\n')
    assert read_settings(tmp_path) == Settings("2GB", 2)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scherp.toml").write_text('[engine]\nmemory = "2GB"\nthreads = 2\n')
    monkeypatch.setenv("SCHERP_MEMORY", "1 GiB")
    monkeypatch.setenv("SCHERP_THREADS", "1")
    assert read_settings(tmp_path) == Settings("1 GiB", 1)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[engine]\nmemory = 4\n", "is no amount of memory"),
        ("[engine]\nthreads = 0\n", "is no number of threads"),
        ("[engine]\nthread = 2\n", "is no setting"),
        ("[engine\n", "cannot be read"),
    ],
)
def test_each_wrong_setting_is_a_sentence(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "scherp.toml").write_text(written)
    with pytest.raises(Refused, match=said):
        read_settings(tmp_path)
