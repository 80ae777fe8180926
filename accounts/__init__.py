"""People: accounts, profiles, sign-up and sign-in, leaving."""
