//! Flow logs of the VPC, on request.

use serde_json::json;

use crate::model::{Network, Pipeline};
use crate::permissions;
use crate::template::{Resource, Template, attribute, reference};

use super::super::role;
use super::{Place, named};

const GROUP: &str = "FlowLogGroup";
const ROLE: &str = "FlowLogRole";

/// Tells whether the blueprint asks for them.
pub(super) fn wanted(network: &Network) -> bool {
    match network {
        Network::New { flow_logs, .. } => *flow_logs,
        Network::Existing(existing) => existing.flow_logs,
    }
}

/// Adds the flow log with its log group and the role that delivers it.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline, place: &Place) {
    let group = json!({
        "LogGroupName": pipeline.flow_log_group(),
        "RetentionInDays": pipeline.operations.log_days,
        "Tags": named(pipeline, "flow-logs"),
    });
    template.add(GROUP, Resource::new("AWS::Logs::LogGroup", place.span, group));
    template.add(ROLE, role::resource(pipeline, &permissions::flow_logs(pipeline)));
    let flow_log = json!({
        "ResourceType": "VPC",
        "ResourceId": place.vpc_id,
        "TrafficType": "ALL",
        "LogDestinationType": "cloud-watch-logs",
        "LogGroupName": reference(GROUP),
        "DeliverLogsPermissionArn": attribute(ROLE, "Arn"),
        "Tags": named(pipeline, "flow-logs"),
    });
    template.add("FlowLog", Resource::new("AWS::EC2::FlowLog", place.span, flow_log));
}
