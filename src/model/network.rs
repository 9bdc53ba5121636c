//! The VPC as meant.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;

use crate::diagnostic::Span;

/// The VPC.
#[derive(Clone, Debug)]
pub enum Network {
    /// A new one without internet.
    New {
        /// Its addresses, /16 to /24.
        cidr: Ipv4Net,
        /// How many availability zones have a private subnet, 1 to 4.
        zones: u8,
        /// Services with an interface endpoint beside those that the pipeline needs.
        endpoints: Vec<String>,
        /// Whether flow logs are kept.
        flow_logs: bool,
        /// Where the section stands.
        span: Span,
    },
    /// One that is there.
    Existing(ExistingVpc),
}

/// A VPC that is there.
#[derive(Clone, Debug)]
pub struct ExistingVpc {
    /// Its id.
    pub vpc_id: String,
    /// Its addresses.
    pub cidr: Ipv4Net,
    /// Private subnets; never empty.
    pub subnet_ids: Vec<String>,
    /// How S3 is reached.
    pub s3: S3Endpoint,
    /// Services that have an interface endpoint there, with its security group.
    pub interface_endpoints: BTreeMap<String, String>,
    /// Services with an interface endpoint beside those that the pipeline needs.
    pub endpoints: Vec<String>,
    /// Whether the subnets reach the internet.
    pub egress: bool,
    /// Whether flow logs are kept.
    pub flow_logs: bool,
    /// Where the section stands.
    pub span: Span,
}

/// The S3 gateway endpoint of an existing VPC.
#[derive(Clone, Debug)]
pub enum S3Endpoint {
    /// It is there.
    Existing(String),
    /// It is made, in these route tables.
    New(Vec<String>),
}

impl Network {
    /// Tells whether the subnets reach the internet.
    pub fn has_egress(&self) -> bool {
        match self {
            Self::New { .. } => false,
            Self::Existing(vpc) => vpc.egress,
        }
    }

    /// Returns what the ids of the private subnets depend on.
    pub fn subnets(&self) -> String {
        match self {
            Self::New { cidr, zones, .. } => format!("{cidr} in {zones}"),
            Self::Existing(vpc) => vpc.subnet_ids.join(" "),
        }
    }

    /// Returns how many private subnets there are.
    pub fn subnet_count(&self) -> usize {
        match self {
            Self::New { zones, .. } => usize::from(*zones),
            Self::Existing(vpc) => vpc.subnet_ids.len(),
        }
    }
}
