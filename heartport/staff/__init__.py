"""Staff: accounts with name, password and one-time code, their sessions, and the roles that are granted to them."""
