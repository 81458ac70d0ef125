"""Continents of countries, and the hours of a day that suit people in several time zones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from mentorship.core.timezones import clock_name

COUNTRIES = {
    "AF": "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA "
    "NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW",
    "AS": "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM "
    "PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
    "EU": "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK "
    "MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK",
    "NA": "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC "
    "TT US VC VG VI",
    "OC": "AS AU CC CK CX FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
    "SA": "AR BO BR CL CO EC FK GF GY PE PY SR UY VE",
}
CONTINENT = {code: continent for continent, codes in COUNTRIES.items() for code in codes.split()}
# For people with a time zone only. America is two continents, and oceans touch several: those stay unknown.
AREAS = {"Africa": "AF", "Asia": "AS", "Europe": "EU", "Australia": "OC", "Pacific": "OC"}

STEP = timedelta(minutes=30)
# The most convenient first: office hours for everybody, else longer days.
DAYTIMES = ((time(9), time(18)), (time(8), time(20)), (time(7), time(22)))


@dataclass(frozen=True)
class Window:
    """A stretch of one day in UTC, shown in the time of each zone."""

    begins: datetime
    ends: datetime

    def on_clock(self, zone: str) -> str:
        """`13:00–16:30 Nairobi time`"""
        local = ZoneInfo(zone)
        begins, ends = (moment.astimezone(local).strftime("%H:%M") for moment in (self.begins, self.ends))
        return f"{begins}–{ends} {clock_name(zone)}"


def continent_of(country: str, time_zone: str) -> str:
    """Return the continent's code from the country, else from the time zone; "" if neither says."""
    return CONTINENT.get(country.upper()) or AREAS.get(time_zone.split("/", maxsplit=1)[0], "")


class FreeHours(Protocol):
    """The hours of the week in which somebody can usually meet; see cohorts/weekly_hours.py."""

    def covers(self, begins: datetime, ends: datetime) -> bool:
        """Whether all of a stretch of time is inside."""


@dataclass(frozen=True)
class Clock:
    """The clock that somebody lives by, and the hours of the week that suit them, if they gave some."""

    zone: str
    hours: FreeHours | None = None

    def suits(self, moment: datetime, opens: time, closes: time) -> bool:
        """Whether the next half hour is in the hours that they gave, or else in these hours of a working day."""
        if self.hours:
            return self.hours.covers(moment, moment + STEP)
        place = ZoneInfo(self.zone)
        begins, ends = moment.astimezone(place), (moment + STEP).astimezone(place)
        return begins.date() == ends.date() and opens <= begins.time() and ends.time() <= closes


def shared_daytime(clocks: Sequence[str | Clock], on: date) -> Window | None:
    """Find the longest stretch of a day, at least an hour, that suits everybody; None if there is none.

    A zone alone stands for somebody who gave no hours, and whom the daytime suits.
    """
    everybody = list(dict.fromkeys(Clock(one) if isinstance(one, str) else one for one in clocks))
    midnight = datetime.combine(on, time(), UTC)
    # A date covers 48 hours around the world: look at all of them.
    moments = [midnight - timedelta(hours=12) + n * STEP for n in range(96)]
    for opens, closes in DAYTIMES:
        best = _longest([moment for moment in moments if all(one.suits(moment, opens, closes) for one in everybody)])
        if best and best.ends - best.begins >= timedelta(hours=1):
            return best
        if all(one.hours for one in everybody):
            break  # longer days make no difference
    return None


def _longest(moments: Sequence[datetime]) -> Window | None:
    best: Window | None = None
    begins: datetime | None = None
    for n, moment in enumerate(moments):
        begins = begins or moment
        if n + 1 < len(moments) and moments[n + 1] - moment == STEP:
            continue
        if best is None or moment + STEP - begins > best.ends - best.begins:
            best = Window(begins, moment + STEP)
        begins = None
    return best
