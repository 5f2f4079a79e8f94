"""The loop that loads, decides and saves; and what hears, publishes, keeps time, parks and reserves round it."""
