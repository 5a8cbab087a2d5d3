"""The portal: pages, use cases, tables, rules and matching."""
