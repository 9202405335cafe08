"""Facts and conclusions written: the one writer and what it is made of."""
