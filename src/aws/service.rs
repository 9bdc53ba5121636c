//! Names of AWS services that differ between regions: principals, VPC endpoints, hosts.

/// Services whose VPC endpoint is named `cn.com.amazonaws.…` in both regions of China; all others keep
/// `com.amazonaws.…` there (AWS CDK, `InterfaceVpcEndpointAwsService`, made from `DescribeVpcEndpointServices`).
const CHINESE_ENDPOINTS: [&str; 45] = [
    "application-autoscaling",
    "appmesh-envoy-management",
    "athena",
    "autoscaling",
    "awsconnector",
    "backup",
    "batch",
    "cassandra",
    "cloudcontrolapi",
    "cloudformation",
    "codedeploy-commands-secure",
    "databrew",
    "dms",
    "ebs",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "elasticache",
    "elasticbeanstalk",
    "elasticfilesystem",
    "elasticfilesystem-fips",
    "emr-containers",
    "execute-api",
    "fsx",
    "imagebuilder",
    "iot.data",
    "kinesis-streams",
    "lambda",
    "license-manager",
    "monitoring",
    "rds",
    "redshift",
    "redshift-data",
    "sagemaker.api",
    "sagemaker.featurestore-runtime",
    "sagemaker.runtime",
    "securityhub",
    "servicecatalog",
    "sms",
    "sqs",
    "states",
    "sts",
    "synthetics",
    "xray",
];

/// Services whose principal ends in the partition's own suffix; the others' ends in `amazonaws.com` everywhere (IAM user
/// guide, "AWS service principals"; EMR management guide, "Service role for Amazon EMR").
const PARTITIONED_PRINCIPALS: [&str; 2] = ["ec2", "elasticmapreduce"];

/// Returns the name under which a VPC endpoint asks for `service`, such as `com.amazonaws.eu-central-1.states`.
pub fn endpoint(region: &str, service: &str) -> String {
    let start = if is_chinese(region) && CHINESE_ENDPOINTS.contains(&service) { "cn." } else { "" };
    format!("{start}com.amazonaws.{region}.{service}")
}

/// Returns the principal that `service` is in a trust policy.
pub fn principal(region: &str, service: &str) -> String {
    if PARTITIONED_PRINCIPALS.contains(&service) {
        format!("{service}.{}", dns_suffix(region))
    } else {
        format!("{service}.amazonaws.com")
    }
}

/// Returns the host of a service in a region, the form that `kms:ViaService` takes.
pub fn host(region: &str, service: &str) -> String {
    format!("{service}.{region}.{}", dns_suffix(region))
}

fn dns_suffix(region: &str) -> &'static str {
    if is_chinese(region) { "amazonaws.com.cn" } else { "amazonaws.com" }
}

fn is_chinese(region: &str) -> bool {
    region.starts_with("cn-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_endpoints_have_a_name_of_their_own_in_china() {
        assert_eq!(endpoint("eu-west-1", "states"), "com.amazonaws.eu-west-1.states");
        assert_eq!(endpoint("cn-north-1", "states"), "cn.com.amazonaws.cn-north-1.states");
        for service in ["elasticmapreduce", "glue", "sns", "s3", "kms"] {
            let name = format!("com.amazonaws.cn-north-1.{service}");
            assert_eq!(endpoint("cn-north-1", service), name);
        }
    }

    #[test]
    fn some_principals_have_the_suffix_of_their_partition() {
        assert_eq!(principal("us-gov-west-1", "ec2"), "ec2.amazonaws.com");
        assert_eq!(principal("cn-north-1", "ec2"), "ec2.amazonaws.com.cn");
        assert_eq!(principal("cn-north-1", "lambda"), "lambda.amazonaws.com");
    }
}
