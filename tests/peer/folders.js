// Compares two folders of templates with @aws-cdk/cloudformation-diff and prints what it finds.
"use strict";

const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

const [modules, before, after] = process.argv.slice(2);
const load = createRequire(path.join(modules, "node_modules", "."));
const { fullDiff, formatDifferences } = load("@aws-cdk/cloudformation-diff");
const YAML = load("yaml");

const tags = ["Ref", "GetAtt", "Sub", "Join"].map((name) => ({
  tag: `!${name}`,
  resolve: (text) => ({ [name === "Ref" ? name : `Fn::${name}`]: text }),
}));

function read(folder, name) {
  const text = fs.readFileSync(path.join(folder, name), "utf8");
  return name.endsWith(".json") ? JSON.parse(text) : YAML.parse(text, { customTags: tags });
}

for (const name of fs.readdirSync(before)) {
  formatDifferences(process.stdout, fullDiff(read(before, name), read(after, name)));
}
