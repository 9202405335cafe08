"""The one spider; sources are data."""
