"""Goal groups: a few mentors and mentees who work towards one goal together."""
