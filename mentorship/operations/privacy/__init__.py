"""The privacy notice, and the inventory of personal fields."""
