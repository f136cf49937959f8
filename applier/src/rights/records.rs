//! The rights on Helm's records: Secrets in the release's namespace.

use ledger::Verb;

use super::{Need, Operation, Rights, Spot, Undo};

/// Counts what an operation does with the release's records.
pub(super) fn count(rights: &mut Rights, operation: &Operation<'_>) {
    let namespace = Some(operation.target.namespace.as_str());
    let secrets = Spot::core(namespace, "secrets");
    let records = operation.records;
    rights.add(secrets, &["list"], Need::Required);
    // The last record says what came of it; that of an uninstall goes.
    rights.add(secrets, &["update"], Need::Required);
    let is_uninstall = operation.verb == Verb::Uninstall;
    if !is_uninstall {
        rights.add(secrets, &["create"], Need::Required);
    }
    let supersedes = !is_uninstall && records.count > 0;
    let read = if supersedes || records.unknown > 0 {
        Need::Required
    } else {
        Need::Optional(
            "an operation that takes longer than 10 seconds may be unable to write down its end",
        )
    };
    rights.add(secrets, &["get"], read);
    let price = "the claim of an operation that takes longer than 30 seconds is not renewed, and \
                 another may take the release for abandoned";
    rights.add(secrets, &["patch"], Need::Optional(price));
    let delete = match (operation.verb, records.undo) {
        (Verb::Uninstall, _) if records.limit > 0 => Some(Need::Required),
        (Verb::Uninstall, _) => None,
        _ if records.limit > 0 && records.count + 1 > records.limit => Some(Need::Required),
        (Verb::Install, Undo::OnFailure) => {
            Some(Need::Optional("an install that fails is not undone"))
        }
        (Verb::Install, Undo::Never) => None,
        _ => Some(Need::Optional("old records stay when there are more than --history-max")),
    };
    if let Some(need) = delete {
        rights.add(secrets, &["delete"], need);
    }
    let own = operation.target.namespace.as_str();
    for name in ["kube-system", own] {
        let price = "the ledger tells clusters apart by their address alone";
        let namespaces = Spot::core(None, "namespaces");
        rights.add_one(namespaces, ("get", Some(name)), Need::Optional(price));
    }
}
