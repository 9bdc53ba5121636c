//! The other services, as far as a deploy asks them: mostly what the stacks made.

use serde_json::{Value, json};

use super::form::{self, Form, element, members};
use super::stack::Resource;
use super::{Answer, Asked, World};

pub(super) fn answer(world: &mut World, asked: &Asked) -> Answer {
    if let Some(target) = asked.header("x-amz-target") {
        return by_target(world, target, asked);
    }
    if asked.path.starts_with("/2015-03-31/functions/") {
        return function(world, asked);
    }
    if asked.path.starts_with("/schedules/") {
        return schedule(world, asked);
    }
    let form = Form::new(&asked.body);
    match form.get("Action") {
        Some("GetCallerIdentity") => {
            let arn = format!("arn:aws:sts::{}:assumed-role/deployer/ci", world.account);
            form::answer(
                "GetCallerIdentity",
                &(element("Account", &world.account)
                    + &element("Arn", &arn)
                    + &element("UserId", "u")),
            )
        }
        Some("DescribeManagedPrefixLists") => {
            let item = element("prefixListId", "pl-0123456789abcdef0")
                + &element("prefixListName", &format!("com.amazonaws.{}.s3", world.region));
            let body = format!(
                "<DescribeManagedPrefixListsResponse><prefixListSet><item>{item}</item></prefixListSet></DescribeManagedPrefixListsResponse>"
            );
            Answer { status: 200, headers: Vec::new(), body: body.into() }
        }
        Some("ListSubscriptionsByTopic") => {
            let item = |address: &String| {
                element("Endpoint", address)
                    + &element("Protocol", "email")
                    + &element("SubscriptionArn", "PendingConfirmation")
            };
            form::answer(
                "ListSubscriptionsByTopic",
                &members("Subscriptions", world.unconfirmed.iter().map(item)),
            )
        }
        other => form::error(400, "InvalidAction", &format!("no action {other:?} here")),
    }
}

fn json_answer(body: &Value) -> Answer {
    Answer {
        status: 200,
        headers: vec![("content-type", "application/json".to_owned())],
        body: body.to_string().into(),
    }
}

fn missing(code: &str) -> Answer {
    let body = json!({"__type": code, "Type": "User", "message": "not found"});
    Answer {
        status: 404,
        headers: vec![("x-amzn-errortype", code.to_owned())],
        ..json_answer(&body)
    }
}

fn by_target(world: &mut World, target: &str, asked: &Asked) -> Answer {
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    match target.split('.').nth(1).unwrap_or_default() {
        "GetDatabase" => match body["Name"].as_str() {
            Some(name) if world.databases.iter().any(|one| one == name) => {
                json_answer(&json!({"Database": {"Name": name}}))
            }
            _ => Answer { status: 400, ..missing("EntityNotFoundException") },
        },
        "CreateDatabase" => {
            world
                .databases
                .push(body["DatabaseInput"]["Name"].as_str().unwrap_or_default().to_owned());
            json_answer(&json!({}))
        }
        "ListExecutions" => {
            let arn = body["stateMachineArn"].as_str().unwrap_or_default();
            let runs = world.running.iter().any(|name| arn.ends_with(&format!(":{name}")));
            let execution = json!({"executionArn": format!("{arn}:run"), "name": "run", "status": "RUNNING", "startDate": 0});
            let made = resources(world, "AWS::StepFunctions::StateMachine")
                .iter()
                .any(|one| arn.ends_with(&one.physical));
            if made || runs {
                json_answer(&json!({"executions": if runs { vec![execution] } else { Vec::new() }}))
            } else {
                Answer { status: 400, ..missing("StateMachineDoesNotExist") }
            }
        }
        other => Answer { status: 400, ..missing(other) },
    }
}

fn resources(world: &World, kind: &str) -> Vec<Resource> {
    let stacks =
        world.cloudformation.stacks.values().filter(|stack| stack.status != "DELETE_COMPLETE");
    stacks
        .flat_map(|stack| stack.resources.values())
        .filter(|one| one.kind == kind)
        .cloned()
        .collect()
}

/// A function with the code that its version was published with.
fn function(world: &World, asked: &Asked) -> Answer {
    let name = asked
        .path
        .trim_start_matches("/2015-03-31/functions/")
        .split(['/', ':'])
        .next()
        .unwrap_or_default();
    let template = world.cloudformation.stacks.values().find_map(|stack| {
        let found = stack
            .resources
            .iter()
            .find(|(_, one)| one.kind == "AWS::Lambda::Function" && one.physical == name)?;
        Some((stack, found.0.clone()))
    });
    let Some((stack, id)) = template else { return missing("ResourceNotFoundException") };
    let version = stack.resources.values().find(|one| {
        let named = &one.properties["FunctionName"];
        one.kind == "AWS::Lambda::Version" && (named["Ref"] == id || named == name)
    });
    let sha = version.map(|one| one.properties["CodeSha256"].clone()).unwrap_or_default();
    json_answer(
        &json!({"Configuration": {"FunctionName": name, "CodeSha256": sha, "Version": "1"}}),
    )
}

fn schedule(world: &World, asked: &Asked) -> Answer {
    let name = asked.path.rsplit('/').next().unwrap_or_default();
    if world.switched_off.iter().any(|one| one == name) {
        return json_answer(&json!({"Name": name, "State": "DISABLED"}));
    }
    match resources(world, "AWS::Scheduler::Schedule").iter().find(|one| one.physical == name) {
        Some(one) => json_answer(
            &json!({"Name": name, "State": one.properties["State"].as_str().unwrap_or("ENABLED")}),
        ),
        None => missing("ResourceNotFoundException"),
    }
}
