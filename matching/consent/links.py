"""Signed links by which one side of a proposed pair answers without signing in; they hold the id of the AskedSide."""

from mentorship.core.links import SignedLink

ANSWER_LINK = SignedLink("matching:question-answer", "matching.asked", does="Say yes or no to a match")
