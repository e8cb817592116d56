"""Which open question to ask first: what could matter most, and with the fewest further answers."""

from taxatie.explain.near_misses import Ways
from taxatie.explain.open_questions import Telling
from taxatie.explain.scene import Scene
from taxatie.limits import NEAR_MISS_SIZE_MAX


def rank_questions(
    scene: Scene, reached: int, ways: tuple[Ways, ...], told: tuple[Telling, ...]
) -> tuple[Telling, ...]:
    """Return the questions in the order in which to ask them.

    First by the level they could reach, then by how few further answers that takes once the question is
    answered, then by vocabulary order.
    """
    by_rank = {way.rank: way for way in ways}

    def place(telling: Telling) -> tuple[int, int, tuple[int, int, str]]:
        further = 0 if telling.rank <= reached else _further_answers(by_rank.get(telling.rank), telling)
        return -telling.rank, further, scene.order(telling.question)

    return tuple(sorted(told, key=place))


def _further_answers(way: Ways | None, telling: Telling) -> int:
    """Return how many answers are still needed after this one."""
    if way is None:
        return NEAR_MISS_SIZE_MAX
    return way.size - (telling.question in way.questions)
