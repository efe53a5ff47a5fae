"""Rosters on more than one machine: the roster engine on the executors of Spark, over partitioned Parquet.

The optional dependency `rollbook[spark]`, and a Java, are needed. `deciding` is the driver's side, `executing` that of
the executors, `shipping` what travels between them; `job` reads and writes folders. (Nothing is imported here: what
executors load is only what decides.)
"""
