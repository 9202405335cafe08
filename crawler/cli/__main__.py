"""`python -m crawler.cli`: the command line without its entry point."""

from crawler.cli import main

main()
