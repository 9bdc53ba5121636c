//! What tasks and maps call.

use super::*;

#[test]
fn tasks_call_what_exists() {
    let task = |resource: &str| of_state(json!({"Type": "Task", "Resource": resource}));
    assert_eq!(
        task("arn:aws:lambda:eu-west-1::function:f:live"),
        ["/Resource: `` is no account: it has 12 digits"]
    );
    assert_eq!(
        task("arn:aws:lambda:eu-west-1:111122223333:function:f"),
        ["(/Resource: without an alias or version, a running execution sees new code)"]
    );
    assert_eq!(
        task("arn:aws:states:::lambda:invok"),
        ["/Resource: the integration `lambda` has no action `invok`"]
    );
    assert_eq!(
        task("arn:aws:states:::sns:publish.async"),
        ["/Resource: `.async` is no way to call an integration"]
    );
    assert_eq!(task("arn:aws-cn:states:::aws-sdk:glue:getTable"), [""; 0]);
    assert_eq!(
        task("arn:aws:states:::aws-sdk:glue:GetTable"),
        ["/Resource: `glue:GetTable` is no SDK call: `service:action`, in camel case"]
    );
    assert_eq!(task("${Launch}"), [""; 0]);
    assert_eq!(
        task("launch"),
        ["/Resource: expected the ARN of a function, an activity or an integration"]
    );
    assert_eq!(
        problems(&one(
            json!({"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "End"})
        )),
        ["(/States/One: a Task without `TimeoutSeconds` may wait for years)"]
    );
    assert_eq!(
        of_state(json!({"Type": "Task", "TimeoutSeconds": 5, "HeartbeatSeconds": 5})),
        ["/HeartbeatSeconds: the heartbeat is shorter than `TimeoutSeconds`"]
    );
}

#[test]
fn maps_have_a_processor() {
    assert_eq!(of_state(json!({"Type": "Map"})), [": a Map state needs `ItemProcessor`"]);
    let processor = json!({"StartAt": "In", "States": {"In": {"Type": "Succeed"}}});
    assert_eq!(
        of_state(json!({"Type": "Map", "ItemProcessor": processor, "Label": "x"})),
        ["/Label: `Label` needs `/ProcessorConfig/Mode` `DISTRIBUTED` in `ItemProcessor`"]
    );
    assert_eq!(
        of_state(json!({"Type": "Parallel", "Branches": []})),
        [": a Parallel state needs `Branches`"]
    );
}
