"""The archive in a browser: Datasette with our pages, labels and limits. Reads only."""
