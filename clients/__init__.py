"""What speaks to the service: the command line and the demo (the SDK is a distribution of its own)."""
