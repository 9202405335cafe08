"""Forgetting: from the letter to the receipt, over all files of an archive. `verbs.py` is the door.

The way of a removal, a file each: requests, find, scope, plan (made by planning), order, hide, delete, erase,
prove, receipt; `record` says how far it is, `snapshot` backs up and restores. The steps are functions on the
open `files`, with their transactions in sight. Which tables hold what, and how each forgets, they read in the
catalogue (`rows`).
"""
