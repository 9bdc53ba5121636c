//! The VPC as written.

use super::decode::{Named, Spanned, record};

record! {
    /// The VPC: a new one without internet, or an existing one.
    pub struct Network as "`network`" {
        /// The address range of a new VPC, /16 to /24; `10.20.0.0/20` unless given.
        pub cidr: Option<Spanned<String>>,
        /// How many availability zones have a private subnet, 1 to 4; 2 unless given.
        pub zones: Option<Spanned<u32>>,
        /// Services that get an interface endpoint beside those that the pipeline needs, such as `athena`.
        pub endpoints: Vec<Spanned<String>>,
        /// Whether flow logs are kept; they are not unless `true`.
        pub flow_logs: Option<bool>,
        /// An existing VPC instead of a new one.
        pub existing: Option<Existing>,
    }
}

record! {
    /// An existing VPC.
    pub struct Existing as "`existing`" {
        /// The VPC's id.
        pub vpc_id: Spanned<String>,
        /// Its address range.
        pub cidr: Spanned<String>,
        /// Private subnets, tagged `for-use-with-amazon-emr-managed-policies: "true"`.
        pub subnet_ids: Vec<Spanned<String>>,
        /// The route tables of those subnets, for the S3 endpoint; left out when `s3_endpoint_id` is given.
        pub route_table_ids: Vec<Spanned<String>>,
        /// An S3 gateway endpoint that is there; a new one is made unless given.
        pub s3_endpoint_id: Option<Spanned<String>>,
        /// Services that already have an interface endpoint there, each with its security group's id.
        pub interface_endpoints: Named<Spanned<String>>,
        /// Whether the subnets reach the internet (NAT); they do not unless `true`.
        pub egress: Option<bool>,
    }
}
