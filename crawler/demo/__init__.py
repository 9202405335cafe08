r"""The demo: ten small sites on loopback, and the truth about them that a crawl is held against.

    definition (data/demo) -> pages -> rendering -> DemoServer     what the crawler sees
                                 \--> truth                        what it should have found
    archive + truth -> compare -> DemoScore -> report              what it did find

A run in five lines; the crawl itself is the product's own and knows nothing of the demo:

    with DemoServer() as server:
        sources.write_text(server.sources_toml(), encoding="utf-8")
        ...                                      # the same crawl as `parknews crawl`, into `archive`
        score = judge(archive, server)           # compare.py: the archive held against truth.jsonl
        print(render(score, found_by_source(archive, server), db))

Nothing here knows Scrapy or the command line, and nothing listens or connects beyond 127.0.0.1.
"""
