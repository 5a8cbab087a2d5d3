"""Sample entries and taxonomies as data files."""
