"""A roster of `lausd/grade-marking` decided at once: by the roster engine, by SQL written by hand, and by its peers."""
