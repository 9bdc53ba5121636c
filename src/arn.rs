//! Every physical name and every ARN, composed here and nowhere else, so that stacks need no Exports.

use crate::model::{Boundary, HiveName, Name, Pipeline};

/// Physical names: those of the blueprint with the environment's suffix.
impl Pipeline {
    /// Returns `name` as it is in this environment.
    pub fn named(&self, name: &str) -> String {
        format!("{name}{}", self.environment.suffix)
    }

    /// Returns the full name of a state machine, such as `data_pipeline_v2.0_Master`.
    pub fn machine_name(&self, machine: &Name) -> String {
        self.named(&format!("{}_v{}_{machine}", self.name, self.version))
    }

    /// Returns the physical name of a Lambda.
    pub fn lambda_name(&self, lambda: &Name) -> String {
        self.named(lambda.as_str())
    }

    /// Returns the alias that every Lambda has.
    pub fn alias(&self) -> &str {
        self.name.as_str()
    }

    /// Returns the name of a role: the pipeline's name, what the role is for, the region (roles are global to an account).
    pub fn role_name(&self, purpose: &str) -> String {
        let name = self.named(&format!("{}-{purpose}-{}", self.name, self.environment.region));
        shortened(name, 64)
    }

    /// Returns the name of an IAM group; at most 128 characters.
    pub fn group_name(&self, group: &str) -> String {
        let name = self.named(&format!("{}-{group}-{}", self.name, self.environment.region));
        shortened(name, 128)
    }

    /// Returns the name of the Athena workgroup of a group that queries; at most 128 characters.
    pub fn workgroup_name(&self, group: &Name) -> String {
        shortened(self.named(&format!("{}-{group}", self.name)), 128)
    }

    /// Returns the name of a CloudFormation stack; underscores are not allowed there.
    pub fn stack_name(&self, stack: &str) -> String {
        self.named(&format!("{}-{stack}", self.name)).replace('_', "-")
    }

    /// Returns a name such as `data_pipeline-<purpose>`, for what needs only one of its kind; at most 64 characters, which
    /// rules and schedules take.
    pub fn own_name(&self, purpose: &str) -> String {
        shortened(self.named(&format!("{}-{purpose}", self.name)), 64)
    }

    /// Returns the name of the group of the pipeline's schedules.
    pub fn schedule_group(&self) -> String {
        self.named(self.name.as_str())
    }

    /// Returns the name of the bucket that takes the workarea's access logs.
    pub fn access_log_bucket(&self) -> String {
        let tail = format!("-access-logs-{}", &self.environment.account[8..]);
        let bucket = self.workarea.bucket.as_str();
        format!("{}{tail}", bucket[..bucket.len().min(63 - tail.len())].trim_end_matches('-'))
    }
}

/// ARNs in this environment.
impl Pipeline {
    /// Returns an ARN of this account and region.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        let place = &self.environment;
        format!(
            "arn:{}:{service}:{}:{}:{resource}",
            place.partition.id(),
            place.region,
            place.account
        )
    }

    /// Returns an ARN of this account without a region, as IAM has them.
    pub fn iam_arn(&self, resource: &str) -> String {
        let place = &self.environment;
        format!("arn:{}:iam::{}:{resource}", place.partition.id(), place.account)
    }

    /// Returns the ARN of the account's root: every principal that IAM lets.
    pub fn root_arn(&self) -> String {
        self.iam_arn("root")
    }

    /// Returns the ARN of the role for `purpose`.
    pub fn role_arn(&self, purpose: &str) -> String {
        self.iam_arn(&format!("role/{}", self.role_name(purpose)))
    }

    /// Returns the ARN of a Lambda, without an alias.
    pub fn lambda_arn(&self, lambda: &Name) -> String {
        self.arn("lambda", &format!("function:{}", self.lambda_name(lambda)))
    }

    /// Returns the ARN of a Lambda's alias: what state machines call.
    pub fn alias_arn(&self, lambda: &Name) -> String {
        format!("{}:{}", self.lambda_arn(lambda), self.alias())
    }

    /// Returns the ARN of a state machine.
    pub fn machine_arn(&self, machine: &Name) -> String {
        self.arn("states", &format!("stateMachine:{}", self.machine_name(machine)))
    }

    /// Returns the ARN of all executions of a state machine.
    pub fn executions_arn(&self, machine: &Name) -> String {
        self.arn("states", &format!("execution:{}:*", self.machine_name(machine)))
    }

    /// Returns the ARN of the executions that the Distributed Maps of a state machine start.
    pub fn map_executions_arn(&self, machine: &Name) -> String {
        self.arn("states", &format!("execution:{}/*:*", self.machine_name(machine)))
    }

    /// Returns the ARN of the topic that subscribers hear.
    pub fn topic_arn(&self) -> String {
        self.arn("sns", &self.named(self.name.as_str()))
    }

    /// Returns the ARN of the group of the pipeline's schedules, which the trust of their role names.
    pub fn schedule_group_arn(&self) -> String {
        self.arn("scheduler", &format!("schedule-group/{}", self.schedule_group()))
    }

    /// Returns the ARN of an EventBridge rule.
    pub fn rule_arn(&self, purpose: &str) -> String {
        self.arn("events", &format!("rule/{}", self.own_name(purpose)))
    }

    /// Returns the ARN of all alarms of the pipeline, as a pattern.
    pub fn alarms_arn(&self) -> String {
        self.arn("cloudwatch", &format!("alarm:{}", self.named(&format!("{}-*", self.name))))
    }

    /// Returns the ARN of the workarea bucket.
    pub fn bucket_arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.environment.partition.id(), self.workarea.bucket)
    }

    /// Returns the ARN of a key, or of a pattern of keys, in the workarea bucket.
    pub fn object_arn(&self, key: &str) -> String {
        format!("{}/{key}", self.bucket_arn())
    }

    /// Returns the ARN of the Glue catalog.
    pub fn catalog_arn(&self) -> String {
        self.arn("glue", "catalog")
    }

    /// Returns the ARN of a Glue database.
    pub fn database_arn(&self, database: &str) -> String {
        self.arn("glue", &format!("database/{database}"))
    }

    /// Returns the ARN of a Glue table, or of a pattern of them.
    pub fn table_arn(&self, database: &str, table: &str) -> String {
        self.arn("glue", &format!("table/{database}/{table}"))
    }

    /// Returns the ARN of all user-defined functions of a Glue database.
    pub fn functions_arn(&self, database: &str) -> String {
        self.arn("glue", &format!("userDefinedFunction/{database}/*"))
    }

    /// Returns the ARN of the Athena workgroup of a group that queries.
    pub fn workgroup_arn(&self, group: &Name) -> String {
        self.arn("athena", &format!("workgroup/{}", self.workgroup_name(group)))
    }

    /// Returns the ARN of all EMR clusters; conditions on tags narrow it.
    pub fn clusters_arn(&self) -> String {
        self.arn("elasticmapreduce", "cluster/*")
    }
}

/// What `bootstrap` makes: once for each account, region and suffix.
impl Pipeline {
    /// Returns the name of the stack.
    pub fn bootstrap_stack(&self) -> String {
        self.named(&format!("{}-bootstrap", self.deployer.name))
    }

    /// Returns the name of one of its roles or policies: the deployer's name, what it is for, the region.
    pub fn bootstrap_name(&self, purpose: &str) -> String {
        let name = format!("{}-{purpose}-{}", self.deployer.name, self.environment.region);
        shortened(self.named(&name), 64)
    }

    /// Returns the bucket for templates and code.
    pub fn artifact_bucket(&self) -> String {
        let place = &self.environment;
        let name = format!("{}-artifacts-{}-{}", self.deployer.name, place.account, place.region);
        shortened(self.named(&name), 63)
    }

    /// Returns the ARN of a key, or of a pattern of keys, in the bucket for templates and code.
    pub fn artifact_arn(&self, key: &str) -> String {
        format!("arn:{}:s3:::{}/{key}", self.environment.partition.id(), self.artifact_bucket())
    }

    /// Returns the role that CloudFormation deploys with.
    pub fn execution_role_arn(&self) -> String {
        self.iam_arn(&format!("role/{}", self.bootstrap_name("execution")))
    }

    /// Returns the role that CI deploys with.
    pub fn deployer_role_arn(&self) -> String {
        self.iam_arn(&format!("role/{}", self.bootstrap_name("deployer")))
    }

    /// Returns the permissions boundary of all roles, where there is one.
    pub fn boundary_arn(&self) -> Option<String> {
        match &self.boundary {
            Boundary::Made => {
                Some(self.iam_arn(&format!("policy/{}", self.bootstrap_name("boundary"))))
            }
            Boundary::Existing(arn) => Some(arn.clone()),
            Boundary::None => None,
        }
    }
}

/// Those who may change settings, and those for emergencies.
impl Pipeline {
    /// Returns the ARNs of those who may change the bucket's settings: CloudFormation's role and those of the blueprint.
    pub fn policy_editors(&self) -> Vec<String> {
        let mut editors = vec![self.execution_role_arn()];
        editors.extend(self.workarea.deployers.iter().cloned());
        editors.extend(self.break_glass_role_arns());
        editors
    }

    /// Returns the roles for emergencies, which may reach the data from everywhere; `bootstrap` makes one unless the
    /// blueprint names others.
    pub fn break_glass_role_arns(&self) -> Vec<String> {
        if self.workarea.break_glass.is_empty() {
            vec![self.iam_arn(&format!("role/{}", self.bootstrap_name("break-glass")))]
        } else {
            self.workarea.break_glass.clone()
        }
    }
}

/// Names and ARNs of logs.
impl Pipeline {
    /// Returns the name of the log group of a Lambda.
    pub fn lambda_log_group(&self, lambda: &Name) -> String {
        format!("/aws/lambda/{}", self.lambda_name(lambda))
    }

    /// Returns the name of the log group of a state machine.
    pub fn machine_log_group(&self, machine: &Name) -> String {
        format!("/aws/vendedlogs/states/{}", self.machine_name(machine))
    }

    /// Returns the name of the log group of the VPC's flow logs.
    pub fn flow_log_group(&self) -> String {
        format!("/aws/vpc/{}", self.own_name("flow-logs"))
    }

    /// Returns the ARN of a log group.
    pub fn log_group_arn(&self, group: &str) -> String {
        self.arn("logs", &format!("log-group:{group}"))
    }

    /// Returns the ARN of a log group's streams.
    pub fn log_streams_arn(&self, group: &str) -> String {
        self.arn("logs", &format!("log-group:{group}:*"))
    }
}

/// Returns `database` as it is in this environment: Hive names take no hyphen.
impl Pipeline {
    /// Returns the physical name of a database.
    pub fn database_name(&self, database: &HiveName) -> String {
        self.named(database.as_str()).replace('-', "_")
    }
}

/// Cuts a name to `limit` characters; a hash of the whole keeps two long names apart.
fn shortened(name: String, limit: usize) -> String {
    if name.len() <= limit {
        return name;
    }
    let hash = crate::hash::short(name.as_bytes());
    format!("{}-{hash}", &name[..limit - hash.len() - 1])
}
