import fc from "fast-check";

// One failing example is enough: shrinking would take the time of many mutants.
fc.configureGlobal({ endOnFailure: true });
