"""Decision logs of earlier releases, kept so that each later one repeats what they decided."""
