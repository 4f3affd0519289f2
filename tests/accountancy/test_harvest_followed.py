"""Following the harvest makes and loses nothing, and a thing never carries less than nothing."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scherp.accountancy.harvest import Followed, Making, follow

THINGS = st.sampled_from("abcdef")
GRAMS = st.integers(1, 1000).map(Decimal)
SIDE = st.dictionaries(THINGS, GRAMS, max_size=3)
STEPS = st.lists(st.tuples(SIDE, SIDE, st.just(Decimal(0)) | GRAMS, st.booleans()), max_size=8)


def _total(found: Followed, steps: list[Making]) -> Decimal:
    packed = sum((found.density.get(step.event_id, Decimal(0)) * step.other for step in steps), Decimal(0))
    return packed + sum(found.kept.values(), Decimal(0)) + sum(found.lost.values(), Decimal(0))


@given(SIDE, STEPS)
def test_what_was_harvested_is_kept_packed_or_lost_also_in_circles(harvest: dict[str, Decimal], drawn: list) -> None:
    steps = [Making("harvest", outputs=harvest, harvests=True)]
    steps += [Making(f"{n}", one, two, other, dries) for n, (one, two, other, dries) in enumerate(drawn)]
    # A step that gives out nothing loses what it took in, drying too.
    found = follow(steps, {})
    assert abs(_total(found, steps) - sum(harvest.values(), Decimal(0))) < Decimal("1e-20")
    assert all(grams > Decimal("-1e-20") for grams in [*found.kept.values(), *found.lost.values()])


def test_drying_passes_on_everything_and_another_step_what_it_gives_out() -> None:
    wet, dry = {"wet": Decimal(100)}, {"dry": Decimal(20)}
    steps = [
        Making("h", outputs=wet, harvests=True),
        Making("d", wet, dry, dries=True),
        Making("p", {"dry": Decimal(10)}, other=Decimal(8)),
    ]
    found = follow(steps, {})
    assert found.carried["dry"] == 100
    assert found.density["p"] == 5  # 8 g carry 40 of the 50 that 10 g carried
    assert found.lost == {"dry": Decimal(10)}
    assert found.kept["dry"] == 50


def test_a_lot_made_later_than_it_was_used_is_followed_in_the_order_of_making() -> None:
    steps = [
        Making("p", {"dry": Decimal(20)}, other=Decimal(20)),
        Making("d", {"wet": Decimal(100)}, {"dry": Decimal(20)}, dries=True),
        Making("h", outputs={"wet": Decimal(100)}, harvests=True),
    ]
    assert follow(steps, {}).density["p"] == 5


def test_a_lot_from_which_more_went_than_came_shares_out_what_it_got() -> None:
    steps = [
        Making("h", outputs={"a": Decimal(100)}, harvests=True),
        Making("p", {"a": Decimal(100)}, other=Decimal(100)),
    ]
    found = follow(steps, {"a": Decimal(300)})
    assert found.density["p"] == Decimal("0.25")
    assert found.kept["a"] == 75
