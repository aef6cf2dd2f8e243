"""Controlled terms, categories and thresholds, each spelled once and with its source."""
