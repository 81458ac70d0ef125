"""Export and erase what is kept about a person, in all apps."""
