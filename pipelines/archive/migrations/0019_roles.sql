-- What an amount of money is said to be, and the words that say so (pipelines/places/money.py).
ALTER TABLE mentions ADD COLUMN role TEXT;        -- investment, output, …; part: of another amount
ALTER TABLE mentions ADD COLUMN role_words TEXT;  -- as the text has them
