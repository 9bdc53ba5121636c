use super::*;
use crate::diagnostic::FileId;

const HANDLER: &str = "def lambda_handler(event, context):\n";

/// Reads a handler's file with modules beside it; each call as `client.method`, with `?` when it is not reached.
fn read(main: &str, beside: &[(&str, &str)]) -> (Vec<String>, bool) {
    let parse = |path: &str, text: &str| Code::parse(path, FileId(0), text).unwrap().unwrap();
    let main = parse("main.py", main);
    let beside: Vec<_> = beside.iter().map(|(path, text)| parse(path, text)).collect();
    let codes: Vec<_> = std::iter::once(&main).chain(&beside).collect();
    let calls = Calls::of(&codes, 0);
    let shown = calls.calls.iter().map(|call| {
        format!("{}.{}{}", call.client, call.method, if call.is_reached { "" } else { "?" })
    });
    let mut shown: Vec<_> = shown.collect();
    shown.dedup();
    (shown, calls.is_open)
}

fn asked(main: &str) -> Vec<String> {
    read(main, &[]).0
}

#[test]
fn clients_are_followed_through_imports_and_names() {
    for head in [
        "import boto3\nemr = boto3.client('emr')\n",
        "import boto3 as b\nemr = b.client(service_name='emr', region_name='eu-west-1')\n",
        "from boto3 import client as make\nemr = make('emr')\n",
        "import boto3\nemr = boto3.session.Session(region_name='x').client('emr')\n",
        "from boto3.session import Session\nsession = Session()\nemr = session.client('emr')\n",
        "import botocore.session\nemr = botocore.session.get_session().create_client('emr')\n",
        "import boto3\nNAME = 'emr'\nemr = boto3.client(NAME)\n",
        "import boto3\nclients = {'emr': boto3.client('emr')}\nemr = clients['emr']\n",
        "import boto3\nemr = None\ndef make():\n  global emr\n  emr = emr or boto3.client('emr')\nmake()\n",
        "import boto3\ntry:\n  emr = boto3.client('emr')\nexcept Exception:\n  raise\n",
    ] {
        let code = format!("{head}{HANDLER}  return emr.list_clusters()\n");
        assert_eq!(read(&code, &[]), (vec!["emr.list_clusters".to_owned()], false), "{head}");
    }
}

#[test]
fn calls_are_found_in_every_form() {
    let client = "import boto3, functools, concurrent.futures\nemr = boto3.client('emr')\n";
    for (body, method) in [
        ("emr.get_paginator('list_clusters').paginate()", "list_clusters"),
        ("emr.get_waiter('cluster_running').wait(ClusterId='j')", "DescribeCluster"),
        ("getattr(emr, 'list_steps')(ClusterId='j')", "list_steps"),
        ("list(map(emr.describe_cluster, event))", "describe_cluster"),
        ("functools.partial(emr.describe_step, ClusterId='j')()", "describe_step"),
        ("[x for x in emr.list_clusters()['Clusters']]", "list_clusters"),
        ("(lambda: emr.list_clusters())()", "list_clusters"),
        ("f\"{emr.list_clusters()}\"", "list_clusters"),
        ("find = emr.list_clusters; find()", "list_clusters"),
        ("concurrent.futures.ThreadPoolExecutor().submit(emr.list_steps)", "list_steps"),
    ] {
        let code = format!("{client}{HANDLER}  {body}\n");
        assert_eq!(asked(&code), [format!("emr.{method}")], "{body}");
    }
}

#[test]
fn functions_classes_and_decorators_are_followed() {
    for code in [
        "import boto3\ndef s3():\n  return boto3.client('s3')\ndef lambda_handler(e, c):\n  s3().get_object()\n",
        "import boto3\nclass Store:\n  def __init__(self):\n    self.s3 = boto3.client('s3')\n  def get(self):\n    return self.s3.get_object()\ndef lambda_handler(e, c):\n  Store().get()\n",
        "import boto3\nclass Base:\n  @property\n  def s3(self):\n    return boto3.client('s3')\nclass Store(Base):\n  def get(self):\n    self.s3.get_object()\ndef lambda_handler(e, c):\n  Store().get()\n",
        "import boto3\ndef framed(f):\n  def inner(*args, **more):\n    return f(*args, **more)\n  return inner\n@framed\ndef lambda_handler(e, c):\n  boto3.client('s3').get_object()\n",
        "import boto3\ndef use(client, *, method):\n  method(client)\ndef get(client):\n  client.get_object()\ndef lambda_handler(e, c):\n  use(boto3.client('s3'), method=get)\n",
        "import boto3\nfrom dataclasses import dataclass\n@dataclass\nclass Tools:\n  s3: object\ndef lambda_handler(e, c):\n  Tools(boto3.client('s3')).s3.get_object()\n",
        "import boto3\nACTIONS = {'get': lambda: 0}\ndef get():\n  boto3.client('s3').get_object()\nACTIONS['put'] = get\ndef lambda_handler(e, c):\n  ACTIONS[e['a']]()\n",
    ] {
        assert_eq!(read(code, &[]), (vec!["s3.get_object".to_owned()], false), "{code}");
    }
}

#[test]
fn only_what_the_handler_reaches_counts() {
    let beside = [
        ("shared/__init__.py", ""),
        ("shared/clients.py", "import boto3\ndef emr():\n  return boto3.client('emr')\n"),
        (
            "shared/clusters.py",
            "from . import clients\ndef all():\n  return clients.emr().list_clusters()\n\
             def end(cluster):\n  clients.emr().terminate_job_flows(JobFlowIds=[cluster])\n",
        ),
    ];
    let main = format!("from shared import clusters\n{HANDLER}  return clusters.all()\n");
    assert_eq!(read(&main, &beside), (vec!["emr.list_clusters".to_owned()], false));
}

#[test]
fn what_is_only_named_is_not_claimed() {
    let code = "import boto3\ndef get():\n  boto3.client('s3').get_object()\n\
                def lambda_handler(e, c):\n  table = {'get': get}\n  return table.keys()\n";
    assert_eq!(asked(code), ["s3.get_object?"]);
}

#[test]
fn what_cannot_be_followed_is_open() {
    for line in [
        "import awswrangler",
        "import boto3; boto3.client(event_service)",
        "import importlib; importlib.import_module('x')",
        "exec('pass')",
        "import subprocess; subprocess.run(['aws'])",
        "from botocore.auth import SigV4Auth",
    ] {
        assert!(read(&format!("{line}\n{HANDLER}  pass\n"), &[]).1, "{line}");
    }
    let unknown =
        format!("import boto3\nboto3.client('emr')\n{HANDLER}  event.x.list_clusters()\n");
    let code = Code::parse("main.py", FileId(0), &unknown).unwrap().unwrap();
    let calls = Calls::of(&[&code], 0);
    assert!(calls.calls.is_empty() && calls.may_ask("elasticmapreduce:ListClusters"));
    assert!(!calls.may_ask("elasticmapreduce:RunJobFlow"));
}

#[test]
fn a_key_from_a_variable_is_known() {
    let code = format!(
        "import boto3, os\n{HANDLER}  key = os.getenv('KEY')\n  \
         boto3.client('s3').get_object(Bucket='b', Key=key)\n"
    );
    let code = Code::parse("main.py", FileId(0), &code).unwrap().unwrap();
    let calls = Calls::of(&[&code], 0);
    assert_eq!(calls.calls[0].key, ["KEY".to_owned()].into());
}

#[test]
fn code_that_goes_round_or_deep_comes_to_an_end() {
    let round =
        "def f(x):\n  def g():\n    return f(g)\n  return g\ndef lambda_handler(e, c):\n  f(f)()\n";
    asked(round);
    for code in ["(".repeat(100_000), "-".repeat(50_000) + "1", "not ".repeat(50_000) + "x"] {
        assert!(Code::parse("main.py", FileId(0), &code).is_ok_and(|code| code.is_none()));
    }
    let chain = format!("{HANDLER}  return event{}\n", ".x()".repeat(5_000));
    assert!(Code::parse("main.py", FileId(0), &chain).unwrap().is_none());
}

#[test]
fn broken_code_is_told_at_its_place() {
    let problem = Code::parse("main.py", FileId(0), "é = 1\ndef f(:\n").unwrap_err();
    assert_eq!((problem.rule, problem.span.start), ("bad-python", 12));
}
