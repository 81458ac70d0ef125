"""Mentors who take no new mentees for a while."""
