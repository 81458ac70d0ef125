"""Propose who is matched with whom."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from cohorts.models import Cohort
from matching.board.services import pairs_by_hand
from matching.models import MatchRun
from matching.policy.services import weights_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.markup import counted

if TYPE_CHECKING:  # slow to load
    from matching.engine.run_result import RunResult


class Command(BaseCommand):
    help = (
        "Score every eligible pair of a cohort and find the best pairs. Nothing is confirmed and no email is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cohort", help="the cohort's short name (slug)")
        parser.add_argument("--json", action="store_true", help="print the whole answer as JSON")
        parser.add_argument("--scores", action="store_true", help="with the score of every eligible pair")

    def handle(self, *args: Any, **options: Any) -> None:
        from matching.engine.services import run_now  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs

        try:
            cohort = Cohort.objects.select_related("programme").get(slug=options["cohort"])
            by_hand, _ = pairs_by_hand(cohort)
            run, answer = run_now(cohort=cohort, by=None)
        except Cohort.DoesNotExist as error:
            raise CommandError(f"There is no cohort {options['cohort']}.") from error
        except ServiceError as error:
            raise CommandError(str(error)) from error
        if by_hand:
            pairs = f"{counted(len(by_hand), 'pair')} made by hand and not locked"
            self.stderr.write(f"{pairs}: this run decides about {'it' if len(by_hand) == 1 else 'them'} anew.")
        weighed = [factor for factor, weight in weights_of(cohort)[0].items() if weight]
        found = self._found(run, answer, weighed, scores=options["scores"])
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            self._tell(found)

    def _found(self, run: MatchRun, answer: "RunResult", weighed: Sequence[str], *, scores: bool) -> dict[str, Any]:
        """The run as `--json` prints it; people and teams are named by external id."""
        from matching.engine.input import external_names  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs

        mentee_names, mentor_names = external_names(answer.pool.mentees), external_names(answer.pool.mentors)
        unknown = dict.fromkeys(weighed, 0.0)
        found: dict[str, Any] = {
            "run": run.number,
            "objective": run.total_points / 1_000_000,
            "matched": run.matched,
            "unmatched": [{"mentee": mentee_names[m.pk], "reasons": reasons} for m, reasons in answer.unmatched],
            "proposals": [
                {
                    "mentee": mentee_names[pair.mentee.pk],
                    "mentor": mentor_names[pair.mentor.pk],
                    "score": pair.score,
                    "factors": {**unknown, **{factor["key"]: factor["value"] for factor in pair.factors}},
                }
                for pair in answer.chosen
            ],
        }
        if scores:
            found["scores"] = [
                {"mentee": mentee_names[mentee.pk], "mentor": mentor_names[mentor.pk], "score": score}
                for mentee, mentor, score in answer.every_score()
            ]
        return found

    def _tell(self, found: dict[str, Any]) -> None:
        number = found["matched"] + len(found["unmatched"])
        self.stdout.write(f"Run {found['run']}: {found['matched']} of {number} matched, total {found['objective']:.2f}")
        for pair in found["proposals"]:
            self.stdout.write(f"  {pair['score']:.2f}  {pair['mentee']}  {pair['mentor']}")
        for left in found["unmatched"]:
            self.stdout.write(f"  no match  {left['mentee']}: {' '.join(left['reasons'])}")
        for pair in found.get("scores", []):
            self.stdout.write(f"  score {pair['score']:.4f}  {pair['mentee']}  {pair['mentor']}")
