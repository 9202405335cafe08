-- What SQLite knows of how many rows stand behind each key of an index; looked at again after every run.

PRAGMA analysis_limit = 1000;
ANALYZE;
