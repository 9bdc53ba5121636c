// Answers questions with the evaluator in a folder of modules: one verdict a line, in the order of the questions.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const load = async modules => {
  const require = createRequire(pathToFileURL(`${modules}/`))
  return (await import(pathToFileURL(require.resolve('@cloud-copilot/iam-simulate')))).runSimulation
}

const named = (name, policy) => [{ name, policy }]

const simulation = (documents, question) => {
  const document = number => (number === null ? undefined : documents[number])
  const { principal, action, resource, account, context } = question
  const some = (name, number) => (number === null ? undefined : named(name, document(number)))
  return {
    request: {
      principal,
      action,
      resource: { resource, accountId: account },
      contextVariables: Object.fromEntries(Object.entries(context).map(([key, values]) => [key, values.length === 1 ? values[0] : values]))
    },
    identityPolicies: some('identity', question.identity) ?? [],
    permissionBoundaryPolicies: some('boundary', question.boundary),
    resourcePolicy: document(question.guard),
    vpcEndpointPolicies: some('endpoint', question.endpoint),
    serviceControlPolicies: [],
    resourceControlPolicies: []
  }
}

const answer = async ({ modules, documents, questions }) => {
  const runSimulation = await load(modules)
  const verdicts = []
  for (const question of questions) {
    const result = await runSimulation(simulation(documents, question), {})
    verdicts.push(result.resultType === 'error' ? `error ${JSON.stringify(result.errors)}` : result.overallResult)
  }
  return verdicts
}

const spread = async (modules, { documents, questions }) => {
  const workers = availableParallelism()
  const share = Math.ceil(questions.length / workers)
  const parts = Array.from({ length: workers }, (_, n) => questions.slice(n * share, (n + 1) * share))
  const run = part =>
    new Promise((done, failed) => {
      const workerData = { modules, documents, questions: part }
      new Worker(fileURLToPath(import.meta.url), { workerData }).on('message', done).on('error', failed)
    })
  return (await Promise.all(parts.map(run))).flat()
}

if (isMainThread) {
  const verdicts = await spread(process.argv[2], JSON.parse(readFileSync(0, 'utf8')))
  process.stdout.write(verdicts.map(verdict => `${verdict}\n`).join(''))
} else {
  parentPort.postMessage(await answer(workerData))
}
