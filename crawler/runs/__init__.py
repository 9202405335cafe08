"""Runs and what watches over them: crawl, reprocess, survey, WARC; status, notifications, metrics."""
