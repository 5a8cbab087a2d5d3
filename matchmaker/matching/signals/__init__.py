"""The signals, one file each; ``registry.SIGNALS`` lists them in the order they are shown."""
