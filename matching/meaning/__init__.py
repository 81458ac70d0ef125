"""How near in meaning two texts are, by a sentence model on this installation. The texts never leave it."""
