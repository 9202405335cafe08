"""Taking articles along: rows handed in, files that other programs read rightly out. Knows no SQL."""
