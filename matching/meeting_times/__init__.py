"""Times at which people in several time zones could meet, and the calendar files of meetings of a pair."""
