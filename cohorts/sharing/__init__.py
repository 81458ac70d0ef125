"""Whether people agree that their match may have their email address, and by which name others know them."""
