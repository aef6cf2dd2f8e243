"""Where tables come from: each source gives the common data model."""
