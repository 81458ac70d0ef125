"""The lists of meeting tools, made up after the real ones: who was there, and for how long."""

from pathlib import Path

import pytest

from training.meeting_list.names import name_key, name_keys
from training.meeting_list.presence import Durations, Moments, seconds_of
from training.meeting_list.reader import ListedPerson, read_meeting_file

LISTS = Path(__file__).parent / "meeting_lists"
BLOCK = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
812 3456 7890,Training,07/10/2026 08:55:01 AM,07/10/2026 12:01:10 PM,host@example.org,187,5
"""
MONA = ("Mona Diaz", "mona@example.org")
ZOE = "zoe@else.org"


def sample(name):
    return (LISTS / name).read_text("utf-8")


def people_of(text, encoding="utf-8", planned=180):
    found = read_meeting_file(text.encode(encoding) if isinstance(text, str) else text, planned)
    return [(p.name, p.email, p.minutes) for p in found.people]


@pytest.mark.parametrize("block", ["", BLOCK, BLOCK + "\n"])
def test_people_of_zoom_with_and_without_the_block_of_the_meeting(block):
    found = people_of(block + sample("zoom.csv"))
    assert found == [(*MONA, 175), ("Kwame Boateng", "", 182), ("Notetaker", "", 180)]


def test_people_of_zoom_below_the_newer_block():
    block = (
        "Topic,ID,Host name,Host email,Start time,Participants\nTraining,812,Hana,h@example.org,7/10/2026 09:00,3\n\n"
    )
    people = "Name (original name),Email,Total duration (minutes),Guest\nMona Diaz,mona@example.org,175,No\n"
    assert people_of(block + people) == [(*MONA, 175)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "zoom_webinar.csv",
            [
                ("Hana Host", "hana@example.org", 185),
                ("Paz Panel", "paz@example.org", 180),
                ("Mona", "mona@example.org", 120),
                ("4912345***", "", 180),
            ],
        ),
        ("teams.tsv", [(*MONA, 170), ("Zoë Ånder (Guest)", ZOE, 150), ("Kwame (Unverified)", "", 12)]),
        ("teams_german.tsv", [(*MONA, 170), ("Zoë Ånder (Gast)", ZOE, 150)]),
        ("teams_2021.tsv", [(*MONA, 180)]),
        ("teams_actions.tsv", [("Mona Diaz", "", 100), ("Zoë", "", 120)]),
        ("meet.csv", [(*MONA, 178), ("Kwame", "", 12)]),
        ("meet_french.csv", [("Zoë Ånder", ZOE, 62)]),
        ("webex.tsv", [(*MONA, 180), ("Kwame", "", 12)]),
        ("bigbluebutton.csv", [("Mona Diaz", "", 170), ("Kwame Boateng", "", 12)]),
    ],
)
def test_people_of_a_tools_file(name, expected, encoding):
    assert people_of(sample(name), encoding) == expected


def test_people_of_meet_in_italian_where_one_heading_is_a_name_or_a_first_name():
    assert people_of("Nome,Cognome,Email,Durata\nZoë,Ånder,zoe@else.org,1 ora 2 min\n") == [("Zoë Ånder", ZOE, 62)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a,b\n1,2\n", "No column"),
        ("Name\n", "No column"),
        (BLOCK, "lists meetings"),
        (
            "Topic,Meeting ID,User Name,User Email,Participants\nA,1,Hana,h@x.org,3\nB,2,Hana,h@x.org,4\n",
            "lists meetings",
        ),
    ],
)
def test_a_file_without_people_is_refused_with_the_reason(text, word):
    with pytest.raises(ValueError, match=word):
        people_of(text)


def test_time_on_two_devices_counts_once_and_time_after_a_break_is_added():
    row = "Mona,m@x.org,2026-10-07 {},2026-10-07 {}\n"
    rows = [row.format(*times) for times in (("09:00", "10:00"), ("09:30", "10:30"), ("11:00", "11:30"))]
    (person,) = read_meeting_file(f"Name,Email,Join,Leave\n{''.join(rows)}".encode(), 180).people
    assert (person.minutes, person.joins, len(person.spans)) == (120, 3, 3)
    assert people_of("Name,Duration (min)\nMona,100\nMona,100\nAna,150\n", planned=150)[0][2] == 150


@pytest.mark.parametrize(
    ("heading", "texts", "minutes"),
    [
        ("Duration (seconds)", ["10800", "720"], [180, 12]),
        ("Duration", ["10800", "720"], [180, 12]),
        ("Duration", ["180", "12"], [180, 12]),
        ("Duration", ["3:00", "0:12"], [180, 12]),
        ("Duration", ["180:00", "12:00"], [180, 12]),
        ("Duration (hours)", ["3", "0.2"], [180, 12]),
        ("Dauer (Minuten)", ["180,0", "12,5"], [180, 12]),
        ("Durée", ["3 h", "12 min 5 s"], [180, 12]),
        ("所要時間（分）", ["180", "12"], [180, 12]),
        ("Attended (min)", ["180", "12"], [180, 12]),
        ("Attendance Duration", ["PT3H", "PT12M3S"], [180, 12]),
    ],
)
def test_durations_are_read_in_the_unit_that_they_have(heading, texts, minutes):
    rows = "".join(f'P{n};"{text}"\n' for n, text in enumerate(texts))
    found = read_meeting_file(f"Name;{heading}\n{rows}".encode(), 180)
    assert [p.minutes for p in found.people] == minutes
    assert bool(found.notes) == (heading == "Duration")


@pytest.mark.parametrize("text", ["", "?", "about an hour", "1 fortnight", "12 apples"])
def test_what_is_no_duration_is_none(text):
    assert seconds_of(text, 60) is None


@pytest.mark.parametrize(
    ("joined", "left", "minutes"),
    [
        ("7/10/2026, 11:30:00 PM", "8/10/2026, 12:30:00 AM", 60),
        ("10/7/2026 23:30", "10/8/2026 00:30", 60),
        ("11:30 PM", "12:30 AM", 60),
        ("下午 2:00:00", "下午3:00:00", 60),
        ("07.10.26 09:00", "07.10.26 10:00", 60),
        ("07-10-2026 09.00.00", "07-10-2026 10.00.00", 60),
        ("2026-10-07T09:00:00Z", "2026-10-07T10:00:00Z", 60),
        ("Oct 7, 2026 9:00 a.m.", "Oct 7, 2026 10:00 a.m.", 60),
        ("25:99", "26:00", None),
    ],
)
def test_moments_are_read_in_many_forms(joined, left, minutes):
    span = Moments([joined, left]).span(joined, left)
    assert (span and (span[1] - span[0]) // 60) == minutes


def test_a_list_says_how_durations_without_a_unit_were_read():
    assert "seconds" in Durations(["10800"], None, 180).note
    assert not Durations(["10800"], 1, 180).note


def test_a_person_without_a_name_or_with_hidden_marks_is_listed():
    (person,) = read_meeting_file("﻿Name;E-Mail\n;<MONA@example.org>\n".encode(), 60).people
    assert person == ListedPerson("", "mona@example.org", None)


@pytest.mark.parametrize(
    "name",
    [
        "Sousa, Ana (she/her)",
        "ana SOUSÁ",
        "Ana Sousa (Host, me)",
        "[Co-Host] Ana Sousa",
        "Ana Sousa she/her/hers",
        "Ana Sousa | Open Bees",
        "OLS - Ana Sousa",
        "Annie (Ana Sousa)",
        "Dr. Ana Sousa (Guest)",
        "Ana Sousa 🐝",
    ],
)
def test_decorated_names_are_recognised(name):
    assert name_key("Ana Sousa") in name_keys(name)


def test_phones_with_other_original_names_are_other_people():
    text = (
        "Name (Original Name),Duration (min)\niPhone (Ana Sousa),60\niPhone (Bo Beta),60\niPhone (Bo Beta) (Guest),60\n"
    )
    assert people_of(text) == [("iPhone (Ana Sousa)", "", 60), ("iPhone (Bo Beta)", "", 120)]


def test_other_names_are_not():
    assert name_key("Ana") not in name_keys("Anna")
    assert name_key("Gast Host") == name_key("Host Gast")


def test_a_figure_that_is_no_digit_is_no_part_of_a_day():
    assert Moments(["7 ² 2026 10:00", "8 ² 2026 10:00"]).second("7 ² 2026 10:00") is None
