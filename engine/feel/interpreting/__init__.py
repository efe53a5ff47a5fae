"""Parts of the reference evaluator, `engine.feel.interpreter`."""
