"""The one door to cryptography: keys and their provider, blind indexes, sealed columns, sealed records."""
