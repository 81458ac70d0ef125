"""A market in which people can change places, and changes of its board."""

from matching.board.change_plan import ChangeRequest
from matching.board.services import change_board
from matching.board.state import read_state
from matching.engine import services as engine_services
from mentorship.devtools.testing.factories import EnrollmentFactory, TopicFactory

TOPICS = ("soil", "birds", "maps", "water", "code")


def make(run, do, mentee=None, mentor=None, other=None, theirs=None, by=None):
    ids = (one.pk if one else 0 for one in (mentee, mentor, other, theirs))
    return change_board(run=run, wish=ChangeRequest(do, *ids), version=read_state(run).version, by=by)


def pairs(run):
    return set(run.proposals.filter(kind="chosen").values_list("mentee_id", "mentor_id"))


def mentor_of(run, mentee):
    return run.proposals.get(kind="chosen", mentee=mentee).mentor


def make_market(cohort):
    """Five mentees, four mentors with five places, and a run: whatever the scores, somebody could swap."""
    topics = [TopicFactory(programme=cohort.programme, name=name, key=name) for name in TOPICS]
    mentees, mentors = [], []
    for n, name in enumerate(("A", "B", "C", "D", "E")):
        one = EnrollmentFactory(cohort=cohort, title=name, time_zone="Asia/Tokyo" if n == 4 else "Europe/Berlin")
        one.topics.set([topics[n], topics[(n * 2 + 1) % 5]])
        mentees.append(one)
    for n, name in enumerate(("Ada", "Bo", "Cy", "Di")):
        one = EnrollmentFactory(cohort=cohort, role="mentor", user__full_name=name, capacity=2 if n == 3 else 1)
        one.topics.set([topics[n], topics[(n + 2) % 5]])
        mentors.append(one)
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    return run, mentees, mentors
