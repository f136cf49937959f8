//! What to do about it, and doing it: the one room that knows the cluster.
