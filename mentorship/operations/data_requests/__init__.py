"""Requests for erasure, a copy or a correction: asked from one's profile, answered within a month."""
