"""What an answer is and leads to: readers of HTML, feeds and sitemaps, kinds, links, revisits. Pure."""
