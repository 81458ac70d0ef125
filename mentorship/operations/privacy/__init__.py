"""What people are told about their data: the privacy notice, and the inventory of personal fields."""
