"""Count who is in a cohort, say how sure the count is, and compare it with a reference population."""
