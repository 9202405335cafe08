"""Forgetting: plan, order, hide, delete, prove and tell; over the archive, the crawl store and the folder."""
