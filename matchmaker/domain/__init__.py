"""Pure rules: kinds, lifecycles, roles, fields, policy, errors. Standard library only."""
