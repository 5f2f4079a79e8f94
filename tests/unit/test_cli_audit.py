"""What an audit makes of the marks that services tell."""

from collections.abc import Iterator, Mapping

from deploy.cli.audit import Look, Mark, Missing, debts, side_by_side

WHOLE: Mapping[str, Mark] = {
    "intake": Mark("c1", 2, {"routing": 3, "followup": 1}),
    "routing": Mark("c1", 3, {"intake": 2, "followup": 1}),
    "followup": Mark("c1", 1, {"intake": 2, "routing": 3}),
    "metrics": Mark("c1", 0, {"intake": 2, "routing": 3, "followup": 1}),
}


def looked(*rows: Mapping[str, Mark]) -> Look:
    """One look at these complaints."""
    look = Look()
    for number, marks in enumerate(rows, 1):
        look.take(f"c{number}", marks)
    return look


def test_where_everything_was_heard_nothing_is_behind() -> None:
    look = looked(WHOLE)
    assert (look.complaints, look.behind, look.owed) == (1, {}, {})


def test_a_service_that_hears_itself_is_not_compared_with_itself() -> None:
    # Routing's mark of its own events trails; that is between routing and itself.
    routing = Mark("c1", 3, {"intake": 2, "followup": 1, "routing": 1})
    assert list(debts("c1", {**WHOLE, "routing": routing})) == []


def test_a_consumer_whose_mark_is_lower_is_behind_once_whatever_the_number_of_sources() -> None:
    metrics = Mark("c1", 0, {"intake": 1, "routing": 2, "followup": 1})
    look = looked({**WHOLE, "metrics": metrics})
    assert look.behind == {"metrics": 1}
    assert look.owed == {("c1", "metrics", "intake"): 2, ("c1", "metrics", "routing"): 3}


def test_a_complaint_that_a_consumer_does_not_know_at_all_is_behind_there() -> None:
    alone = {"intake": Mark("c1", 1, {})}
    assert looked(alone).behind == {"routing": 1, "followup": 1, "metrics": 1}


def test_a_shell_that_no_source_speaks_of_is_no_complaint() -> None:
    look = looked({"followup": Mark("c1", 0, {})})
    assert (look.complaints, look.behind) == (0, {})


def test_what_was_only_late_is_not_missing() -> None:
    late = {**WHOLE, "metrics": Mark("c1", 0, {"intake": 2, "routing": 1, "followup": 1})}
    missing = Missing()
    missing.take(looked(late), "c1", WHOLE)
    assert missing.count == 0


def test_what_was_said_since_the_first_look_may_still_be_on_its_way() -> None:
    late = {**WHOLE, "metrics": Mark("c1", 0, {"intake": 2, "routing": 1, "followup": 1})}
    since = {**WHOLE, "routing": WHOLE["routing"]._replace(seq=9)}
    missing = Missing()
    missing.take(looked(late), "c1", since)
    assert missing.count == 0


def test_what_never_came_is_missing_once_a_complaint_and_named() -> None:
    lost = {**WHOLE, "metrics": Mark("c1", 0, {"intake": 1, "routing": 2, "followup": 1})}
    missing = Missing()
    missing.take(looked(lost), "c1", lost)
    assert (missing.count, missing.parked) == (1, 0)
    assert [(debt.source, debt.heard, debt.said) for debt in missing.named] == [("intake", 1, 2), ("routing", 2, 3)]


def test_what_lies_parked_is_said_to_be_parked() -> None:
    aside = {**WHOLE, "metrics": Mark("c1", 0, {"intake": 1, "routing": 3, "followup": 1}, parked=True)}
    missing = Missing()
    missing.take(looked(aside), "c1", aside)
    assert (missing.count, missing.parked) == (1, 1)


def test_where_more_is_owed_than_is_remembered_whatever_is_still_behind_is_missing() -> None:
    lost = {**WHOLE, "metrics": Mark("c1", 0, {"intake": 2, "routing": 2, "followup": 1})}
    look = Look(most=1)
    for complaint_id in ("c1", "c2"):
        look.take(complaint_id, lost)
    assert (len(look.owed), look.whole) == (1, False)
    missing = Missing()
    for complaint_id in ("c1", "c2"):
        missing.take(look, complaint_id, lost)
    assert missing.count == 2


def test_streams_are_joined_by_id_and_read_no_further_than_needed() -> None:
    read: list[str] = []

    def stream(name: str, *numbers: int) -> Iterator[Mark]:
        for number in numbers:
            read.append(f"{name}{number}")
            yield Mark(f"c{number}", number, {})

    rows = side_by_side({"intake": stream("i", 1, 2, 4), "routing": stream("r", 2, 3, 4), "metrics": stream("m")})
    first, marks = next(rows)
    assert (first, marks) == ("c1", {"intake": Mark("c1", 1, {})})
    assert read == ["i1", "r2", "i2"]
    assert [(key, set(marks)) for key, marks in rows] == [
        ("c2", {"intake", "routing"}),
        ("c3", {"routing"}),
        ("c4", {"intake", "routing"}),
    ]
