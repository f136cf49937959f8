//! Charts and values to Kubernetes documents, exactly as Helm renders them.

pub mod functions;
pub mod tape;
pub mod yaml;
