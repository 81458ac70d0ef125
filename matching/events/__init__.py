"""Speed mentoring: invitations, seats, the table plan, the day itself, and wishes afterwards."""
