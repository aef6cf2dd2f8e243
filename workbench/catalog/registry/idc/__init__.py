"""What the index of the Imaging Data Commons says of entries, and its collections as entries."""
