"""Addresses and names as people type them into sheets."""

import pytest
from babel import Locale
from babel.localedata import locale_identifiers

from cohorts.enrollment.leaving import leave_team
from cohorts.imports.columns import guess_mapping
from cohorts.imports.people_cells import CellError, read_people
from cohorts.imports.reading import read_file, read_table
from cohorts.imports.services import import_rows
from cohorts.models import SignupQuestion
from mentorship.core import reference_data
from mentorship.core.reference_data import country_code, country_in_sentence, language_code
from mentorship.core.text import coded_address, tidy_address
from mentorship.devtools.testing.factories import CohortFactory, UserFactory

ADA, BO = "ada@x.example.org", "bo@x.example.org"


@pytest.mark.parametrize(
    "between", [" ", "; ", ",", " / ", "/", "\n", "\r\n", " | ", " and ", " & ", "; mailto:", "\u00a0"]
)
def test_two_addresses_are_two_people_whatever_stands_between(between):
    assert read_people(f"{ADA}{between}{BO}", "").people == [("", ADA), ("", BO)]


@pytest.mark.parametrize(
    ("addresses", "names", "people"),
    [
        (f"Ada Vogt <{ADA}>", "", [("Ada Vogt", ADA)]),
        (f'"Vogt, Ada" <{ADA}>', "", [("Vogt, Ada", ADA)]),
        (f"Vogt, Ada <{ADA}>; Bo <{BO}>", "", [("Vogt, Ada", ADA), ("Bo", BO)]),
        (f"Ada <{ADA}>, Bo <{BO}>", "", [("Ada", ADA), ("Bo", BO)]),
        (f"Ada Vogt <{ADA}>", "Vogt, Ada", [("Vogt, Ada", ADA)]),
        (f"{ADA} (Ada Vogt)", "", [("Ada Vogt", ADA)]),
        (f"{ADA} (Ada Vogt); {BO} (Bo Ti)", "", [("Ada Vogt", ADA), ("Bo Ti", BO)]),
        (f"Ada Vogt {ADA}, Bo Ti {BO}", "", [("Ada Vogt", ADA), ("Bo Ti", BO)]),
        (f"{ADA} – Ada Vogt", "", [("Ada Vogt", ADA)]),
        (f"[Ada Vogt](mailto:{ADA})", "", [("Ada Vogt", ADA)]),
        (f"محمد علي {ADA}", "", [("محمد علي", ADA)]),
        (f"<{ADA.upper()}>.", "Vogt, Ada", [("Vogt, Ada", ADA)]),
        (f"[{ADA}](mailto:{ADA})", "", [("", ADA)]),
        (f"mailto:{ADA}?subject=Hi", "", [("", ADA)]),
        (f"{ADA};{ADA}", "Ada", [("Ada", ADA)]),
        (f"{ADA};{BO}", "Ada and Bo", [("Ada", ADA), ("Bo", BO)]),
        (f"{ADA};{BO}", "Ada, Bo", [("Ada", ADA), ("Bo", BO)]),
        (f"{ADA};{BO}", "Ada\nBo", [("Ada", ADA), ("Bo", BO)]),
        (ADA, "Ada and Bo Foundation", [("Ada and Bo Foundation", ADA)]),
        (ADA, "Ada Vogt (she/her)", [("Ada Vogt (she/her)", ADA)]),
        ("o'brien@x.example.org", "", [("", "o'brien@x.example.org")]),
    ],
)
def test_names_and_addresses_are_understood(addresses, names, people):
    found = read_people(addresses, names)
    assert found.people == people
    assert (found.names_left, found.text_left) == ([], [])


def test_what_belongs_to_nobody_is_named():
    found = read_people(f"{ADA} (work), call 555", "Ada;Bo;Cy")
    assert (found.names_left, found.text_left) == (["Bo", "Cy"], ["work", "call", "555"])
    assert read_people(f"Somebody <{ADA}>", "Ada").text_left == ["Somebody"]
    assert read_people(f"Work Email {ADA}", "").people == [("", ADA)]
    assert read_people(f"please write to {ADA}", "").text_left == ["please", "write", "to"]


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        ("", "no email address"),
        ("–", "no email address|isn't an email address"),
        ("nowhere", "“nowhere” isn't an email address"),
        (f"{ADA}; bo@", "“bo@” isn't an email address"),
        ("bö@x.example.org", "can't be mailed"),
        ("sales/ada@x.example.org", "“sales/ada@x.example.org” may be one address"),
        ("用户@x.example.org", "can't be mailed"),
    ],
)
def test_an_address_that_cannot_be_mailed_is_named(settings, addresses, reason):
    settings.EMAIL_SMTPUTF8 = False
    with pytest.raises(CellError, match=reason):
        read_people(addresses, "")


def test_an_address_in_any_script_is_read_where_the_mail_server_takes_it():
    assert [address for _, address in read_people("bö@x.example.org; 用户@x.example.org", "").people] == [
        "bö@x.example.org",
        "用户@x.example.org",
    ]


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("ada@xn--mller-kva.example", "ada@müller.example"),
        ("Ada@MÜLLER.example", "ada@müller.example"),
        ("di@ＥＸＡＭＰＬＥ.org", "di@example.org"),
        ("\u200bada@example.org\ufeff", "ada@example.org"),
        ("ada@xn--a-.example", "ada@xn--a-.example"),
        ("ada@straße.example", "ada@straße.example"),
    ],
)
def test_an_address_is_kept_in_one_form(text, tidy):
    assert tidy_address(text) == tidy
    assert tidy_address(tidy) == tidy
    assert tidy_address(coded_address(tidy)) == tidy
    assert coded_address(tidy).isascii()


@pytest.mark.django_db
def test_further_people_of_a_mentor_and_names_without_an_address_are_in_the_note():
    cohort = CohortFactory()
    table = read_table(f'email,name\n"{ADA}; Bo <{BO}>",Ada;Bo;Cy\n'.encode())
    mapping = guess_mapping(table.headers, "mentor")
    result = import_rows(cohort=cohort, role="mentor", table=table, mapping=mapping)
    assert result.created == 1
    assert [text for _, text in result.warnings] == [
        "Names without an address: “Cy”. It is in the note.",
        f"Further people, while a mentor is one person: “Bo <{BO}>”. It is in the note.",
    ]
    assert "Cy" in cohort.enrollments.get().note
    assert BO in cohort.enrollments.get().note


@pytest.mark.django_db
def test_an_account_by_the_other_form_of_a_domain_is_found():
    known, cohort = UserFactory(email="ada@xn--mller-kva.example"), CohortFactory()
    table = read_table("email,title\nada@müller.example,A\nbo@example.org; ada@müller.example,B\n".encode())
    mapping = guess_mapping(table.headers, "mentee")
    result = import_rows(cohort=cohort, role="mentee", table=table, mapping=mapping)
    assert result.created == 2
    assert [known in enrollment.people for enrollment in cohort.enrollments.all()] == [True, True]
    assert import_rows(cohort=cohort, role="mentee", table=table, mapping=mapping).unchanged == 2


@pytest.mark.django_db
def test_both_forms_of_a_domain_are_the_same_person():
    cohort = CohortFactory()
    table = read_table("email\nada@müller.example\nada@xn--mller-kva.example\n".encode())
    result = import_rows(cohort=cohort, role="mentor", table=table, mapping={"email": "email"})
    assert (result.created, result.rejected) == (1, [(3, "This is the same application as in line 2.")])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sheet", "name"),
    [
        ("First name,Last name,email\nAda,Vogt,ada@x.example.org\n", "Ada Vogt"),
        ("Name,Surname,email\nAda,Vogt,ada@x.example.org\n", "Ada Vogt"),
        ("First name,Name,Last name,email\nAda,Ada Vogt,Vogt,ada@x.example.org\n", "Ada Vogt"),
        ("Forename,Family name,email\n,Vogt,ada@x.example.org\n", "Vogt"),
        ('First name,Last name,email\nAda; Bo,Vogt; Ti,"ada@x.example.org; bo@x.example.org"\n', "Ada Vogt, Bo Ti"),
        ('First name,Last name,email\nAda; Bo,Vogt,"ada@x.example.org; bo@x.example.org"\n', "Ada Vogt, Bo"),
    ],
)
def test_first_and_last_names_in_columns_of_their_own_are_put_together(sheet, name):
    cohort = CohortFactory()
    table = read_table(sheet.encode())
    import_rows(cohort=cohort, role="mentee", table=table, mapping=guess_mapping(table.headers, "mentee"))
    assert ", ".join(person.full_name for person in cohort.enrollments.get().people) == name


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (
            "Vorname;Name;E-Mail-Adresse;Land;Zeitzone;Projekttitel;Projektbeschreibung;Themen",
            "given_name family_name email country time_zone title description topics",
        ),
        (
            "Nom;Prénom;Adresse e-mail;Pays;Fuseau horaire;Titre du projet;Description du projet;Mots-clés",
            "family_name given_name email country time_zone title description topics",
        ),
        (
            "Nombre;Apellidos;Correo electrónico;País;Zona horaria;Título del proyecto;Descripción;Temas",
            "given_name family_name email country time_zone title description topics",
        ),
        (
            "Nome;Sobrenome;Endereço de e-mail;País;Fuso horário;Título do projeto;Descrição;Tópicos",
            "given_name family_name email country time_zone title description topics",
        ),
        (
            "Nome;Cognome;Indirizzo e-mail;Paese;Fuso orario;Titolo del progetto;Descrizione;Argomenti",
            "given_name family_name email country time_zone title description topics",
        ),
        (
            "Voornaam;Achternaam;E-mailadres;Land;Tijdzone;Projecttitel;Beschrijving;Onderwerpen",
            "given_name family_name email country time_zone title description topics",
        ),
        ("Vor- und Nachname;Ihre E-Mail;Rolle", "full_name email role"),
        ("Nom et prénom;Votre adresse e-mail;Rôle", "full_name email role"),
        ("Name / Nombre;E-mail / Correo;Sprachen / Idiomas", "full_name email languages"),
        ("Nome completo;CORREIO ELETRÓNICO;Titulo;Título do projeto", "full_name email  title"),
        (
            "I would like to be a;Areas of interest:;Where do you live?;Technical or career mentoring?;"
            "How do you prefer to interact?;What do you want to get out of it?",
            "role topics country mentoring_type interaction_style goals",
        ),
        ("Mentee name;Mentee's e-mail;Mentor name;Mentor email", "full_name email  "),
    ],
)
def test_headers_in_other_languages_are_recognised_by_what_they_say(headers, fields):
    found = guess_mapping(headers.split(";"), "mentee")
    assert [found.get(header, "") for header in headers.split(";")] == fields.split(" ")


@pytest.mark.parametrize(
    "header", ["Kapazität", "Capacité", "Plazas", "Vagas", "Numero di posti", "Capaciteit", "Places"]
)
def test_places_are_recognised_for_mentors_only(header):
    assert guess_mapping([header], "mentor") == {header: "capacity"}
    assert guess_mapping([header], "mentee") == {}


@pytest.mark.django_db
def test_the_words_of_the_programme_and_its_questions_are_headers_too():
    cohort = CohortFactory(programme__mentor_label="champion", programme__mentee_label="project lead")
    SignupQuestion.objects.create(
        cohort=cohort, role="mentee", key="work", kind="short", text="Where is your employer?"
    )
    headers = [
        "Project lead",
        "Email of the project lead",
        "Champion",
        "Champion email",
        "Champions wanted",
        "Organisation",
    ]
    assert guess_mapping(headers, "mentee", cohort) == {
        "Project lead": "full_name",
        "Email of the project lead": "email",
        "Champions wanted": "mentors_wanted",
        "Organisation": "question:work",
    }
    assert guess_mapping(["Champion", "Champion’s email"], "mentor", cohort) == {
        "Champion": "full_name",
        "Champion’s email": "email",
    }
    table = read_file(b"Our list\nnobody\nThe champions,Champion email\nAda,ada@example.org\n", cohort=cohort).table
    assert table.headers == ["The champions", "Champion email"]


@pytest.mark.django_db
def test_rows_of_another_role_are_left_out_and_named():
    cohort = CohortFactory(programme__mentor_label="champion")
    rows = ["a,champion", "b,Mentees", "c,Postdoc", "d,mentor & mentee", "e,", "f,Mentorin", "g,facilitator"]
    table = read_table("\n".join(["Email,Rolle", *(row.replace(",", "@example.org,") for row in rows)]).encode())
    result = import_rows(
        cohort=cohort, role="mentor", table=table, mapping=guess_mapping(table.headers, "mentor", cohort)
    )
    assert result.created == 5
    assert result.rejected == [
        (3, "This row is a mentee. To import it, upload the sheet again and choose mentees."),
        (8, "This row is a facilitator. Sheets can't add facilitators."),
    ]
    assert result.warnings == [(4, "Role: “Postdoc”. It is in the note.")]


def test_countries_and_languages_are_understood_in_the_languages_of_sheets():
    names = ("Deutschland", "Alemania", "Pays-Bas", "Brasile", "Estados Unidos", "Kenia", "Atlantis")
    assert [country_code(name) for name in names] == ["DE", "DE", "NL", "BR", "US", "KE", ""]
    assert [language_code(name) for name in ("Englisch", "inglés", "Allemand", "portoghese")] == [
        "en",
        "en",
        "de",
        "pt",
    ]


def test_the_english_name_of_a_language_is_understood_at_once(monkeypatch):
    """All that languages call themselves took a first sign-up after a restart a minute on a busy machine."""
    monkeypatch.setattr(reference_data, "_codes_by_own_name", pytest.fail)
    assert [language_code(name) for name in ("English", "swahili", "de", "")] == ["en", "sw", "de", ""]


def test_the_kept_names_of_languages_are_those_of_babel():
    """A few of them: all would read hundreds of files."""
    kept = {code: name for name, code in reference_data._codes_by_own_name().items()}
    for code in sorted(kept)[::60]:
        assert (Locale(code).get_language_name(code) or "").casefold() == kept[code]
    known = {code for code, _ in reference_data.languages()} & set(locale_identifiers())
    assert kept.keys() <= known
    assert len(kept) > len(known) / 2


@pytest.mark.django_db
def test_the_preview_names_who_left_the_team_and_is_not_added_again():
    cohort = CohortFactory()
    table = read_table(f"email,title\n{ADA}; {BO},Maps of soils\n".encode())
    sheet = {"cohort": cohort, "role": "mentee", "table": table, "mapping": guess_mapping(table.headers, "mentee")}
    import_rows(**sheet)
    team = cohort.enrollments.get()
    leave_team(enrollment=team, member=team.members.get().user)
    result = import_rows(**sheet, dry_run=True)
    assert (result.unchanged, result.warnings) == (
        1,
        [(2, f"{BO} left this team and isn’t added again. The lead can invite them back.")],
    )


def test_a_country_has_its_article_in_a_sentence():
    codes = ("NL", "GB", "US", "CF", "FO", "KE", "CD", "")
    assert [country_in_sentence(code) for code in codes] == [
        "the Netherlands",
        "the United Kingdom",
        "the United States",
        "the Central African Republic",
        "the Faroe Islands",
        "Kenya",
        "Congo - Kinshasa",
        "",
    ]
