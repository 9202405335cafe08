-- Addresses that redirect to a page are claims of the kind `redirect`, by which the page is found.
CREATE INDEX claims_by_redirect ON claims (url) WHERE kind = 'redirect';
