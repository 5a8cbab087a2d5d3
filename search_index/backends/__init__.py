"""Backends: one protocol, one file or folder for each implementation."""
