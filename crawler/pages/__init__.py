"""What an answer is and leads to: its kind, its links, what it announces, when it is asked for again."""
