"""From a confirmed proposal to an introduced pair: the match, its intro mail, and undoing it before the mail leaves."""
