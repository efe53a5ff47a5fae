"""The service: gRPC, metrics, health, configuration."""
