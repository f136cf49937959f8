//! The road to a real API server is open.

use applier::{Cluster, Freshness, Kind};

use crate::support::{cluster, runtime};

#[test]
fn the_test_cluster_serves_what_charts_are_made_of() {
    runtime().block_on(async {
        let kube = cluster::connect().await;
        let discovery = kube.discover(Freshness::Now).await.unwrap();
        for (version, kind) in [("v1", "Secret"), ("apps/v1", "Deployment"), ("batch/v1", "Job")] {
            assert!(discovery.find(&Kind::new(version, kind)).is_some(), "{version} {kind}");
        }
    });
}

#[test]
fn a_namespace_of_a_test_is_its_own() {
    let (one, other) = (cluster::Namespace::new("own"), cluster::Namespace::new("own"));
    one.kubectl(&["create", "configmap", "mine"]).success();
    let missing = other.kubectl(&["get", "configmap", "mine"]).failure(1);
    assert!(missing.contains("NotFound"), "{missing}");
}
