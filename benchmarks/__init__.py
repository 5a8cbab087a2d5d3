"""Benchmarks: figures of speed, memory and quality, never a test."""
