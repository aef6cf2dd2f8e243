"""Files that people write: YAML read strictly with its lines, and checked against a schema in plain words."""
