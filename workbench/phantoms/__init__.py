"""The synthetic commons: invented patients and images, labeled so everywhere, for teaching and for tests."""
