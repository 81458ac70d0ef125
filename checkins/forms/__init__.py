"""Input only; services write."""

from checkins.forms.answering import AnswerForm, ConcernForm

__all__ = ["AnswerForm", "ConcernForm"]
