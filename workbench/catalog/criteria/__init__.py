"""What a cohort can ask: attributes, criteria at any level, groups, windows around a test, queries, and their words."""
