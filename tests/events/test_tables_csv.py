"""CSV files as people write them: read when they can be trusted, refused with a sentence when not."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from table_samples import PLAIN, mapping, query, reasons, refusal, rejects, take, taken, write

from scherp.events.manifest import read_manifest

EVENTS = [("A", "start"), ("A", "stop"), ("B", "start")]


def events(store: Path) -> list[tuple[str, str]]:
    return [(case, kind) for case, kind in query(store, "takes_part", "object_id, event_type")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    assert events(taken(tmp_path, PLAIN.replace(",", delimiter))) == EVENTS


def test_a_delimiter_inside_quotes_of_the_header_counts_for_nothing(tmp_path: Path) -> None:
    content = PLAIN.replace("time\n", 'time,"a;b;c;d;e"\n').replace("-01\n", "-01,1\n").replace("-05\n", "-05,2\n")
    assert events(taken(tmp_path, content)) == EVENTS


def test_a_stated_delimiter_wins(tmp_path: Path) -> None:
    content = 'case:activity:time:"a;b;c;d"\nA:start:2024-01-01:x\n'
    assert events(taken(tmp_path, content, delimiter=":")) == [("A", "start")]


@pytest.mark.parametrize(
    ("encoded", "encoding"),
    [
        (b"\xef\xbb\xbf" + PLAIN.encode(), None),
        (PLAIN.replace("\n", "\r\n").encode(), None),
        (PLAIN.rstrip("\n").encode(), None),
        (gzip.compress(PLAIN.encode()), None),
        (PLAIN.replace("A,", "é,").encode("latin-1"), "latin-1"),
        (gzip.compress(PLAIN.replace("A,", "é,").encode("latin-1")), "latin-1"),
        (PLAIN.replace("A,", "é,").encode("utf-16"), "utf-16"),
    ],
    ids=["byte order mark", "CRLF", "no last line end", "gzip", "latin-1", "latin-1 in gzip", "utf-16"],
)
def test_the_same_table_in_another_dress_is_the_same(tmp_path: Path, encoded: bytes, encoding: str | None) -> None:
    found = events(taken(tmp_path, encoded, encoding=encoding))
    assert sorted((case.replace("é", "A"), kind) for case, kind in found) == EVENTS


def test_quoted_cells_may_hold_newlines_quotes_and_delimiters(tmp_path: Path) -> None:
    content = 'case,activity,time,note\n"A\nB","say ""hi""; then, go",2024-01-01,"line 1\nline 2"\nC,x,2024-01-02,\n'
    store = taken(tmp_path, content)
    assert query(store, "takes_part", "object_id, event_type") == [("A\nB", 'say "hi"; then, go'), ("C", "x")]
    assert query(store, "events", "note", "time") == [("line 1\nline 2",), (None,)]


def test_a_header_may_span_lines(tmp_path: Path) -> None:
    store = taken(tmp_path, 'case,activity,time,"a\nb"\nA,start,2024-01-01,x\n')
    assert query(store, "events", '"a\nb"') == [("x",)]


def test_an_empty_cell_is_null_and_blanks_are_kept(tmp_path: Path) -> None:
    store = taken(tmp_path, 'case,activity,time,note\nA,a,2024-01-01,\nB,b,2024-01-02,""\nC,c,2024-01-03, \n')
    assert query(store, "events", "note", "time") == [(None,), (None,), (" ",)]


def test_equal_rows_stay_separate(tmp_path: Path) -> None:
    store = taken(tmp_path, "case,activity,time\n" + "A,pay,2024-01-01\n" * 3)
    assert events(store) == [("A", "pay")] * 3
    assert len({row[0] for row in query(store, "events", "event_id")}) == 3


def test_a_table_without_rows_is_fine(tmp_path: Path) -> None:
    store = taken(tmp_path, "case,activity,time\n")
    manifest, _ = read_manifest(store)
    assert (manifest.number, manifest.parts, [one.read for one in manifest.intake]) == (1, [], [0])


def test_ragged_rows_are_refused_with_their_line_and_content(tmp_path: Path) -> None:
    store = taken(tmp_path, PLAIN + "C,start\nD,start,2024-03-01,more\nE,start,2024-03-02\n")
    assert events(store) == [*EVENTS, ("E", "start")]
    assert [(row["line"], row["content"]) for row in rejects(store)] == [(5, "C,start"), (6, "D,start,2024-03-01,more")]
    assert all("Number of Columns" in reason for reason in reasons(store))


def test_an_unclosed_quote_is_refused(tmp_path: Path) -> None:
    store = taken(tmp_path, PLAIN + '"C,start,2024-01-01\n')
    assert events(store) == EVENTS
    assert "quote" in reasons(store)[0]


def test_text_in_another_encoding_is_refused_by_row(tmp_path: Path) -> None:
    store = taken(tmp_path, PLAIN.encode() + b"\xe9\xe9,start,2024-01-01\nC,start,2024-01-01\n")
    assert events(store) == [*EVENTS, ("C", "start")]
    assert "unicode" in reasons(store)[0]


def test_a_row_without_case_activity_or_readable_time_is_refused(tmp_path: Path) -> None:
    store = taken(tmp_path, PLAIN + ",start,2024-01-01\nC,,2024-01-01\nD,start,1 May\nE,start,2024-02-30\n")
    assert events(store) == EVENTS
    assert reasons(store) == [
        "the case is empty",
        "the activity is empty",
        "the time cannot be read",
        "the time cannot be read",
    ]
    assert rejects(store)[2]["content"] == {"case": "D", "activity": "start", "time": "1 May"}


def test_an_empty_time_is_an_unknown_timestamp_and_not_refused(tmp_path: Path) -> None:
    store = taken(tmp_path, PLAIN + "C,start,\nD,start,  \n")
    assert query(store, "events", "type, time", "time NULLS LAST")[-2:] == [("start", None), ("start", None)]
    assert read_manifest(store)[0].intake[0].unknown_time == 2
    assert read_manifest(store)[0].parts_of("takes_part")[0].untimed == 2


def test_a_nul_byte_is_a_character_like_any_other(tmp_path: Path) -> None:
    store = taken(tmp_path, "case,activity,time,note\nA\0B,st\0art,2024-01-01,\0\n")
    assert query(store, "takes_part", "object_id, event_type") == [("A\0B", "st\0art")]
    assert query(store, "events", "note") == [("\0",)]


def test_a_huge_cell_is_kept_and_a_line_beyond_the_limit_refused(tmp_path: Path) -> None:
    huge = "x" * 3_000_000
    content = f"case,activity,time,note\nA,a,2024-01-01,{huge}\nB,b,2024-01-02,{'y' * 17_000_000}\nC,c,2024-01-03,z\n"
    store = taken(tmp_path, content)
    assert query(store, "events", "length(note)", "time") == [(3_000_000,), (1,)]
    assert "Maximum line size" in reasons(store)[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the table has no header"),
        (b"\n\n", "the table has no header"),
        (b",,\n1,2,3\n", "the table has no header"),
        (b"case,activity,time,time\nA,a,2024-01-01,x\n", "the column 'time' occurs 2 times. Name each column once."),
        (b"case,activity,time,,column 4\n", "the column 'column 4' occurs 2 times"),
        (b"case,activity,time,\xe9\n", "the header is not text in the stated encoding"),
        (b"case,activity,time,a\0b\n", "the header is not text in the stated encoding"),
        (b"case,activity,tyme\nA,a,2024-01-01\n", "'time', which the table does not have. Did you mean 'tyme'?"),
        (
            b"zaak,wat,wanneer\n",
            "the mapping names the column 'case', which the table does not have. The table has 'zaak'",
        ),
        (gzip.compress(PLAIN.encode() * 500)[:-40], "gzip"),
    ],
    ids=["empty", "blank", "nameless", "twice", "number twice", "encoding", "nul", "meant", "unlike", "cut gzip"],
)
def test_a_table_that_cannot_be_trusted_is_refused_whole(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in refusal(tmp_path, content, "t.csv")


def test_a_gzip_that_breaks_off_far_into_the_table_is_refused_whole(tmp_path: Path) -> None:
    rows = random.Random(1)
    body = "".join(f"{rows.random()},start,2024-01-01\n" for _ in range(150_000))
    whole = gzip.compress(("case,activity,time\n" + body).encode())
    assert "the table cannot be read" in refusal(tmp_path, whole[: len(whole) * 3 // 4], "t.csv.gz")


def test_every_missing_column_is_named_at_once(tmp_path: Path) -> None:
    said = refusal(tmp_path, PLAIN, resource="wie", recorded="geboekt", case_attributes=["soort"])
    assert [column in said for column in ("'wie'", "'geboekt'", "'soort'")] == [True] * 3


def test_a_bad_byte_in_the_packed_stream_is_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(PLAIN.encode() * 2000))
    packed[20:40] = b"\xff" * 20
    assert "t.csv.gz" in refusal(tmp_path, bytes(packed), "t.csv.gz")


def test_read_is_kept_and_known_and_refused(tmp_path: Path) -> None:
    store = tmp_path / "s"
    take(store, write(tmp_path, PLAIN, "first.csv"))
    outcome = take(
        store, write(tmp_path, PLAIN + "C,new,2024-01-01\nragged\n,x,2024-01-01\n", "second.csv"), how=mapping()
    )
    (one,) = outcome.taken
    assert (one.read, one.kept, one.known, one.refused) == (6, 1, 3, 2)
    assert one.refused == len(rejects(store))


def test_many_kinds_of_events_and_many_broken_lines_are_all_counted(tmp_path: Path) -> None:
    """More than are handed to the database at once."""
    kinds = "".join(f"A,kind {number},2024-01-01\n" for number in range(50_001))
    store = taken(tmp_path, "case,activity,time\n" + kinds + "ragged\n" * 50_002)
    manifest, _ = read_manifest(store)
    assert len(manifest.kinds) == 50_001
    assert len({row[0] for row in query(store, "takes_part", "kind")}) == 50_001
    assert len(rejects(store)) == 50_002
