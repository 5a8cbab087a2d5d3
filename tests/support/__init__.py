"""What the tests share: services, a small world, sign-in."""
