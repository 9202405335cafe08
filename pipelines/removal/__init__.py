"""Removals without any database: scopes, plans, passages to search for, receipts. All pure."""
