-- Which addresses redirect to a page: they are kept as addresses of its copy.
CREATE INDEX urls_redirected ON urls (reason) WHERE state = 'redirected';
