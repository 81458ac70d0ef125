"""The sentence that tells both sides of a pair why they were matched."""
