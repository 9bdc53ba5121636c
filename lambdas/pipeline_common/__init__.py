"""What the Lambdas share: configuration, clients, state file, clusters and executions, errors, log."""
