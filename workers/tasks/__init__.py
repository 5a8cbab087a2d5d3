"""Tasks: thin; each fetches a service and makes one call."""
