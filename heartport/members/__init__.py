"""Employees as members: sign-in through WeChat, sessions, their own profile and consents."""
