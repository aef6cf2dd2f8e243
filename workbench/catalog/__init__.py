"""Pick cohorts from a repository's tables and say who was lost on the way."""
