"""Export and erase everything stored about a person, in all apps."""
