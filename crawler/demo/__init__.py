r"""The demo: ten small sites on loopback, and the truth about them that a crawl is held against.

    definition (data/demo) -> pages -> rendering -> DemoServer     what the crawler sees
                                 \--> truth                        what it should have found
    archive + truth -> compare -> DemoScore                        what it did find

A run; the crawl itself is the product's own and knows nothing of the demo:

    with DemoServer() as server:
        sources.write_text(server.sources_toml(), encoding="utf-8")
        ...                                      # the same crawl as `parknews crawl`, into `archive`
        score = judge(archive, server)           # compare.py: the archive held against truth.jsonl

Nothing here knows Scrapy or the command line, and nothing listens or connects beyond 127.0.0.1.

Is it worth its lines? Saved pages in the place of the 900 lines that make them (definition, pages, rendering)
would be 272 files of 1.0 MB beside 150 KB of TOML and templates, and would need a server all the same: ports,
dates that count from today and session ids are filled in as it runs. They would be 151 texts and their truth
to keep equal by hand, where a story, a change to it and a footer are now written once. Without the comparer
`make demo` could not say that it works. Both stay.
"""
