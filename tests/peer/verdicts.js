// Asks @aws-cdk/cloudformation-diff what happens to each resource of pairs of templates.
//
// In: JSON `{case: [old, new]}` on standard input. Out: JSON `{case: {logicalId: impact}}`.
"use strict";

const path = require("path");
const { createRequire } = require("module");

const load = createRequire(path.join(process.argv[2], "node_modules", "."));
const { fullDiff } = load("@aws-cdk/cloudformation-diff");

let text = "";
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () => {
  const verdicts = {};
  for (const [name, [before, after]] of Object.entries(JSON.parse(text))) {
    verdicts[name] = {};
    fullDiff(before, after).resources.forEachDifference((id, change) => {
      verdicts[name][id] = change.changeImpact;
    });
  }
  process.stdout.write(JSON.stringify(verdicts));
});
