"""Whether all is well with each source, by its own history, and who is told when it is not."""
