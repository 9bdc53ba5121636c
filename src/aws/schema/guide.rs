//! What AWS's user guide says of a change and the registry does not: that it interrupts, or that it replaces after all.
//!
//! Both lists are of the guide's last published sources, of September 2023 (awsdocs/aws-cloudformation-user-guide): the
//! properties with "Update requires: Some interruptions", and those with "Replacement" that no schema calls create-only.

use super::pointer;

const INTERRUPTIONS: &str = include_str!("../registry/interruptions.txt");
const REPLACEMENTS: &str = include_str!("../registry/replacements.txt");

/// Tells whether AWS documents that a change at this pointer into `Properties` interrupts a resource of the type.
pub fn interrupts(type_name: &str, pointer: &str) -> bool {
    lists(INTERRUPTIONS, type_name, pointer)
}

/// Tells whether AWS documented once that a change at this pointer replaces a resource of the type, though its schema says
/// nothing of it.
pub fn was_said_to_replace(type_name: &str, pointer: &str) -> bool {
    lists(REPLACEMENTS, type_name, pointer)
}

fn lists(list: &str, type_name: &str, pointer: &str) -> bool {
    let mut types = list.lines().map(|line| line.split_once(' ').unwrap_or((line, "")));
    let properties = types.find(|(name, _)| *name == type_name).map_or("", |(_, names)| names);
    properties.split(' ').filter(|name| !name.is_empty()).any(|name| {
        let pattern = format!("/{name}");
        pointer::covers(&pattern, pointer) || pointer::is_below(&pattern, pointer)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_instance_interrupts_and_a_tag_does_not() {
        assert!(interrupts("AWS::RDS::DBInstance", "/DBInstanceClass"));
        assert!(interrupts("AWS::SSM::Document", "/Content/mainSteps/0"));
        assert!(!interrupts("AWS::RDS::DBInstance", "/Tags/0"));
        assert!(!interrupts("AWS::S3::Bucket", "/Tags"));
    }

    #[test]
    fn another_name_of_a_database_replaces_it() {
        assert!(was_said_to_replace("AWS::Glue::Database", "/DatabaseInput/Name"));
        assert!(!was_said_to_replace("AWS::Glue::Database", "/DatabaseInput/Description"));
    }

    #[test]
    fn every_type_of_the_lists_is_one_of_the_registry() {
        let types: Vec<_> = INTERRUPTIONS.lines().chain(REPLACEMENTS.lines()).collect();
        assert_eq!(types.len(), 31 + 87);
        for line in types {
            let name = line.split(' ').next().unwrap();
            assert!(super::super::of(name).is_some(), "{name}");
        }
    }
}
