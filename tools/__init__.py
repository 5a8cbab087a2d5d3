"""Small helpers for building and checking the project; none of them is shipped."""
