"""What stays out of the archive: blocked addresses, the ledger of removals, texts that are to stay down."""
