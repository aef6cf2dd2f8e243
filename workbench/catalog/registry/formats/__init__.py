"""Write the data catalog in the formats that machines and people read."""
