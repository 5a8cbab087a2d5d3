"""Published quality: what brokers' verdicts and the portal's own times say of the matching."""
