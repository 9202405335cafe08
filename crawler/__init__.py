"""Everything that knows Scrapy, the network or the command line."""
