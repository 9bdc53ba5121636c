use serde_json::json;

use crate::aws::schema;
use crate::model::{Capability, Network, Pipeline, sample};
use crate::permissions::tests::variants::variants;
use crate::template::Template;

use super::stack;

fn of_type<'a>(template: &'a Template, kind: &str) -> Vec<&'a str> {
    let resources = template.resources.iter();
    resources.filter(|(_, one)| one.kind == kind).map(|(id, _)| id.as_str()).collect()
}

fn service(template: &Template, id: &str) -> String {
    template.resources[id].properties["ServiceName"].as_str().unwrap().to_owned()
}

#[test]
fn every_resource_is_what_its_schema_says() {
    for pipeline in variants() {
        for (id, resource) in &stack(&pipeline).template.resources {
            assert_eq!(schema::check(&resource.kind, &resource.properties), [], "{id}");
        }
    }
}

#[test]
fn nothing_leads_to_the_internet() {
    for pipeline in variants() {
        let template = stack(&pipeline).template;
        assert!(!template.clone().into_json().to_string().contains("0.0.0.0/0"));
        for kind in ["AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::Route"] {
            assert_eq!(of_type(&template, kind), [""; 0]);
        }
    }
}

#[test]
fn every_rule_says_what_it_is_for() {
    let template = stack(&sample::pipeline()).template;
    let kinds = ["AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"];
    let rules: Vec<_> = kinds.into_iter().flat_map(|kind| of_type(&template, kind)).collect();
    assert_eq!(rules.len(), 18);
    for id in rules {
        assert!(template.resources[id].properties["Description"].is_string(), "{id}");
    }
    for id in of_type(&template, "AWS::EC2::SecurityGroup") {
        let egress = &template.resources[id].properties["SecurityGroupEgress"][0];
        assert!(egress["Description"].is_string(), "{id} keeps EC2's rule to everywhere");
    }
}

#[test]
fn endpoints_follow_what_lambdas_call() {
    let endpoints = |pipeline: &Pipeline| {
        let template = stack(pipeline).template;
        let ids = of_type(&template, "AWS::EC2::VPCEndpoint").into_iter();
        ids.map(|id| service(&template, id).rsplit('.').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let mut pipeline = sample::pipeline();
    assert_eq!(endpoints(&pipeline), ["s3", "elasticmapreduce", "glue", "sns", "states"]);
    let silent = |can: &[Capability]| {
        !can.contains(&Capability::PublishMessage) && !can.contains(&Capability::ReportFailures)
    };
    pipeline.lambdas.retain(|lambda| silent(&lambda.can));
    if let Network::New { endpoints, .. } = &mut pipeline.network {
        endpoints.push("athena".to_owned());
    }
    assert_eq!(endpoints(&pipeline), ["s3", "athena", "elasticmapreduce", "glue", "states"]);
}

#[test]
fn an_existing_vpc_gets_only_what_it_lacks() {
    let template = stack(&variants()[1]).template;
    for kind in ["AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable"] {
        assert_eq!(of_type(&template, kind), [""; 0]);
    }
    let endpoints = of_type(&template, "AWS::EC2::VPCEndpoint");
    let names: Vec<_> = endpoints.iter().map(|id| service(&template, id)).collect();
    assert!(names.iter().all(|name| !name.ends_with(".states")), "{names:?}");
    let to_states = &template.resources["LambdaToStatesIngress"].properties;
    assert_eq!(to_states["GroupId"], "sg-0123456789abcdef0");
    assert_eq!(template.outputs["VpcId"].value, "vpc-0123456789abcdef0");
}

#[test]
fn both_kinds_of_vpc_have_the_same_outputs() {
    let names = |pipeline: &Pipeline| {
        let mut names: Vec<_> = stack(pipeline).template.outputs.keys().cloned().collect();
        names.retain(|name| !name.starts_with("PrivateSubnetId") || name == "PrivateSubnetIds");
        names.sort();
        names
    };
    assert_eq!(names(&sample::pipeline()), names(&variants()[1]));
}

#[test]
fn subnets_and_groups_of_emr_carry_its_tag() {
    let mut pipeline = sample::pipeline();
    pipeline.tags.remove("for-use-with-amazon-emr-managed-policies");
    let template = stack(&pipeline).template;
    let tag = json!({"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"});
    let tagged = |id: &&str| {
        let tags = template.resources[*id].properties["Tags"].as_array();
        tags.is_some_and(|tags| tags.contains(&tag))
    };
    let ids: Vec<_> = template.resources.keys().map(String::as_str).filter(tagged).collect();
    let expected = [
        "PrivateSubnet1",
        "PrivateSubnet2",
        "EmrMasterSecurityGroup",
        "EmrWorkerSecurityGroup",
        "EmrServiceSecurityGroup",
    ];
    assert_eq!(ids, expected);
}
