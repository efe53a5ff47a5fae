"""The settings of the server, in groups; `server.config.Settings` has them all."""
