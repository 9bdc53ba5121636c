// Evaluates requests with iam-simulate: a JSON list of cases on standard input, a list of verdicts on standard output.
const path = require("node:path");
const { createRequire } = require("node:module");
const installed = createRequire(path.join(process.argv[2], "package.json"));
const { runSimulation, runUnsafeSimulation } = installed("@cloud-copilot/iam-simulate");

const named = (name, policies) => policies && policies.map((policy) => ({ name, policy }));

async function verdict(one) {
  const simulation = {
    request: {
      principal: one.principal,
      action: one.action,
      resource: { resource: one.resource, accountId: one.owner },
      contextVariables: one.context,
    },
    identityPolicies: named("identity", one.identity),
    permissionBoundaryPolicies: named("boundary", one.boundary && [one.boundary]),
    resourcePolicy: one.resource_policy,
    vpcEndpointPolicies: named("endpoint", one.endpoint && [one.endpoint]),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  if (one.any_key) return runUnsafeSimulation(simulation, {});
  const result = await runSimulation(simulation, {});
  return result.resultType === "error" ? `error: ${JSON.stringify(result.errors)}` : result.overallResult;
}

(async () => {
  const cases = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const verdicts = [];
  for (const one of cases) {
    verdicts.push(await verdict(one).catch((error) => `error: ${error.message}`));
  }
  process.stdout.write(JSON.stringify(verdicts));
})();
