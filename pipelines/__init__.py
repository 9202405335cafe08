"""What happens to a page after it was fetched: pure stages, the archive, its readers.

Nothing in this package knows Scrapy, the network or the command line.
"""
