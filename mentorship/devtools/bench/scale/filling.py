"""Fill a whole installation, subject by subject."""

from mentorship.devtools.bench.scale.alongside import fill_alongside
from mentorship.devtools.bench.scale.money import fill_money
from mentorship.devtools.bench.scale.people import fill_people
from mentorship.devtools.bench.scale.rounds import fill_rounds
from mentorship.devtools.bench.scale.sizes import Sizes


def fill_all(sizes: Sizes) -> None:
    """Fill everything of an installation of this size."""
    fill_people(sizes)
    fill_rounds(sizes)
    fill_money(sizes)
    fill_alongside(sizes)
