//! The crates of the workspace and the one direction in which they may depend on each other.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata};

/// Every crate there may be, and the crates of the workspace it may use: the list of the design.
const MAY_USE: &[(&str, &[&str])] = &[
    ("market", &[]),
    ("protocol", &["market"]),
    ("feed", &["market"]),
    ("history", &["market"]),
    ("hub", &["market", "protocol"]),
    ("gateway", &["feed", "history", "hub", "market", "protocol"]),
    ("loadgen", &["protocol"]),
    ("frontend", &["market", "protocol"]),
    ("testkit", &["protocol"]),
    ("xtask", &[]),
];

/// The crates of the workspace and what each uses when it is built (not only tested).
type Uses = BTreeMap<String, BTreeSet<String>>;

/// What the workspace does that the list forbids; empty when all is well.
pub(crate) fn violations(metadata: &Metadata) -> Vec<String> {
    compare(&uses(metadata), MAY_USE)
}

fn uses(metadata: &Metadata) -> Uses {
    let members = metadata.workspace_packages();
    let names: BTreeSet<&str> = members.iter().map(|package| package.name.as_str()).collect();
    let of = |package: &cargo_metadata::Package| {
        let built =
            package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
        built.map(|dependency| dependency.name.clone()).filter(|name| names.contains(name.as_str())).collect()
    };
    members.iter().map(|package| (package.name.to_string(), of(package))).collect()
}

fn compare(uses: &Uses, may_use: &[(&str, &[&str])]) -> Vec<String> {
    let mut violations = Vec::new();
    for (name, used) in uses {
        let Some((_, allowed)) = may_use.iter().find(|(listed, _)| listed == name) else {
            violations.push(format!("{name} is not in the design's list of crates"));
            continue;
        };
        let forbidden = used.iter().filter(|used| !allowed.contains(&used.as_str()));
        violations.extend(forbidden.map(|used| format!("{name} must not depend on {used}")));
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(uses: &[(&str, &[&str])], expected: &[&str]) {
        let set = |used: &&[&str]| used.iter().map(ToString::to_string).collect();
        let uses = uses.iter().map(|(name, used)| (name.to_string(), set(used))).collect();
        assert_eq!(compare(&uses, MAY_USE), expected);
    }

    #[test]
    fn the_workspace_follows_the_design() {
        let workspace = crate::workspace::Workspace::find().unwrap();
        assert_eq!(violations(&workspace.metadata), Vec::<String>::new());
    }

    #[test]
    fn dependencies_point_one_way() {
        check(&[("market", &[]), ("gateway", &["feed", "hub", "market"])], &[]);
        check(&[("market", &["protocol"])], &["market must not depend on protocol"]);
        check(&[("hub", &["feed", "market"])], &["hub must not depend on feed"]);
        check(&[("gateway", &["testkit"])], &["gateway must not depend on testkit"]);
        check(&[("utils", &[])], &["utils is not in the design's list of crates"]);
    }
}
