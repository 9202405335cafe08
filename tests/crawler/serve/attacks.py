"""The attack list: statements and requests of strangers, each tried on one server (test_attacks.py).

A question that would see a secret puts LEAKED together, so that the echo of the question does not say it.
"""

from __future__ import annotations

from urllib.parse import quote

SECRET = "zq9"
"""Stands in everything that must not be told, and in no statement."""
_HAS = "LIKE '%zq'||'9%'"
_YES = "'LEA'||'KED'"
_HELD = "LIKE '%口岸物%'"

_CALLS = """
fts3_tokenizer('simple', x'4141414141414141')
fts3_tokenizer('simple')
fts5(NULL)
fts5_source_id()
load_extension('/lib/x86_64-linux-gnu/libc.so.6')
zeroblob(200000000)
hex(zeroblob(200000000))
length(randomblob(900000000))
sqlite_compileoption_get(0)
sqlite_compileoption_used('THREADSAFE')
sqlite_log(1, 'x')
sqlite_source_id()
last_insert_rowid()
total_changes()
changes()
matchinfo(articles_fts) FROM articles_fts
optimize(articles_fts) FROM articles_fts
offsets(articles_fts) FROM articles_fts
rtreecheck('articles')
subtype(json('[1]'))
readfile('/etc/passwd')
writefile('/tmp/x', 'x')
edit('x')
printf('%.*c', 900000000, 'x')
printf('%900000000d', 1)
printf('%*s', 900000000, 'x')
replace(printf('%.*c', 3000000, 'x'), 'x', 'xxxx')
quote(printf('%.*c', 3900000, ''''))
char(0, 1, 0x10ffff, -1, 0xd800)
json_array_length('[' || printf('%.*c', 3000000, '[') || ']')
masked(printf('%.*c', 100000, '0'))
escape_fts(printf('%.*c', 2000000, '园'))
group_concat(text, text) FROM articles, json_each('[1,2,3,4,5,6,7,8,9]') a, json_each('[1,2,3,4,5,6,7,8,9]') b
json_group_array(text) FROM articles, articles b, articles c, articles d, pragma_table_info('texts')
""".strip().splitlines()

_TABLES = """
fts3tokenize
fts3tokenize('simple', 'x')
sqlite_stmt
dbstat
dbstat('main', 1)
sqlite_dbpage
sqlite_temp_schema
sqlite_temp_master
temp.sqlite_master
temp.sqlite_schema
pragma_database_list
pragma_function_list
pragma_module_list
pragma_compile_options
pragma_collation_list
pragma_integrity_check
pragma_cache_size
pragma_journal_mode
fts4aux
fts5vocab
rtree
rtree_i32
articles_fts_data
articles_fts_idx
articles_fts_docsize
articles_fts_config
"ARTICLES_FTS_idx"
bytecode
tables_used
completion
generate_series
""".strip().splitlines()

_STATEMENTS = [
    "PRAGMA database_list",
    "PRAGMA writable_schema = 1",
    "PRAGMA hard_heap_limit = 0",
    "ATTACH 'x.db' AS x",
    "ATTACH ':memory:' AS x",
    "VACUUM INTO '/tmp/parknews-attack.db'",
    "DELETE FROM articles",
    "INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')",
    "CREATE TEMP TABLE t (a)",
    "CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, articles_fts, row)",
    "BEGIN EXCLUSIVE",
    "SELECT 1; DROP TABLE articles",
    "WITH x AS (SELECT 1) DELETE FROM articles",
    "WITH x AS (SELECT 1) INSERT INTO meta SELECT 1, 2",
    "EXPLAIN SELECT * FROM texts",
    "EXPLAIN QUERY PLAN SELECT count(*) OVER (), * FROM pairs a, texts b GROUP BY b.text, a.reason",
    "EXPLAIN QUERY PLAN SELECT * FROM stripped ORDER BY text",
    "SELECT sql FROM sqlite_master",
    "SELECT",
    "SELECT ?1, :a, @b, $c",
    "SELECT * FROM",
    "\x00SELECT 1",
    "SELECT '\ud7ff' || x'ff' || x'00'",
]

_SECRETS = [
    "SELECT value FROM meta",
    "SELECT * FROM main.meta",
    "SELECT hex(value), quote(value), length(value) FROM meta",
    f"SELECT {_YES} FROM meta WHERE value {_HAS}",
    f"SELECT {_YES} FROM meta WHERE value GLOB 'salt*'",
    "SELECT value FROM meta ORDER BY value",
    "SELECT max(value), min(value), group_concat(value) FROM meta",
    "SELECT (SELECT value FROM meta LIMIT 1)",
    "WITH m AS (SELECT * FROM meta) SELECT * FROM m",
    "SELECT m.* FROM meta m, articles",
    "SELECT * FROM meta NATURAL JOIN meta",
    "SELECT json_group_array(value) FROM meta",
    "SELECT first_value(value) OVER () FROM meta",
    "SELECT value FROM meta UNION SELECT text FROM texts",
    "SELECT * FROM (VALUES (1)) LEFT JOIN meta ON value > 'a'",
    f"SELECT {_YES} WHERE EXISTS (SELECT 1 FROM meta WHERE (key, value) > ('salt', 'salt'))",
    "SELECT hash FROM blocks",
    "SELECT hex(hash) FROM blocks WHERE hash > x'00'",
    f"SELECT {_YES} FROM blocks WHERE hash BETWEEN x'00' AND x'ffff'",
    "SELECT rowid, * FROM blocks",
    "SELECT requester, reason, scope, plan_hash FROM removals",
    "SELECT * FROM removals",
    "SELECT * FROM removals r JOIN removals s USING (requester)",
    f"SELECT {_YES} FROM removals WHERE requester {_HAS}",
    "SELECT note FROM notes",
    "SELECT * FROM main.notes",
    f"SELECT {_YES} FROM notes WHERE note {_HAS}",
    "SELECT * FROM removal_requests, residue_hashes, stay_down, stay_down_keys, stay_down_matches",
    "SELECT detail FROM removal_events",
    "SELECT text FROM main.stripped_pieces",
    "SELECT text FROM main.stripped",
    "WITH stripped AS (SELECT text FROM main.stripped_pieces) SELECT * FROM stripped",
    "SELECT hex(text), substr(text, 1, 99), json_array(text) FROM stripped",
    "SELECT text FROM texts",
    "SELECT text FROM main.texts",
    "SELECT * FROM main.texts t JOIN main.nodes n ON n.node_id = t.node_id",
    "SELECT hex(sha256), sha256, node_id FROM main.texts",
    "SELECT hex(sha256) FROM texts",
    f"SELECT {_YES} FROM main.texts WHERE text {_HELD}",
    f"SELECT {_YES} FROM texts WHERE text {_HELD}",
    f"SELECT {_YES} FROM articles_fts WHERE articles_fts MATCH '\"海 沧 口 岸\"' AND title LIKE '%'",
    "SELECT title, text FROM articles_fts",
    "SELECT snippet(articles_fts, 1, '', '', '', 9), highlight(articles_fts, 0, '', '') FROM articles_fts",
    "WITH shown_texts AS (SELECT text FROM main.texts) SELECT * FROM shown_texts",
    "WITH texts AS (SELECT text FROM main.texts) SELECT * FROM texts",
    "SELECT t.text FROM (SELECT * FROM main.texts) t",
    "SELECT line FROM edge_lines UNION SELECT line FROM line_titles UNION SELECT title FROM line_titles",
    "SELECT key, place, node_id FROM node_keys",
    "SELECT signature, keys, node_id FROM main.nodes",
    "SELECT node_a, node_b FROM main.pairs",
    "SELECT title, digest, page_url FROM main.readings",
    "SELECT title FROM main.versions",
    "SELECT evidence, contact FROM main.rights UNION SELECT evidence, field FROM main.origins",
]

QUESTIONS = [
    *(f"SELECT {call}" for call in _CALLS),
    *(f"SELECT * FROM {table}" for table in _TABLES),
    *(f"SELECT {_YES} || count(*) FROM {table}" for table in _TABLES[:14]),
    *_STATEMENTS,
    *_SECRETS,
    f"SELECT {'(' * 900}1{')' * 900}",
    "SELECT " + " UNION ALL SELECT ".join("1" * 300),
    "SELECT " + ", ".join("a.*" for _ in range(300)) + " FROM articles a",
    "SELECT 1 WHERE " + " OR ".join("1" for _ in range(3000)),
    f"SELECT 'x' LIKE '{'%a' * 5000}'",
    "SELECT id FROM articles_fts WHERE articles_fts MATCH '" + " OR ".join(["园"] * 3000) + "'",
    f"SELECT rowid FROM articles_fts WHERE articles_fts MATCH '{'(' * 2000}园{')' * 2000}'",
]

_FOREVER = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
_LONG = "printf('%.*c', 3000000, 'a')"
SLOW = [
    f"{_FOREVER} SELECT count(*) FROM c",
    f"{_FOREVER} SELECT n FROM c WHERE n < 0",
    f"{_FOREVER} SELECT group_concat(n) FROM c",
    f"{_FOREVER} SELECT json_group_array({_LONG}) FROM c",
    f"{_FOREVER} SELECT * FROM c ORDER BY random() LIMIT 1",
    f"{_FOREVER} SELECT {_LONG}, {_LONG} || n FROM c ORDER BY 2 DESC",
    f"SELECT instr({_LONG}, substr({_LONG}, 1, 1500000) || 'b')",
    f"SELECT {_LONG} LIKE '%' || replace({_LONG}, 'a', '_a%')",
    "SELECT count(*) FROM json_each(?), articles a, articles b".replace(
        "json_each(?)", ", ".join(f"pragma_table_info('articles') p{n}" for n in range(9))
    ),
]
"""What never ends: stopped, or refused for its size."""

_FOUR = {404}
ADDRESSES: list[tuple[str, set[int]]] = [
    *(
        (f"/-/{page}", _FOUR)
        for page in ("databases.json", "settings", "threads.json", "actor", "plugins", "versions")
    ),
    *(
        (f"/archive/{table}", _FOUR)
        for table in ("meta", "blocks", "Blocks", "~62locks", "%62locks", "notes")
    ),
    *((f"/archive/{table}.json", _FOUR) for table in ("meta", "blocks", "~6Deta", "%256Deta", "node_keys")),
    *(
        (f"/archive/{table}/1", _FOUR)
        for table in ("meta", "removal_requests", "~6Eotes", "notes", "edge_lines")
    ),
    *(
        (f"/archive/articles_fts{part}", _FOUR)
        for part in ("", "_data", "_idx", "_docsize/1", "_config.json")
    ),
    *((f"/archive/{table}", _FOUR) for table in ("sqlite_master", "sqlite_sequence", "_sqlite_migrations")),
    ("/reuse?text=" + quote("冷链仓库利用率创下新高"), {200}),
    ("/reuse?text=" + quote("园区的标准厂房全部交付使用；" * 140), {200}),
    ("/reuse?article=2", {200}),
    ("/search?keywords=1&q=" + quote("园区 OR 口岸"), {200}),
    ("/sets?name=" + "x" * 5000, {200}),
    ("/-/../archive/meta", {404}),
    ("/_internal", {403, 404}),
    ("/_internal/databases", {403, 404}),
    ("/pictures/page.py", _FOUR),
    ("/pictures/words.py", _FOUR),
    ("/pictures/..%2F..%2Ferrors.py", {302, 404}),
    ("/assets/..%2Fsite.py", {302, 404}),
    ("/assets/%2e%2e/guard.py", _FOUR),
    ("/-/static/..%2F..%2Fapp.py", {302, 404}),
    ("/archive.db", {403, 404}),
    ("/archive-file", {403}),
    ("/archive/articles.csv", _FOUR),
    ("/archive/articles?_format=csv", _FOUR),
    ("/archive/articles?_form%61t=csv&_stream=1", _FOUR),
    ("/archive/articles?_sort=nothing", _FOUR),
    ("/archive/articles.json?_sort_desc=nothing", _FOUR),
    ("/archive/articles?_sort=id&_sort_desc=id", {400}),
    ("/archive/articles?_size=100000000", {400}),
    ("/archive/articles?_size=-1", {400}),
    ("/archive/articles?_next=x%27", {200, 400}),
    ("/archive/articles?_where=1+in+(select+value+from+meta)", {200}),
    ("/archive/articles?_where=1)+union+select+*+from+meta--", {400}),
    ("/archive/removals.json?_where=requester+like+%27w%25%27", {200}),
    ("/archive/removals?_facet=requester", {200, 400}),
    ("/archive/articles?_facet_array=text&_facet=nothing", {200, 400}),
    ("/archive/articles?" + "&".join(f"_facet=text&_facet_size={n}" for n in range(300)), {200, 400}),
    ("/archive/articles?_search=" + quote("园区" * 3000), {200, 400}),
    ("/archive/articles?_search=" + quote('NEAR((("') + "&_searchmode=raw", {200, 400}),
    ("/archive/articles?_through=" + quote('{"table":"meta","column":"key","value":"salt"}'), {404}),
    ("/archive/articles?_labels=on&_trace=1", {200}),
    ("/archive?sql=select+1&_timelimit=99999999", {404}),
    ("/search?q=" + quote("园区" * 100) + "&folded=1", {200}),
    ("/search?q=" + quote("發展" * 100), {200}),
    ("/search?q=" + quote(" ".join("园区发展台湾" for _ in range(30))) + "&folded=1", {200}),
    ("/search?q=" + quote('"' * 5000), {200}),
    ("/search?q=" + quote("(" * 5000), {200}),
    ("/search?q=" + quote("园 OR " * 2000), {200}),
    ("/search?" + "&".join(f"region={n}&park={n}&source={n}" for n in range(1500)), {200}),
    ("/search?page=99999999999999999999&copies=99999999999", {200}),
    ("/search?since=9999-99-99&until=0000-00-00", {200}),
    ("/?since=9999-99-99&period=9", {200}),
    ("/export.exe", _FOUR),
    ("/export.csv?what=meta", _FOUR),
    ("/article/999999999999999999", _FOUR),
    ("/article/1%00", {302, 404}),
    ("/article/1?formerly=99999999999999999999", {200}),
]

HOSTS = [
    ("127.0.0.1", True),
    ("localhost:8001", True),
    ("[::1]:8001", True),
    ("archive.example.org", True),
    ("ARCHIVE.example.org:443", True),
    ("attacker.example", False),
    ("attacker.example:8001", False),
    ("archive.example.org.attacker.example", False),
    ("localhost.attacker.example", False),
    ("192.168.0.9", False),
    ("127.0.0.1:8001@attacker.example", False),
]
