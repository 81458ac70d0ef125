"""The public face of programmes: their pages without an account, and what decides about them."""
