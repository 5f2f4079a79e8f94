"""Files become lines: rows, maps, dates, references, and what cannot be read."""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.cli.importing import maps
from deploy.cli.importing.lines import Maker, Unreadable
from deploy.cli.importing.maps import Map
from deploy.cli.importing.rejects import Rejects, may_write
from deploy.cli.importing.rows import File, Row
from deploy.local.errors import UserError

MAP = Map.model_validate({"fields": {"text": "Words", "received_at": "Day"}})


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Callable[[bytes], File]]:
    """A file of these bytes, opened."""
    opened: list[File] = []

    def made(content: bytes) -> File:
        path = tmp_path / "complaints.csv"
        path.write_bytes(content)
        opened.append(File(path))
        return opened[-1]

    yield made
    for each in opened:
        each.close()


def line(cells: dict[str, Any], mapping: Map | None = MAP, *, live: bool = False, zone: str = "UTC") -> dict[str, Any]:
    """The line that the first row of a file becomes."""
    return Maker(live=live, zone=ZoneInfo(zone), mapping=mapping).line(Row(2, cells, []))


def rows(opened: File) -> Sequence[Row]:
    """All rows of a CSV file."""
    return list(opened.csv_rows())


def test_rows_know_where_they_begin(file: Callable[[bytes], File]) -> None:
    found = rows(file(b'\xef\xbb\xbfa,b \r\n1,"two\r\nlines"\r\n\r\n3,4'))
    assert [(row.line, row.cells, row.problem) for row in found] == [
        (2, {"a": "1", "b": "two\r\nlines"}, None),
        (5, {"a": "3", "b": "4"}, None),
    ]


@pytest.mark.parametrize(
    ("last", "problem"),
    [
        (b"1", "has 1 of 2 columns: the file breaks off here"),
        (b'"1', "has 1 of 2 columns: the file breaks off here"),
        (b'1,"tw', "the file breaks off here, inside a quoted text"),
        (b"1,2,3\n", "has 3 of 2 columns"),
        (b"1,\xff\n", "is not UTF-8"),
        (b"1," + b"x" * 1_100_000 + b"\n", "cannot be read as CSV: field larger than field limit (1000000)"),
    ],
)
def test_a_row_that_cannot_be_read_says_why_and_the_others_go_on(
    file: Callable[[bytes], File], last: bytes, problem: str
) -> None:
    found = rows(file(b"a,b\n1,2\n" + last))
    assert [row.problem for row in found] == [None, problem]


def test_a_packed_file_that_breaks_off_gives_what_can_be_read(file: Callable[[bytes], File]) -> None:
    content = b"a,b\n" + b"".join(b"%d,%d\n" % (n * 7919, n) for n in range(5000))
    packed = gzip.compress(content)
    found = rows(file(packed[: len(packed) // 2]))
    assert len(found) > 1000
    assert all(row.problem is None for row in found[:-1])
    assert "broken off" in (found[-1].problem or "")


def test_a_delimiter_is_seen_in_the_heading(file: Callable[[bytes], File]) -> None:
    assert rows(file(b"a;b\n1;2\n"))[0].cells == {"a": "1", "b": "2"}


def test_an_empty_file_is_no_file_of_complaints(file: Callable[[bytes], File]) -> None:
    with pytest.raises(UserError, match="empty"):
        rows(file(b""))


def test_objects_a_line_each(file: Callable[[bytes], File]) -> None:
    found = list(file(b'{"text": "a"}\n\n[]\nno\n{"text": "\xff"}\n' + b"[" * 100_000).json_rows())
    assert [row.line for row in found] == [1, 3, 4, 5, 6]
    assert found[0].cells == {"text": "a"}
    assert all(row.problem for row in found[1:])


@pytest.mark.parametrize(
    ("told", "instant"),
    [
        ("2023-08-25", "2023-08-25T00:00:00+00:00"),
        ("03/12/2014", "2014-03-12T00:00:00+00:00"),
        ("1/3/2014", "2014-01-03T00:00:00+00:00"),
        ("03/22/23", "2023-03-22T00:00:00+00:00"),
        ("03/22/2023 4:05 PM", "2023-03-22T16:05:00+00:00"),
        ("2023-08-25T10:00:00+02:00", "2023-08-25T08:00:00+00:00"),
    ],
)
def test_dates_are_read_in_the_styles_of_real_files(told: str, instant: str) -> None:
    assert line({"Words": "late", "Day": told})["received_at"] == instant


def test_a_date_without_zone_is_that_of_the_file() -> None:
    assert (
        line({"Words": "late", "Day": "2023-08-25"}, zone="Europe/Madrid")["received_at"] == "2023-08-24T22:00:00+00:00"
    )


@pytest.mark.parametrize("told", ["soon", "13/13/2014", "25/12/2014"])
def test_a_date_that_is_none_is_named(told: str) -> None:
    with pytest.raises(Unreadable, match="received_at"):
        line({"Words": "late", "Day": told})


def test_a_format_of_its_own_is_the_only_one_read() -> None:
    european = MAP.model_copy(update={"date_format": "%d/%m/%Y"})
    assert line({"Words": "late", "Day": "25/12/2014"}, european)["received_at"] == "2014-12-25T00:00:00+00:00"
    with pytest.raises(Unreadable):
        line({"Words": "late", "Day": "2014-12-25"}, european)


def test_history_keeps_its_date_and_what_is_live_happened_then() -> None:
    cells = {"Words": "late", "Day": "2023-08-25"}
    history, live = line(cells), line(cells, live=True)
    assert history["historical"]
    assert "received_at" not in live
    assert "historical" not in live
    assert live["occurred_at"] == history["received_at"]


@pytest.mark.parametrize("empty", ["", " ", "None", "N/A", "n/a", "NULL", "None provided"])
def test_empties_are_left_out_and_nobody_is_anonymous(empty: str) -> None:
    told = line({"Words": empty, "Day": empty})
    assert set(told) == {"historical", "external_reference", "complainant"}
    assert told["complainant"] == {"anonymous": True}


def test_a_row_without_reference_has_one_that_stays_the_same() -> None:
    def references(times: int) -> list[str]:
        maker = Maker(live=False, zone=ZoneInfo("UTC"), mapping=MAP)
        made = [maker.line(Row(n, {"Words": "late", "Day": ""}, [])) for n in range(times)]
        return [told["external_reference"] for told in made]

    assert references(3) == references(3)
    assert len(set(references(3))) == 3


def test_a_map_builds_fields_of_several_columns_words_and_constants() -> None:
    mapping = Map.model_validate(
        {
            "fields": {
                "external_reference": ["Year", "No"],
                "place": {"columns": ["Town", "Zip"], "join": " "},
                "channel": "How",
                "signals": "Mood",
                "complainant.anonymous": "Secret",
                "metadata.shop": "Shop",
            },
            "values": {"channel": {"Telefon": "phone", "*": "other"}},
            "constants": {"complainant.language": "de"},
        }
    )
    cells = {"Year": "2014", "No": "7", "Town": "Ulm", "Zip": "", "How": "Telefon", "Mood": "anger; safety",
             "Secret": "yes", "Shop": "5"}  # fmt: skip
    told = line(cells, mapping)
    assert told == {
        "external_reference": "2014/7", "place": "Ulm", "channel": "phone", "signals": ["anger", "safety"],
        "complainant": {"language": "de", "anonymous": True}, "metadata": {"shop": "5"}, "historical": True,
    }  # fmt: skip
    assert line(cells | {"How": "pigeon"}, mapping)["channel"] == "other"


def test_columns_named_as_our_fields_need_no_map() -> None:
    mapping = maps.by_name(["text", "email", "amount_at_stake.value", "Shop number"])
    cells = {"text": "late", "email": "ana@example.org", "amount_at_stake.value": "5", "Shop number": "7"}
    told = line(cells, mapping)
    assert told["complainant"] == {"email": "ana@example.org"}
    assert (told["amount_at_stake"], told["metadata"]) == ({"value": "5"}, {"Shop_number": "7"})


def test_an_object_is_taken_as_it_is() -> None:
    told = line({"text": "None", "complainant": None, "received_at": "2023-08-25", "historical": False}, None)
    assert told["text"] == "None"
    assert (told["historical"], told["complainant"]) == (True, {"anonymous": True})
    assert line({"complainant": 5}, None)["complainant"] == 5


@pytest.mark.parametrize("name", ["cfpb.toml", "pamplona.toml"])
def test_the_maps_shipped_can_be_read(name: str) -> None:
    mapping = maps.load(maps.SHIPPED / name)
    mapping.check([column for field in mapping.fields.values() for column in field.columns])


@pytest.mark.parametrize("content", ["fields = 5", "[fields", "[fields]\ntext = 5", "[other]", "[fields]\ntext = []"])
def test_a_map_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(content)
    with pytest.raises(UserError, match=r"map\.toml"):
        maps.load(path)


def test_a_map_names_what_does_not_fit() -> None:
    with pytest.raises(UserError, match="no column Words"):
        MAP.check(["Day"])
    with pytest.raises(UserError, match="texto"):
        Map.model_validate({"fields": {"texto": "Words"}}).check(["Words"])
    with pytest.raises(UserError, match="there is no map"):
        maps.load(Path("nowhere.toml"))


def test_rejects_lie_beside_the_file_or_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    monkeypatch.chdir(here)
    for folder in (there, here):
        rejects = Rejects(there / "file.csv")
        rejects.add(["a"], 7, "is odd", ["1\udcff"])
        rejects.close()
        assert rejects.path == folder / "file.csv.rejects.csv"
        assert rejects.path.read_bytes() == b"line,reason,a\r\n7,is odd,1?\r\n"
        there.chmod(0o555)
    assert not may_write(there)
    untouched = Rejects(there / "other.csv")
    untouched.close()
    assert untouched.path is None


def test_lines_are_json_whatever_they_hold() -> None:
    told = line({"Words": "a\0b ñ", "Day": ""})
    assert json.loads(json.dumps(told).encode()) == told
