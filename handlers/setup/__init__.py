"""Setting a team up: its channels, people, hours and holidays."""
