//! The few things that a deploy reads of services beside CloudFormation, S3 and STS.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::call::{Call, encoded, first};
use super::{Cloud, Trouble};

/// Returns the id of AWS's prefix list of that name (EC2, `DescribeManagedPrefixLists`).
///
/// # Errors
/// The request failed, or there is no such list.
pub async fn prefix_list(cloud: &Cloud, name: &str) -> Result<String, Trouble> {
    let form = [("Filter.1.Name", "prefix-list-name"), ("Filter.1.Value.1", name)];
    let call = Call::query("ec2", "DescribeManagedPrefixLists", "2016-11-15", &form);
    let id = first(&cloud.call(call).await?, "<prefixListId>([^<]*)</prefixListId>");
    if !id.is_empty() {
        return Ok(id);
    }
    let (code, message) = ("NotFound".into(), format!("the region has no prefix list `{name}`"));
    Err(Trouble::Refused { code, message })
}

/// Makes a database in the Glue catalog where there is none of that name (`GetDatabase`, `CreateDatabase`); tells whether it
/// was made.
///
/// # Errors
/// A request failed.
pub async fn ensure_database(cloud: &Cloud, name: &str) -> Result<bool, Trouble> {
    let call = Call::json("glue", "AWSGlue.GetDatabase", "1.1", &json!({"Name": name}));
    match cloud.call(call).await {
        Ok(_) => return Ok(false),
        Err(trouble) if trouble.is_missing() => {}
        Err(trouble) => return Err(trouble),
    }
    let input = json!({"DatabaseInput": {"Name": name}});
    match cloud.call(Call::json("glue", "AWSGlue.CreateDatabase", "1.1", &input)).await {
        Ok(_) => Ok(true),
        // Someone else was quicker, or an answer was lost.
        Err(trouble) if trouble.is("AlreadyExists") => Ok(false),
        Err(trouble) => Err(trouble),
    }
}

#[derive(Deserialize)]
struct Executions {
    executions: Vec<Execution>,
}

#[derive(Deserialize)]
struct Execution {
    name: String,
}

/// Returns the names of the executions of a state machine that run now, the latest first and at most ten (Step Functions,
/// `ListExecutions`).
///
/// # Errors
/// The request failed.
pub async fn running(cloud: &Cloud, machine: &str) -> Result<Vec<String>, Trouble> {
    let input = json!({"stateMachineArn": machine, "statusFilter": "RUNNING", "maxResults": 10});
    let call = Call::json("states", "AWSStepFunctions.ListExecutions", "1.0", &input);
    match cloud.call(call).await {
        Ok(body) => {
            let answer: Executions = parsed(&body)?;
            Ok(answer.executions.into_iter().map(|one| one.name).collect())
        }
        Err(trouble) if trouble.is("StateMachineDoesNotExist") => Ok(Vec::new()),
        Err(trouble) => Err(trouble),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Function {
    configuration: Configuration,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    code_sha256: String,
}

/// Returns the SHA-256, in base64, of the code that an alias of a function runs (Lambda, `GetFunction`); nothing where there
/// is no such alias.
///
/// # Errors
/// The request failed.
pub async fn code_hash(
    cloud: &Cloud,
    function: &str,
    alias: &str,
) -> Result<Option<String>, Trouble> {
    let (function, alias) = (encoded(function), encoded(alias));
    let path = format!("/2015-03-31/functions/{function}?Qualifier={alias}");
    let answer = present(cloud.call(Call::get("lambda", path)).await)?;
    let answer: Option<Function> = answer.as_deref().map(parsed).transpose()?;
    Ok(answer.map(|function| function.configuration.code_sha256))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Schedule {
    state: String,
}

/// Tells whether a schedule is enabled (EventBridge Scheduler, `GetSchedule`); nothing where there is none.
///
/// # Errors
/// The request failed.
pub async fn is_enabled(cloud: &Cloud, group: &str, name: &str) -> Result<Option<bool>, Trouble> {
    let path = format!("/schedules/{}?groupName={}", encoded(name), encoded(group));
    let answer = present(cloud.call(Call::get("scheduler", path)).await)?;
    let answer: Option<Schedule> = answer.as_deref().map(parsed).transpose()?;
    Ok(answer.map(|schedule| schedule.state == "ENABLED"))
}

/// Returns the addresses that have not confirmed that they subscribe to a topic (SNS, `ListSubscriptionsByTopic`).
///
/// # Errors
/// A request failed.
pub async fn unconfirmed(cloud: &Cloud, topic: &str) -> Result<Vec<String>, Trouble> {
    let (mut found, mut next) = (Vec::new(), String::new());
    loop {
        let mut form = vec![("TopicArn", topic)];
        if !next.is_empty() {
            form.push(("NextToken", &next));
        }
        let call = Call::query("sns", "ListSubscriptionsByTopic", "2010-03-31", &form);
        let body = cloud.call(call).await?;
        found.extend(pending(&body));
        next = first(&body, "<NextToken>([^<]*)</NextToken>");
        if next.is_empty() {
            return Ok(found);
        }
    }
}

fn pending(body: &str) -> Vec<String> {
    let members = body.split("<member>").skip(1);
    let waiting = members.filter(|member| member.contains("<SubscriptionArn>PendingConfirmation<"));
    waiting.map(|member| first(member, "<Endpoint>([^<]*)</Endpoint>")).collect()
}

fn present(answer: Result<String, Trouble>) -> Result<Option<String>, Trouble> {
    match answer {
        Ok(body) => Ok(Some(body)),
        Err(trouble) if trouble.is_missing() => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

fn parsed<T: DeserializeOwned>(body: &str) -> Result<T, Trouble> {
    serde_json::from_str(body)
        .map_err(|error| Trouble::Broken(format!("its answer has another form: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_not_confirmed_is_told_from_who_has() {
        let body = "<Subscriptions><member><Endpoint>a@x.org</Endpoint>\
            <SubscriptionArn>PendingConfirmation</SubscriptionArn></member><member>\
            <SubscriptionArn>arn:aws:sns:x</SubscriptionArn><Endpoint>b@x.org</Endpoint></member>";
        assert_eq!(pending(body), ["a@x.org"]);
    }

    #[test]
    fn an_answer_of_another_form_is_no_answer() {
        assert!(matches!(parsed::<Function>("{}"), Err(Trouble::Broken(_))));
        let known: Function = parsed(r#"{"Configuration":{"CodeSha256":"x="},"Code":{}}"#).unwrap();
        assert_eq!(known.configuration.code_sha256, "x=");
    }
}
