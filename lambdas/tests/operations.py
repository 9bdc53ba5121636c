"""The AWS operations that each Lambda calls; its role needs these and no others."""

CONFIG = {"s3:GetObject"}
CLEAN_UP = {"emr:ListClusters", "emr:DescribeCluster", "emr:TerminateJobFlows", "stepfunctions:ListExecutions"}

OPERATIONS = {
    "lambda_add_worker_instances_emr": CONFIG
    | {"emr:ListInstanceFleets", "emr:ListInstances", "emr:ModifyInstanceFleet"},
    "lambda_check_duplicate_emr": CONFIG | {"emr:ListClusters"},
    "lambda_check_duplicate_stepfunction": {"stepfunctions:ListExecutions", "stepfunctions:ListStateMachines"},
    "lambda_launch_emr": CONFIG | {"emr:RunJobFlow", "emr:ListClusters", "emr:DescribeCluster"},
    "lambda_read_state_info_from_s3": {"s3:GetObject"},
    "lambda_remove_state_info_from_s3": {"s3:PutObject"},
    "lambda_report_failed_execution": CONFIG | CLEAN_UP | {"sns:Publish"},
    "lambda_send_msg_sns": {"sns:Publish", "s3:ListObjectsV2"},
    "lambda_status_add_worker_instances_emr": CONFIG | {"emr:ListInstances", "emr:ListInstanceFleets"},
    "lambda_status_emr": CONFIG | {"emr:DescribeCluster"},
    "lambda_status_step_emr": CONFIG | {"emr:DescribeStep"},
    "lambda_status_stepfunction": {"stepfunctions:DescribeExecution"},
    "lambda_stop_orphan_clusters": CONFIG | CLEAN_UP,
    "lambda_submit_cmd_run_step_emr": CONFIG | {"emr:AddJobFlowSteps", "emr:ListSteps"},
    "lambda_submit_stepfunction": {"stepfunctions:StartExecution"},
    "lambda_terminate_emr": CONFIG | {"emr:TerminateJobFlows"},
    "lambda_write_state_info_to_s3": {"s3:PutObject", "s3:GetObject"},
}
