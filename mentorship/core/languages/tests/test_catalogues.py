"""The catalogues: complete, up to date, and what marks a text finds its way into them."""

from mentorship.devtools.messages import catalogues


def test_every_offered_language_is_complete_and_every_catalogue_is_up_to_date():
    assert catalogues.problems() == [], "Run `make messages`, translate what is empty, and commit both files."


def test_templates_mark_texts_in_blocks_in_arguments_and_with_a_number():
    source = (
        '{% translate "none" context "no topics" %}{% fact _("Project") title %}'
        "{% blocktranslate trimmed count n=n %}\n  {{ n }} day\n{% plural %}\n  {{ n }} days\n{% endblocktranslate %}"
    )
    assert list(catalogues.in_template(source)) == [
        ("none", "no topics"),
        ("Project", None),
        (("%(n)s day", "%(n)s days"), None),
    ]


def test_a_translation_with_another_placeholder_or_tag_is_a_fault():
    known = catalogues.Catalog(locale="es")
    known.add("Dear {name},", "Hola:")
    known.add("<a>Sign in</a>", "Iniciar sesión")
    known.add("Yes", "Sí")
    assert len(list(catalogues._faults(known))) == 2
