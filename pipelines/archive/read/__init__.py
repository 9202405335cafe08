"""What readers ask the archive: all their SQL, none of their judgement."""
