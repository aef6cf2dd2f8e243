"""Which entries suit needs or words: searching, judging, telling why, putting side by side."""
