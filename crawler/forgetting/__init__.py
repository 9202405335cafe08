"""Removals and backups over all files of an archive, and the proof."""
