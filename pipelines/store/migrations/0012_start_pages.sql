-- Signs of a start page stand under its address as it is, so that they go when it is removed.
UPDATE OR REPLACE signs SET kind = substr(kind, 7) WHERE kind LIKE 'start http%';
