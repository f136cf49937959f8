//! What the cluster can do, as templates see it.

use crate::Error;

/// The version and the APIs of the cluster, and of the tool that renders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The server's version.
    pub kube_version: KubeVersion,
    /// `group/version` and, from a server, `group/version/Kind`.
    pub api_versions: Vec<String>,
}

/// A Kubernetes version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    /// As given, with a `v` before it, e.g. `v1.33.4-gke.1245000`.
    pub version: String,
    /// Its numbers only, e.g. `v1.33.4`: what constraints are checked against.
    pub normalized: String,
    /// The first number.
    pub major: String,
    /// The second number.
    pub minor: String,
}

/// What Helm 4.3.1 knows without a cluster: every version its client library
/// registers, in the order it prints them.
const KNOWN: [&str; 57] = [
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "lifecycle.k8s.io/v1alpha1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

impl Capabilities {
    /// Returns whether the cluster serves `name`, a `group/version` or a
    /// `group/version/Kind`.
    pub fn has(&self, name: &str) -> bool {
        self.api_versions.iter().any(|known| known == name)
    }
}

impl Default for Capabilities {
    /// What Helm 4.3.1 assumes where it talks to no cluster.
    fn default() -> Self {
        Self {
            kube_version: KubeVersion {
                version: "v1.37.0".to_owned(),
                normalized: "v1.37.0".to_owned(),
                major: "1".to_owned(),
                minor: "37".to_owned(),
            },
            api_versions: KNOWN.iter().map(|&name| name.to_owned()).collect(),
        }
    }
}

impl KubeVersion {
    /// Reads a version as `--kube-version` takes it and as a server reports it.
    ///
    /// The rules are those of apimachinery's `version.ParseGeneric`: two or more
    /// numbers by dots, an optional `v` before and anything after them.
    ///
    /// # Errors
    ///
    /// [`Error::KubeVersion`], with apimachinery's text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |reason: String| Error::KubeVersion { version: text.to_owned(), reason };
        let bad = || refuse(format!("could not parse {} as version", quoted(text)));
        let rest = text.trim_start();
        let parts = numbers(rest.strip_prefix('v').unwrap_or(rest));
        if parts.is_empty() {
            return Err(bad());
        }
        if parts.len() < 2 {
            return Err(refuse(format!("illegal version string {}", quoted(text))));
        }
        let mut components = Vec::new();
        for part in &parts {
            if part.len() > 1 && part.starts_with('0') {
                let reason = format!(
                    "illegal zero-prefixed version component {} in {}",
                    quoted(part),
                    quoted(text)
                );
                return Err(refuse(reason));
            }
            components.push(part.parse::<u32>().map_err(|_| bad())?.to_string());
        }
        let [major, minor, ..] = components.as_slice() else { return Err(bad()) };
        let version = if text.starts_with('v') { text.to_owned() } else { format!("v{text}") };
        Ok(Self {
            version,
            normalized: format!("v{}", components.join(".")),
            major: major.clone(),
            minor: minor.clone(),
        })
    }
}

/// Returns the numbers by dots that a text begins with.
fn numbers(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        if digits.is_empty() {
            return parts;
        }
        parts.push(digits);
        let Some(next) = after.strip_prefix('.') else { return parts };
        rest = next;
    }
}

/// Quotes as Go's `%q` does for the characters that versions are made of.
fn quoted(text: &str) -> String {
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_provider_s_version_are_kept_for_constraints() {
        let version = KubeVersion::parse("v1.33.4-gke.1245000").unwrap();
        assert_eq!(version.version, "v1.33.4-gke.1245000");
        assert_eq!(version.normalized, "v1.33.4");
        assert_eq!((version.major.as_str(), version.minor.as_str()), ("1", "33"));
    }

    #[test]
    fn a_version_needs_two_numbers() {
        assert!(KubeVersion::parse("v1").is_err());
        let reason = |text| match KubeVersion::parse(text) {
            Err(Error::KubeVersion { reason, .. }) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(reason("abc"), r#"could not parse "abc" as version"#);
        assert_eq!(reason("1"), r#"illegal version string "1""#);
        assert!(KubeVersion::parse("1.20").is_ok());
    }
}
