// Runs asl-validator over the files named on standard input and prints its findings as JSON.
// Usage: node asl.js FOLDER_WITH_NODE_MODULES < FILES
"use strict";

const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const validate = createRequire(`${process.argv[2]}/`)("asl-validator");

function findings(file) {
  return validate(JSON.parse(readFileSync(file, "utf8"))).errors.map((error) => ({
    file,
    line: 1,
    rule: error["Error code"],
    message: error.Message ?? JSON.stringify(error),
    id: null,
    type: null,
  }));
}

const files = readFileSync(0, "utf8").split("\n").filter(Boolean);
process.stdout.write(JSON.stringify(files.flatMap(findings)));
