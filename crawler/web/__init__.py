"""Whom we may ask, and how: addresses, certificates, robots.txt, pace, removals."""
