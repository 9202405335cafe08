-- How many lines of the ledger of removals this file has seen, so that an older one that is put back is known.
CREATE TABLE orders_known (
  length INTEGER PRIMARY KEY
);
