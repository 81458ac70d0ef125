"""How alike the texts are that both sides wrote: by their words, by their meaning, and topics in common. Pure."""
