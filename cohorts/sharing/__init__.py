"""Sharing of names and e-mail addresses: people's consent, and the names that others see."""
