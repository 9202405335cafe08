"""Fetching with Scrapy: the spider, its scheduler, what becomes of each answer."""
