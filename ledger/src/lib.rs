//! What was done to a release, and the state that follows from it.
