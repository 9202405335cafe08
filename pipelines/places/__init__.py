"""What a text is about: parks, cities, companies and amounts of money, each with its position."""
