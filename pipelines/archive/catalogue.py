"""Every table of the archive and how a removal makes it forget: nothing can be forgotten by being new.

A table or column that is missing here fails tests/pipelines/archive/test_removal_map.py. Whoever adds one
says here how it forgets; tables in BY_READING and BY_URL are then emptied without further code.
"""

from __future__ import annotations

BY_READING = {
    "versions": "versions",
    "origins": "origins of fields",
    "claims": "claims",
    "stripped_pieces": "stripped pieces",
    "rights": "notices of rights",
    "edge_lines": "counted lines",
}
"""Tables keyed by `reading_id`: their rows go with the reading. Table → its name in plans and receipts."""

BY_URL = {
    "rejections": ("rejections", ("url",)),
    "corrections": ("corrections", ("page_url",)),
    "decisions": ("decisions", ("url", "other_url")),
    "moves": ("moves", ("url",)),
    "gone": ("pages known to be gone", ("page_url",)),
    "stale": ("pages to be read again", ("page_url",)),
    "stay_down_matches": ("stay-down matches", ("url",)),
}
"""Tables keyed by an address: rows of removed addresses go. Table → its name, and the columns."""

READING, URL, NODE, DRAWN, COUNTED, HOST, ORDER, PLAIN = (
    "goes with its reading",
    "goes with its address",
    "goes with the last page that has the text",
    "drawn again from what is left",
    "counts that are taken back as readings go",
    "a source's host and name stay, as the order names them",
    "the record itself: no word of what was removed",
    "numbers and times only",
)

TABLES: dict[str, tuple[str, str]] = {
    "meta": (PLAIN, "key value"),
    "sources": (HOST, "host name status time_zone publisher"),
    "runs": (
        PLAIN,
        "id started_at finished_at outcome pages_fetched pages_unchanged pages_failed articles_new"
        " articles_updated copies_joined version",
    ),
    "run_sources": (
        "numbers stay under the host; the last error, which may quote an address, is emptied",
        "run_id source at fetched articles unchanged failed refused down last_error waiting",
    ),
    "run_yields": (PLAIN, "run_id source new undated rejected gone found"),
    "texts": (NODE, "id sha256 node_id text"),
    "readings": (
        READING,
        "id page_url url_answered source page_id status fetched_at first_fetched_at encoding digest text_id"
        " title language published published_day published_earliest published_latest date_origin author"
        " editor credited_source site_name claimed_url line_title announced_at announced_by",
    ),
    "versions": (READING, "reading_id page_id fetched_at title text_id"),
    "origins": (READING, "reading_id field origin evidence"),
    "claims": (READING, "reading_id kind url"),
    "stripped_pieces": (READING, "reading_id position kind rule text"),
    "rights": (READING, "reading_id position kind holder contact evidence"),
    "edge_lines": (READING, "line reading_id"),
    "withheld": (READING, "reading_id removal_id hidden copy_id article_id"),
    "rejections": (URL, "url source stage reason at"),
    "corrections": (URL, "id page_url field value reason at withdrawn_at"),
    "decisions": (URL, "id kind url other_url reason at withdrawn_at"),
    "moves": (URL, "url from_article to_article reason at"),
    "gone": (URL, "page_url at status"),
    "stale": (URL, "page_url page_id"),
    "stay_down_matches": (URL, "url source page_id removal_id containment at decision"),
    "mentions": (NODE, "text_id kind start end name code value unit"),
    "nodes": (NODE, "node_id cluster_id shingles scheme signature keys orders"),
    "node_keys": (NODE, "key place node_id"),
    "pairs": (
        NODE,
        "node_a node_b verdict reason containment similarity numbers_shared numbers_differ exchanges"
        " names_differ",
    ),
    "secondary_nodes": (NODE, "node_id cluster_id other_id"),
    "articles": (
        DRAWN,
        "id title text published published_day published_earliest published_latest date_origin author"
        " language source source_name url credited_source first_seen copies kept_because first_publisher"
        " first_publisher_status first_publisher_because credited_source_status disputed",
    ),
    "copies": (
        DRAWN,
        "id article_id reading_id text_id url source title published published_day published_earliest"
        " published_latest date_origin author credited_source language fetched_at similarity kept"
        " credited_publisher credited_source_status",
    ),
    "articles_fts": (DRAWN, "title text articles_fts rank"),
    "articles_fts_data": (DRAWN, "id block"),
    "articles_fts_idx": (DRAWN, "segid term pgno"),
    "articles_fts_docsize": (DRAWN, "id sz"),
    "articles_fts_config": (PLAIN, "k v"),
    "forwards": (PLAIN, "old_id new_id reason at"),
    "first_publisher_evidence": (DRAWN, "article_id copy_id claim value believed reason"),
    "differences": (
        DRAWN,
        "article_id copy_id position kept_copy_id kind place kept_value copy_value",
    ),
    "secondary_copies": (DRAWN, "article_id copy_id similarity contained"),
    "touched_days": (DRAWN, "source day"),
    "line_titles": (COUNTED, "source line title pages"),
    "source_lines": (COUNTED, "source line titles"),
    "source_readings": (COUNTED, "source readings"),
    "removals": (
        ORDER,
        "id scope requester reason at plan_hash state verified basis ticket operator version mode stay_down"
        " mentions due_at counts survivors verification verified_at ledger_line",
    ),
    "removal_requests": (
        "who asked and by when stays; what is to go, which names addresses, is emptied by the order",
        "id opened_at requester reason basis ticket deadline answers removal_id closed_at outcome",
    ),
    "removal_events": (ORDER, "id removal_id at event detail"),
    "removed_articles": (ORDER, "article_id removal_id"),
    "blocks": (ORDER, "kind hash removal_id"),
    "residue_hashes": (ORDER, "id removal_id hashes"),
    "stay_down": (ORDER, "id removal_id shingles tiny numbers"),
    "stay_down_keys": (ORDER, "key text_id"),
    "_sqlite_migrations": (PLAIN, "migration_set name applied_at id"),
    "sqlite_sequence": (PLAIN, "name seq"),
}
"""Table → how it forgets, and its columns."""
