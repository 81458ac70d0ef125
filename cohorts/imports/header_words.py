"""Names of columns in sheets, in English and in the languages of most other sheets.

Words are stored as `header_words` returns them: lower case, without accents, with blanks for hyphens and apostrophes.
Add a new word to its field; a new language needs nothing else.
"""

import re
from collections.abc import Iterable

from mentorship.core.text import without_accents

# The parts of a name, which many sheets have in columns of their own.
GIVEN_NAME, FAMILY_NAME = "given_name", "family_name"
# Not fields of their own: columns that say whose sheet a row comes from, and where somebody works.
ROLE, ORGANISATION = "role", "organisation"

_WORDS: dict[str, str] = {
    "external_id": "id, external id, person id, application id, kennung, identifiant, identificador, identificativo",
    "email": """
        email, e mail, mail, emails, e mails, email address, e mail address, mail address, email addresses, e mail
        adresse, e mail adressen, email adresse, emailadresse, mailadresse, mail adresse, adresse e mail, adresse
        email, adresse mail, adresse electronique, adresse de courriel, courriel, adresses e mail, courrier
        electronique, adresse de messagerie, correo, correo electronico, direccion de correo, direccion de correo
        electronico, correos electronicos, direccion de email, direccion e mail, endereco de e mail, endereco de
        email, endereco eletronico, correio eletronico, e mails da equipa, indirizzo e mail, indirizzo email,
        indirizzo mail, posta elettronica, indirizzo di posta elettronica, e mailadres, emailadres, mailadres, e
        mailadressen, emailadressen, e mail adres, email adres""",
    "full_name": """
        name, full name, names, name and surname, first and last name, first name and last name, name surname,
        participant, participant name, name of participant, vollstandiger name, vor und nachname, vorname und
        nachname, vorname nachname, vorname name, nachname vorname, name vorname, name und vorname, nom complet, nom
        et prenom, nom prenom, prenom et nom, prenom nom, noms et prenoms, nom et prenoms, nombre completo, nombre y
        apellido, nombre y apellidos, nombres y apellidos, apellidos y nombre, nombre apellidos, apellidos y nombres,
        apellidos nombre, nome completo, nome e apelido, nome e sobrenome, nome e cognome, cognome e nome, nome
        cognome, cognome nome, volledige naam, voor en achternaam, voornaam en achternaam, voornaam achternaam, naam
        en voornaam, nom, nombre, nome, naam""",
    GIVEN_NAME: """
        first name, firstname, given name, given names, forename, forenames, first names, vorname, vornamen, rufname,
        prenom, prenoms, nombres, nombre de pila, primer nombre, nome proprio, primeiro nome, nomes proprios, nome di
        battesimo, voornaam, voornamen, roepnaam""",
    FAMILY_NAME: """
        last name, lastname, family name, surname, last names, surnames, nachname, familienname, zuname, nom de
        famille, noms de famille, apellido, apellidos, primer apellido, sobrenome, sobrenomes, apelido, apelidos, nome
        de familia, cognome, cognomi, achternaam, familienaam""",
    "pronouns": "pronouns, pronomen, pronoms, pronombres, pronomes, pronomi, voornaamwoorden",
    "title": """
        title, project, project title, project name, name of the project, title of the project, title of project,
        projekttitel, projektname, name des projekts, titel des projekts, projekt, titre du projet, nom du projet,
        projet, intitule du projet, titulo del proyecto, nombre del proyecto, proyecto, titulo do projeto, nome do
        projeto, projeto, titulo do projecto, projecto, nome do projecto, titolo del progetto, nome del progetto,
        progetto, titolo progetto, projecttitel, projectnaam, naam van het project, titel van het project, titel,
        titre, titulo, titolo""",
    "description": """
        description, about your project, about the project, project description, description of the project,
        description of your project, summary, project summary, abstract, beschreibung, projektbeschreibung,
        beschreibung des projekts, kurzbeschreibung, description du projet, resume du projet, descripcion, descripcion
        del proyecto, resumen del proyecto, descricao, descricao do projeto, descricao do projecto, resumo do projeto,
        descrizione, descrizione del progetto, descrizione progetto, beschrijving, projectbeschrijving, beschrijving
        van het project, omschrijving, projectomschrijving""",
    "topics": """
        topics, topic, expertise, keywords, interests, skills, areas of interest, area of interest, areas of
        expertise, fields of expertise, area of
        expertise, themen, thema, fachgebiet, fachgebiete, schlagworte, schlagworter, stichworte, stichworter,
        interessen, kenntnisse, themes, theme, sujets, mots cles, domaines d expertise, domaine d expertise,
        competences, centres d interet, temas, tema, palabras clave, areas de interes, areas de experiencia, area de
        interes, intereses, competencias, topicos, palavras chave, areas de interesse, areas de especializacao,
        interesses, project of interest, areas or projects of interest, area or project of interest, topics of
        interest, temi, argomenti, parole chiave, competenze, aree di interesse, ambiti, interessi, onderwerpen,
        onderwerp, themas, thema s, trefwoorden, vakgebied, vakgebieden, interesses""",
    "goals": """
        goals, bio, motivation, aims, what do you want to get out of it, what do you hope for, what do you hope to
        achieve, what do you want to achieve, what do you want to learn, what brings you here, ziele, objectifs,
        objetivos, obiettivi, doelen, doelstellingen, motivacion,
        motivacao, motivazione, motivatie""",
    "mentoring_type": """
        mentoring type, type, kind of mentoring, type of mentoring, technical or career, technical or career
        mentoring""",
    "interaction_style": """
        interaction style, style, way to work together, preferred interaction style, preferred style of interaction,
        how do you prefer to interact, how do you like to interact, how do you like to work together""",
    "hours_per_month": """
        hours per month, hours a month, hours, monthly hours, stunden pro monat, stunden im monat, stunden, heures par
        mois, heures, horas al mes, horas por mes, horas, ore al mese, ore, uren per maand, uren""",
    "capacity": """
        capacity, places, number of places, how many mentees, how many mentees can you take, number of mentees, slots,
        maximum capacity, kapazitat, platze, anzahl platze, anzahl der
        platze, freie platze, capacite, capacite d accueil, nombre de places, places disponibles, capacidad, plazas,
        numero de plazas, cupo, cupos, capacidade, vagas, numero de vagas, lugares, capacita, posti, numero di posti,
        posti disponibili, capaciteit, plaatsen, aantal plaatsen, beschikbare plaatsen""",
    "mentors_wanted": "mentors wanted",
    "country": """
        country, country of residence, where do you live, which country do you live in, country region, nation, land,
        wohnsitzland, wohnland, staat, pays, pays de
        residence, pais, pais de residencia, pais de residencia habitual, paese, paese di residenza, nazione, land van
        verblijf, woonland""",
    "city": """
        city, town, city or region, city of residence, home town, hometown, stadt, wohnort, ville, ville de residence,
        ciudad, localidad, cidade, citta, stad, woonplaats""",
    "availability": """
        availability, available hours, hours of the week, weekly availability, verfugbarkeit, verfugbare
        zeiten, disponibilite, disponibilites, disponibilidad, disponibilidade, disponibilita, beschikbaarheid""",
    "time_zone": """
        time zone, timezone, utc offset, zeitzone, fuseau horaire, fuseau, zona horaria, huso horario, fuso horario,
        fuso orario, tijdzone, offset from utc, time zone or offset from utc""",
    "languages": """
        languages, language, sprachen, sprache, langues, langue, langues parlees, idiomas, idioma, linguas, lingua,
        lingue, talen, taal""",
    "private_needs": "private needs, accessibility, accessibility needs, access needs",
    "note": """
        note, notes, remarks, comments, notiz, notizen, bemerkung, bemerkungen, anmerkung, anmerkungen, kommentar,
        kommentare, remarque, remarques, commentaires, commentaire, notas, nota, observaciones, comentarios,
        observacoes, osservazioni, commenti, opmerkingen, opmerking, notities""",
    ROLE: """
        role, mentor or mentee, are you a mentor or a mentee, i would like to be a, i want to be a, rolle, funktion im
        programm, role dans le programme, rol, papel, funcao, ruolo""",
    ORGANISATION: """
        organisation, organization, institution, affiliation, company, employer, workplace, home institution, firma,
        unternehmen, arbeitgeber, einrichtung, institut, hochschule, universitat, university, organisme, entreprise,
        employeur, etablissement, structure, universite, organizacion, institucion, empresa, universidad, organizacao,
        instituicao, universidade, entidade, entidad, organizzazione, ente, istituzione, azienda, universita, datore
        di lavoro, organisatie, instelling, bedrijf, werkgever, universiteit""",
}
# Words for a family or given name if the other part has its own column, and for a whole name otherwise.
_ANY_NAME = frozenset(("name", "nom", "nombre", "nome", "naam"))
# Ambiguous words, such as Dr or Mrs: the last choice for a field.
NEEDS_COMPANY = _ANY_NAME | {"title", "titel", "titre", "titulo", "titolo"}
# Words that forms put in front of the word that matters.
_FILLERS = re.compile(
    r"^(?:(?:what is|what s|please enter|enter|your|my|ihre?|deine?|votre|vos|ton|ta|tu|tus|su|sus|seu|sua|o seu|a sua|"
    r"il tuo|la tua|il suo|la sua|uw|jouw|je|the|der|die|das|le|la|el|il|het|de) )+"
)
FIELDS = {
    word: field for field, words in _WORDS.items() for word in (" ".join(part.split()) for part in words.split(","))
}


def header_words(header: str) -> str:
    """A header in plain words, for comparison: "Adresse e-mail*" has those of "adresse e mail"."""
    text = re.sub(r"['’]s\b", "", without_accents(header.casefold()))
    return " ".join(re.findall(r"[^\W_]+", text))


def field_of_words(words: str) -> str:
    """The field that a header in plain words names; "" if it is unknown."""
    return FIELDS.get(words) or FIELDS.get(_FILLERS.sub("", words), "")


def field_of_either(header: str) -> str:
    """The field that a bilingual header names, such as "Name / Nombre"; "" if its parts name several."""
    parts = [part for part in re.split(r"[/|\n]", header) if part.strip()]
    found = {field for part in parts if (field := field_of_words(header_words(part)))}
    if found == {GIVEN_NAME, FAMILY_NAME}:
        return "full_name"
    return found.pop() if len(parts) > 1 and len(found) == 1 else ""


def without_role(words: str, own_words: Iterable[str]) -> str:
    """A header without the word for the people of the sheet: "champion email" is "email", "champion" a name."""
    for role in own_words:
        left = re.sub(rf"\b{re.escape(role)}\b", " ", words)
        if left != words:
            left = re.sub(r"\b(?:of|the|for|des|der|du|de|del|do|da|della?|van|l)\b", " ", left)
            return " ".join(left.split()) or "name"
    return words


def settle_name_parts(mapping: dict[str, str]) -> None:
    """Read a column "Name" beside one with first names as last names, and the other way round."""
    fields = set(mapping.values())
    missing = {GIVEN_NAME, FAMILY_NAME} - fields
    if len(missing) != 1:
        return
    for header, field in mapping.items():
        if field == "full_name" and header_words(header) in _ANY_NAME:
            mapping[header] = missing.pop()
            return
