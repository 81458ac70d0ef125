"""Says on pages who reads a text, from the table that decides it."""

from django import template

from mentorship.core.accounts.field_access import reads_in_words

register = template.Library()
register.simple_tag(reads_in_words, name="who_reads")
