"""Durations and moments as meeting tools write them, and how long somebody was there."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

HOUR, MINUTE, SECOND = 3600, 60, 1
# A list that says more than this many times the planned length counts in a smaller unit.
TOO_LONG = 3
_UNITS = {
    HOUR: "h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur u godz godzina t time timer"
    " timmar ч час часа часов 時間 小时 小時 시간",
    MINUTE: "m min mins minute minutes minuten minuto minutos minuti minuut minuty minut minuter minutter"
    " мин минут минуты 分 分钟 分鐘 분",
    SECOND: "s sec secs second seconds sek sekunde sekunden seg segundo segundos seconde secondes secondi secondo"
    " seconden sekund с сек секунд 秒 秒钟 秒鐘 초",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_NUMBER_AND_UNIT = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]+)")
_CLOCK = re.compile(r"(\d{1,4}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?")
_AFTERNOON = r"(a\.?\s?m\.?|p\.?\s?m\.?|vorm\.?|nachm\.?|上午|下午|午前|午後|오전|오후)"
_TIMES = tuple(
    re.compile(rf"(?:{_AFTERNOON}\s*)?(?<![\d.]){time}\s*{_AFTERNOON}?", re.IGNORECASE)
    for time in (r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?", r"(\d{1,2})\.(\d\d)(?:\.(\d\d))?(?=$|\s)")
)
_ZONE = re.compile(r"\s*(?:(?:Z|UTC|GMT)?\s*[+-]\d\d:?\d\d|Z|UTC|GMT)\s*$")
Span = tuple[int, int]


def seconds_of(text: str, unit: int | None, *, of_pair: int = HOUR) -> int | None:
    """Seconds of "45", "1h 5m 3s", "01:05:00", "2 Std. 5 Min." and "PT1H5M"; None for anything else.

    `unit` is that of a bare number, in seconds. `of_pair`: the unit of 1 in "1:05".
    """
    text = text.strip().casefold()
    if re.fullmatch(r"\d{1,9}(?:[.,]\d+)?", text):
        return None if unit is None else round(float(text.replace(",", ".")) * unit)
    if clock := _CLOCK.fullmatch(text):
        first, second, third = int(clock[1]), int(clock[2]), clock[3]
        if third is not None:
            return first * HOUR + second * MINUTE + int(third)
        return (first * 60 + second) * (of_pair // 60)
    parts = [(float(n.replace(",", ".")), _UNIT_OF.get(word)) for n, word in _NUMBER_AND_UNIT.findall(_spaced(text))]
    if not parts or any(unit_ is None for _, unit_ in parts):
        return None
    return round(sum(number * (unit_ or 0) for number, unit_ in parts))


def _spaced(text: str) -> str:
    """ISO 8601 durations and words without blanks as words with them."""
    return re.sub(r"([^\W\d_])(?=\d)", r"\1 ", text.removeprefix("pt"))


def unit_in(words: str) -> int | None:
    """The unit that the words of a heading name: "duration minutes", "hh mm ss"; None if none."""
    return next((_UNIT_OF[word] for word in reversed(words.split()) if word in _UNIT_OF), None)


class Durations:
    """All durations of a list. Where it does not say their unit, the planned length of the session tells.

    `note` says then how they were read. `planned`: minutes.
    """

    def __init__(self, texts: Iterable[str], unit: int | None, planned: int) -> None:
        texts = [text for text in texts if text]
        self.note = ""
        self._unit, self._of_pair = unit, HOUR
        longest = TOO_LONG * planned * MINUTE
        if unit is None and (bare := [text for text in texts if re.fullmatch(r"\d{1,9}(?:[.,]\d+)?", text.strip())]):
            most = max(float(text.strip().replace(",", ".")) for text in bare)
            self._unit = MINUTE if most * MINUTE <= longest else SECOND
            self.note = f"The file doesn’t say the unit of its durations. Read as {_NAMES[self._unit]}."
        pairs = [text for text in texts if re.fullmatch(r"\d{1,4}:\d{1,2}", text.strip())]
        if pairs and unit in (MINUTE, SECOND):
            self._of_pair = MINUTE
        elif pairs:
            most = max(seconds_of(text, None) or 0 for text in pairs)
            self._of_pair = HOUR if most <= longest else MINUTE
            example = "hours and minutes" if self._of_pair == HOUR else "minutes and seconds"
            self.note = f"Durations such as {pairs[0]} were read as {example}."

    def seconds(self, text: str) -> int | None:
        """The seconds of one of them; None for what is none."""
        return seconds_of(text, self._unit, of_pair=self._of_pair)


_NAMES = {HOUR: "hours", MINUTE: "minutes", SECOND: "seconds"}


class Moments:
    """All moments of a list, on one clock. Dates count only where there are several: a meeting past midnight."""

    def __init__(self, texts: Iterable[str]) -> None:
        dates = {_date_part(text) for text in texts if text}
        self._days = _days_of(sorted(dates))

    def second(self, text: str) -> int | None:
        """Seconds since the first midnight of the list; None for what is no moment."""
        found, _ = _time_and_rest(text)
        day = self._days.get(_date_part(text))
        if found is None or day is None:
            return None
        before, hours, minutes, seconds, after = found.groups()
        hour, minute, second = int(hours), int(minutes), int(seconds or 0)
        half = (before or after or "").casefold()
        if half:
            is_late = half[0] == "p" or half.startswith("nachm") or half in ("下午", "午後", "오후")
            hour = hour % 12 + (12 if is_late else 0)
        return day * 86_400 + hour * HOUR + minute * MINUTE + second if hour < 24 and minute < 60 else None

    def span(self, joined: str, left: str) -> Span | None:
        """From when to when somebody was there."""
        start, end = self.second(joined), self.second(left)
        if start is None or end is None:
            return None
        if end < start and _date_part(joined) == _date_part(left):
            end += 86_400  # times without dates, past midnight
        return (start, end) if 0 <= end - start <= 86_400 else None


def _time_and_rest(text: str) -> tuple[re.Match[str] | None, str]:
    """Find the time in a moment, and the text around it. Webex writes ="2026-10-07 09:00" for Excel."""
    text = re.sub(r"(?<=\d)T(?=\d)", " ", text.strip().removeprefix("=").strip('"'))
    for pattern in _TIMES:
        if found := pattern.search(text):
            return found, f"{text[: found.start()]} {_ZONE.sub('', text[found.end() :])}"
    return None, text


def _date_part(text: str) -> str:
    return " ".join(re.findall(r"\w+", _time_and_rest(text)[1]))


def _days_of(dates: Sequence[str]) -> dict[str, int]:
    """date → its number among these days; {} where several can't be read."""
    if len(dates) <= 1:
        return dict.fromkeys(dates, 0)
    orders = ((0, 1, 2), (2, 1, 0), (2, 0, 1))  # year first, day first, month first
    found: list[dict[str, int]] = []
    for order in orders:
        read = {text: _ordinal(text, order) for text in dates}
        days = [day for day in read.values() if day is not None]
        if len(days) == len(dates):
            found.append({text: (day or 0) - min(days) for text, day in read.items()})
    # 07/10 and 08/10 are two days in a row, and no month apart.
    return min(found, key=lambda one: max(one.values()), default={})


def _ordinal(text: str, order: tuple[int, int, int]) -> int | None:
    numbers = [int(part) for part in text.split() if part.isdecimal() and len(part) < 5]
    if len(numbers) != 3:
        return None
    year, month, day = (numbers[place] for place in order)
    try:
        return date(year if year > 99 else 2000 + year, month, day).toordinal()
    except ValueError:
        return None


def minutes_of_spans(spans: Iterable[Span]) -> int:
    """Minutes of all spans together. Those that overlap, such as on two devices, count once."""
    total, last = 0, -1
    for start, end in sorted(spans):
        begin = max(start, last)
        total += max(0, end - begin)
        last = max(last, end)
    return total // MINUTE
