"""The access matrix: every address of the site, opened by somebody of every role, with marked words in every row."""
